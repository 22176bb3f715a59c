//! Every metric, with its unit, its dimensions and its meaning.

use std::fmt::Write as _;

/// A metric, as dashboards and alarms name it.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub unit: Unit,
    /// The names of its dimensions, beside the function's.
    pub dimensions: &'static [&'static str],
    /// What one value says, in Markdown.
    pub meaning: &'static str,
}

/// What a metric's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things that happened: values of one time are added up.
    Count,
    /// How much is left: values of one time stand beside each other.
    Level,
    /// A duration: values of one time stand beside each other.
    Milliseconds,
}

impl Unit {
    /// The unit in CloudWatch's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count | Self::Level => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }

    /// The statistic that its values are read by.
    fn statistic(self) -> &'static str {
        match self {
            Self::Count => "Sum",
            Self::Level => "Minimum",
            Self::Milliseconds => "p50, p99",
        }
    }
}

macro_rules! metrics {
    ($($constant:ident = $name:literal, $unit:ident, [$($dimension:literal),*], $meaning:literal;)*) => {
        $(pub(super) const $constant: Metric = Metric {
            name: $name,
            unit: Unit::$unit,
            dimensions: &[$($dimension),*],
            meaning: $meaning,
        };)*

        /// All metrics, in the order of docs/metrics.md.
        pub static METRICS: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    RECEIVED = "DeliveriesReceived", Count, [],
        "Requests to the webhook, whatever became of them.";
    ACCEPTED = "DeliveriesAccepted", Count, [],
        "Those whose event is in the queue.";
    IGNORED = "DeliveriesIgnored", Count, [],
        "Genuine ones that change nothing here, GitHub's greetings among them.";
    REJECTED = "DeliveriesRejected", Count, ["reason"],
        "Those turned away: `unauthorized`, `content_type`, `header`, `body`, `too_large`; or \
         `unavailable`, where the fault is ours and GitHub has to deliver again.";
    FINISHED = "DeliveriesFinished", Count, ["outcome"],
        "Deliveries that a worker is finished with: `done`, `superseded`, `refused`, `ignored`.";
    DUPLICATE = "DeliveriesDuplicate", Count, [],
        "Messages of deliveries that were finished with before; they have no effect.";
    POSTPONED = "DeliveriesPostponed", Count, ["reason"],
        "Messages wanted again later though nothing failed: `head_taken`, `test_merge_pending`, \
         `github_lags`, `rate_limited`.";
    FAILED = "DeliveriesFailed", Count, [],
        "Attempts that failed and are repeated.";
    DEAD = "DeliveriesDead", Count, [],
        "Last attempts that failed: each leaves a dead letter. Alarm above 0.";
    GIVEN_UP = "DeliveriesGivenUp", Count, [],
        "Deliveries that were taken five times and never done, at each look of the function \
         `redelivery` for as long as GitHub remembers them. Alarm above 0.";
    DECISIONS = "Decisions", Count, ["outcome", "mode"],
        "Published judgements of a pull request: `pass`, `warn` or `block`, and whether the policy \
         is `enforce` or `dry_run`.";
    FINDINGS = "Findings", Count, ["rule"],
        "New findings of published judgements, by rule id.";
    RULE_ERRORS = "RuleErrors", Count, [],
        "Rules that failed in published judgements: a bug of ours. Alarm above 0.";
    CALLS = "GitHubCalls", Count, ["route"],
        "Requests sent to GitHub, repetitions among them, by route template.";
    CALL_ERRORS = "GitHubErrors", Count, ["status"],
        "Those answered with 400 or above, or with nothing in time (`none`).";
    CALL_RETRIES = "GitHubRetries", Count, [],
        "Those that repeat one without an answer or with 5xx.";
    REMAINING = "GitHubRemainingCalls", Level, [],
        "What GitHub says is left of the rate limit, over all installations.";
    SNAPSHOT_TIME = "SnapshotTime", Milliseconds, [],
        "Fetching what rules may read of one pull request.";
    EVALUATE_TIME = "EvaluateTime", Milliseconds, [],
        "Judging one pull request.";
    PUBLISH_TIME = "PublishTime", Milliseconds, [],
        "Writing one Check Run, with all its annotations.";
}

const HEAD: &str = "\
# Metrics

<!-- Rendered from shared/app/src/metrics/catalogue.rs; a test says how to render it again. -->

The functions on AWS write these as CloudWatch's embedded metric format to standard output: log
lines that CloudWatch makes metrics of, in the namespace `PhaseMirror`. Every metric has the
dimension `function`, and where dimensions are listed a second time with them. None names a
repository, an account or a person.

`phase-mirror serve` counts deliveries by the same events, on `/status`.

| metric | unit | dimensions | read by | what |
|---|---|---|---|---|
";

/// The text of docs/metrics.md.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    for metric in METRICS {
        let dimensions: Vec<String> = metric
            .dimensions
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            metric.name,
            metric.unit.as_str(),
            dimensions.join(", "),
            metric.unit.statistic(),
            metric.meaning
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect_file;

    use super::*;

    /// `UPDATE_EXPECT=1 cargo test -p app` renders it again.
    #[test]
    fn the_document_is_in_step() {
        expect_file!["../../../../docs/metrics.md"].assert_eq(&document());
    }

    #[test]
    fn no_two_metrics_have_one_name() {
        let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len());
    }
}
