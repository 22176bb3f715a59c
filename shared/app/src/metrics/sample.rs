//! From what happened to values of metrics.

use std::collections::BTreeMap;
use std::time::Duration;

use oracle::{Outcome, Report, RunMode, Status};

use super::catalogue::{
    ACCEPTED, CALL_ERRORS, CALL_RETRIES, CALLS, DEAD, DECISIONS, DUPLICATE, EVALUATE_TIME, FAILED,
    FINDINGS, FINISHED, GIVEN_UP, IGNORED, POSTPONED, PUBLISH_TIME, RECEIVED, REJECTED, REMAINING,
    RULE_ERRORS, SNAPSHOT_TIME,
};
use super::{GitHubCall, Measurement, Metric, Phase};
use crate::evaluate::Postponed;
use crate::ingest::{BadRequest, IngestOutcome};

/// One value of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The metric.
    pub metric: &'static Metric,
    /// Values of its dimensions, in their order.
    pub dimensions: Vec<String>,
    /// The value, in the metric's unit.
    pub value: f64,
}

impl Sample {
    fn one(metric: &'static Metric, dimensions: &[&str]) -> Self {
        Self::of(metric, dimensions, 1.0)
    }

    fn of(metric: &'static Metric, dimensions: &[&str], value: f64) -> Self {
        Self {
            metric,
            dimensions: dimensions.iter().map(|&value| value.to_owned()).collect(),
            value,
        }
    }
}

impl Measurement<'_> {
    /// The values that it adds.
    pub fn samples(&self) -> Vec<Sample> {
        match *self {
            Self::Received(outcome) => received(outcome),
            Self::Finished(outcome) => vec![Sample::one(&FINISHED, &[outcome.word()])],
            Self::Duplicate => vec![Sample::one(&DUPLICATE, &[])],
            Self::Postponed(why) => vec![Sample::one(&POSTPONED, &[postponed(why)])],
            Self::Failed => vec![Sample::one(&FAILED, &[])],
            Self::Dead => vec![Sample::one(&DEAD, &[])],
            // Also where it is 0, as with rules that failed.
            Self::GivenUp(count) => vec![Sample::of(&GIVEN_UP, &[], number(count))],
            Self::Judged(report) => judged(report),
            Self::Took(phase, duration) => vec![took(phase, duration)],
            Self::GitHubCall(call) => github_call(call),
        }
    }
}

fn received(outcome: IngestOutcome) -> Vec<Sample> {
    let became = match outcome {
        IngestOutcome::Accepted => Sample::one(&ACCEPTED, &[]),
        IngestOutcome::Ping | IngestOutcome::Ignored => Sample::one(&IGNORED, &[]),
        IngestOutcome::Unauthorized => Sample::one(&REJECTED, &["unauthorized"]),
        IngestOutcome::BadRequest(BadRequest::ContentType) => {
            Sample::one(&REJECTED, &["content_type"])
        }
        IngestOutcome::BadRequest(BadRequest::Header(_)) => Sample::one(&REJECTED, &["header"]),
        IngestOutcome::BadRequest(BadRequest::Body(_)) => Sample::one(&REJECTED, &["body"]),
        IngestOutcome::TooLarge => Sample::one(&REJECTED, &["too_large"]),
        IngestOutcome::Unavailable => Sample::one(&REJECTED, &["unavailable"]),
    };
    vec![Sample::one(&RECEIVED, &[]), became]
}

fn postponed(why: Postponed) -> &'static str {
    match why {
        Postponed::HeadTaken => "head_taken",
        Postponed::TestMergePending => "test_merge_pending",
        Postponed::GitHubLags => "github_lags",
        Postponed::RateLimited => "rate_limited",
    }
}

fn judged(report: &Report) -> Vec<Sample> {
    let outcome = match report.decision.outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Block => "block",
    };
    let mode = match report.meta.mode {
        RunMode::Enforce => "enforce",
        RunMode::DryRun => "dry_run",
    };
    let mut samples = vec![
        Sample::one(&DECISIONS, &[outcome, mode]),
        // Also where it is 0: an alarm on nothing at all can't tell health from silence.
        Sample::of(&RULE_ERRORS, &[], number(report.meta.rule_errors.len())),
    ];
    let mut findings = BTreeMap::<&str, usize>::new();
    for item in report
        .items
        .iter()
        .filter(|item| item.status == Status::New)
    {
        *findings.entry(&item.rule_id).or_default() += 1;
    }
    samples.extend(
        findings
            .iter()
            .map(|(rule, count)| Sample::of(&FINDINGS, &[rule], number(*count))),
    );
    samples
}

fn took(phase: Phase, duration: Duration) -> Sample {
    let metric = match phase {
        Phase::Snapshot => &SNAPSHOT_TIME,
        Phase::Evaluate => &EVALUATE_TIME,
        Phase::Publish => &PUBLISH_TIME,
    };
    Sample::of(metric, &[], duration.as_secs_f64() * 1_000.0)
}

fn github_call(call: GitHubCall) -> Vec<Sample> {
    let mut samples = vec![Sample::one(&CALLS, &[call.route])];
    match call.status {
        None => samples.push(Sample::one(&CALL_ERRORS, &["none"])),
        Some(status @ 400..) => samples.push(Sample::one(&CALL_ERRORS, &[&status.to_string()])),
        Some(_) => {}
    }
    if call.attempt > 1 {
        samples.push(Sample::one(&CALL_RETRIES, &[]));
    }
    if let Some(remaining) = call.remaining {
        // No rate limit has more than 32 bits.
        let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
        samples.push(Sample::of(&REMAINING, &[], f64::from(remaining)));
    }
    samples
}

/// A report has far fewer of anything than 2^32.
fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
