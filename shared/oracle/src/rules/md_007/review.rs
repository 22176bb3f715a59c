//! Whether the branch requires a review by code owners.

use std::collections::BTreeSet;

use crate::{BranchRule, Fact, RuleSource, Settings, Unavailable};

/// Where a review by code owners is required.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// The sources, in words; none: it is not required, as far as could be seen.
    sources: BTreeSet<String>,
    branch: String,
    /// Branch rules that could not be looked at.
    pub(super) unavailable: Option<Unavailable>,
}

impl Review {
    /// Classic protection counts where somebody knows it. That nobody does is no reason to doubt
    /// everything: the App never sees it.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut review = Self {
            branch: settings.branch.to_string(),
            ..Self::default()
        };
        match &settings.rules {
            Fact::Known(rules) => review
                .sources
                .extend(rules.iter().filter_map(requiring).map(ruleset)),
            Fact::Unavailable(why) => review.unavailable = Some(why.clone()),
        }
        if let Fact::Known(Some(classic)) = &settings.protection
            && classic.require_code_owner_reviews == Some(true)
        {
            review.sources.insert("branch protection".to_owned());
        }
        review
    }

    pub(super) fn is_required(&self) -> bool {
        !self.sources.is_empty()
    }

    /// "`main` requires a review by code owners (ruleset 1 of octo-org/hello)"
    pub(super) fn sentence(&self) -> String {
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        format!(
            "{} requires a review by code owners ({})",
            crate::rules::text::quoted(&self.branch),
            sources.join(" and ")
        )
    }
}

fn requiring(rule: &BranchRule) -> Option<&RuleSource> {
    match rule {
        BranchRule::PullRequest(rule) => rule.require_code_owner_review.then_some(&rule.source),
        BranchRule::RequiredStatusChecks(_)
        | BranchRule::MergeQueue(_)
        | BranchRule::Workflows { .. }
        | BranchRule::Other { .. } => None,
    }
}

fn ruleset(source: &RuleSource) -> String {
    format!("ruleset {} of {}", source.ruleset_id, source.source)
}
