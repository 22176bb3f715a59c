//! What a report says, without secrets.
//!
//! Rules take names through `rules::text`, where secrets are taken out before anything is cut.
//! This is the last door: whatever a rule, a parser or a panic put into a sentence passes it.
//! Paths, ids and hashes are left as they are: platforms and programs need them exact.

use redaction::redact;

use crate::{Decision, Item, Meta, PolicyError, Report, RuleError, Unavailable};

/// The report with every text for people redacted.
///
/// Takes the types apart field by field, so that a new field can't be forgotten here.
pub(crate) fn redacted(mut report: Report) -> Report {
    let Report {
        meta,
        items,
        summary: _,
        decision: Decision {
            outcome: _,
            reasons,
        },
    } = &mut report;
    meta_texts(meta);
    items.iter_mut().for_each(item_texts);
    reasons.iter_mut().for_each(text);
    report
}

fn text(text: &mut String) {
    let redacted = redact(text);
    if !redacted.kinds().is_empty() {
        redacted.as_str().clone_into(text);
    }
}

fn meta_texts(meta: &mut Meta) {
    let Meta {
        schema_version: _,
        run_id: _,
        timestamp: _,
        rules_hash: _,
        policy_hash: _,
        mode: _,
        repository: _,
        commit: _,
        base_commit: _,
        degraded,
        demotions,
        unavailable,
        rule_errors,
        policy_errors,
        policy_notes,
    } = meta;
    degraded.iter_mut().for_each(text);
    demotions.iter_mut().for_each(text);
    for Unavailable {
        fact,
        reason: _,
        detail,
    } in unavailable
    {
        text(fact);
        text(detail);
    }
    for RuleError {
        rule_id: _,
        phase: _,
        message,
    } in rule_errors
    {
        text(message);
    }
    for PolicyError {
        path: _,
        line: _,
        column: _,
        key,
        message,
        remedy,
    } in policy_errors.iter_mut().chain(policy_notes)
    {
        key.iter_mut().for_each(text);
        text(message);
        text(remedy);
    }
}

fn item_texts(item: &mut Item) {
    let Item {
        id: _,
        fingerprint: _,
        rule_id: _,
        rule_version: _,
        severity: _,
        mode: _,
        title,
        why,
        fix,
        // A snippet is redacted by its type.
        evidence: _,
        status: _,
        suppression,
        aliases: _,
    } = item;
    [title, why, fix].into_iter().for_each(text);
    suppression.iter_mut().for_each(text);
}
