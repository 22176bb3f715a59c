//! One test per line of the decision policy.

use super::*;
use crate::Fingerprint;

fn item(severity: Severity, mode: Mode, status: Status) -> Item {
    let fingerprint = Fingerprint::of("MD-000", &[]);
    Item {
        id: fingerprint.short(5),
        fingerprint: fingerprint.to_string(),
        rule_id: "MD-000".to_owned(),
        rule_version: 1,
        severity,
        mode,
        title: String::new(),
        why: String::new(),
        fix: String::new(),
        evidence: Vec::new(),
        status,
        suppression: None,
        aliases: Vec::new(),
    }
}

fn new(severity: Severity, count: usize) -> Vec<Item> {
    vec![item(severity, Mode::Block, Status::New); count]
}

fn decide_items(items: &[Item], policy: &Policy) -> Decision {
    let grounds = Grounds {
        items,
        unavailable: 0,
        rule_errors: &[],
        policy_errors: 0,
    };
    decide(grounds, policy)
}

fn outcome(items: &[Item]) -> Outcome {
    decide_items(items, &Policy::default()).outcome
}

fn strict() -> Policy {
    Policy {
        thresholds: Thresholds::STRICT,
        ..Policy::default()
    }
}

#[test]
fn nothing_found_passes() {
    let decision = decide_items(&[], &Policy::default());
    assert_eq!(decision.outcome, Outcome::Pass);
    assert_eq!(decision.reasons, ["No contradiction found."]);
}

#[test]
fn one_critical_blocks() {
    let decision = decide_items(&new(Severity::Critical, 1), &Policy::default());
    assert_eq!(decision.outcome, Outcome::Block);
    assert_eq!(
        decision.reasons,
        ["1 new critical finding; none is tolerated."]
    );
}

#[test]
fn four_high_block_and_three_warn() {
    assert_eq!(outcome(&new(Severity::High, 4)), Outcome::Block);
    assert_eq!(outcome(&new(Severity::High, 3)), Outcome::Warn);
}

#[test]
fn eleven_medium_block_and_ten_warn() {
    assert_eq!(outcome(&new(Severity::Medium, 11)), Outcome::Block);
    assert_eq!(outcome(&new(Severity::Medium, 10)), Outcome::Warn);
}

#[test]
fn low_never_blocks() {
    assert_eq!(outcome(&new(Severity::Low, 1000)), Outcome::Warn);
    let decision = decide_items(&new(Severity::Low, 1000), &strict());
    assert_eq!(decision.outcome, Outcome::Warn);
}

#[test]
fn strict_blocks_on_one_high_and_on_six_medium() {
    let of = |items: &[Item]| decide_items(items, &strict()).outcome;
    assert_eq!(of(&new(Severity::High, 1)), Outcome::Block);
    assert_eq!(of(&new(Severity::Medium, 6)), Outcome::Block);
    assert_eq!(of(&new(Severity::Medium, 5)), Outcome::Warn);
}

#[test]
fn severities_are_not_added_up() {
    let mut items = new(Severity::High, 3);
    items.extend(new(Severity::Medium, 10));
    assert_eq!(outcome(&items), Outcome::Warn);
}

#[test]
fn what_blocks_is_of_the_severities_that_are_exceeded() {
    let mut items = new(Severity::High, 3);
    items.extend(new(Severity::Critical, 1));
    items.push(item(Severity::Critical, Mode::Warn, Status::New));
    items.push(item(Severity::Critical, Mode::Block, Status::Existing));
    assert_eq!(blocking(&items, Thresholds::DEFAULT), [&items[3]]);
    assert_eq!(blocking(&items, Thresholds::STRICT).len(), 4);
    assert_eq!(blocking(&items[..3], Thresholds::DEFAULT).len(), 0);
}

#[test]
fn every_exceeded_threshold_is_a_reason_worst_first() {
    let mut items = new(Severity::High, 4);
    items.extend(new(Severity::Critical, 1));
    assert_eq!(
        decide_items(&items, &Policy::default()).reasons,
        [
            "1 new critical finding; none is tolerated.",
            "4 new high findings; at most 3 tolerated."
        ]
    );
}

#[test]
fn a_rule_in_warn_mode_never_blocks() {
    let items = vec![item(Severity::Critical, Mode::Warn, Status::New)];
    let decision = decide_items(&items, &Policy::default());
    assert_eq!(decision.outcome, Outcome::Warn);
    assert_eq!(decision.reasons, ["1 new finding, not enough to block."]);
}

#[test]
fn a_rule_in_observe_mode_has_no_say() {
    let items = vec![item(Severity::Critical, Mode::Observe, Status::New)];
    let decision = decide_items(&items, &Policy::default());
    assert_eq!(decision.outcome, Outcome::Pass);
    assert_eq!(decision.reasons, ["No contradiction found."]);
}

#[test]
fn what_was_already_there_counts_for_nothing() {
    let items = vec![item(Severity::Critical, Mode::Block, Status::Existing)];
    let decision = decide_items(&items, &Policy::default());
    assert_eq!(decision.outcome, Outcome::Pass);
    assert_eq!(
        decision.reasons,
        ["No new contradiction; 1 finding was already there."]
    );
}

#[test]
fn what_a_person_suppressed_counts_for_nothing() {
    let items = vec![item(Severity::Critical, Mode::Block, Status::Suppressed)];
    assert_eq!(outcome(&items), Outcome::Pass);
}

#[test]
fn what_could_not_be_looked_at_warns() {
    let grounds = Grounds {
        items: &[],
        unavailable: 2,
        rule_errors: &[],
        policy_errors: 0,
    };
    let decision = decide(grounds, &Policy::default());
    assert_eq!(decision.outcome, Outcome::Warn);
    assert_eq!(decision.reasons, ["2 facts could not be looked at."]);
}

#[test]
fn a_failed_rule_warns() {
    let errors = [RuleError {
        rule_id: "MD-001".to_owned(),
        phase: "after".to_owned(),
        message: "index out of bounds".to_owned(),
    }];
    let grounds = Grounds {
        items: &[],
        unavailable: 0,
        rule_errors: &errors,
        policy_errors: 0,
    };
    let decision = decide(grounds, &Policy::default());
    assert_eq!(decision.outcome, Outcome::Warn);
    assert_eq!(
        decision.reasons,
        [
            "Rule MD-001 failed on the tree that merging would give and was not applied: index \
             out of bounds."
        ]
    );
}

#[test]
fn a_dry_run_warns_where_it_would_have_blocked_and_says_so() {
    let policy = Policy {
        dry_run: true,
        ..Policy::default()
    };
    let decision = decide_items(&new(Severity::Critical, 1), &policy);
    assert_eq!(decision.outcome, Outcome::Warn);
    assert_eq!(
        decision.reasons,
        [
            "Dry run: this would have been blocked.",
            "1 new critical finding; none is tolerated."
        ]
    );
}

#[test]
fn a_dry_run_without_a_block_is_as_any_other() {
    let policy = Policy {
        dry_run: true,
        ..Policy::default()
    };
    assert_eq!(decide_items(&[], &policy).outcome, Outcome::Pass);
}
