//! GitHub's [filter patterns] for branches, tags and paths.
//!
//! [filter patterns]: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet

mod glob;

use crate::Spanned;

/// `branches`, `branches-ignore`, `tags` or `tags-ignore`.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchFilter {
    /// Whether matching names are taken or left out.
    pub sense: Sense,
    /// The patterns, in order; with [`Sense::Include`] a leading `!` takes names away again.
    pub patterns: Vec<Spanned<String>>,
}

/// `paths` or `paths-ignore`.
#[derive(Debug, Clone, PartialEq)]
pub struct PathFilter {
    /// Whether the workflow runs for matching files, or for files that don't match.
    pub sense: Sense,
    /// The patterns, in order; with [`Sense::Include`] a leading `!` takes paths away again.
    pub patterns: Vec<Spanned<String>>,
}

/// Which of the two keys was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// `branches`, `tags`, `paths`
    Include,
    /// `branches-ignore`, `tags-ignore`, `paths-ignore`
    Ignore,
}

impl BranchFilter {
    /// Whether the filter takes a branch or tag of this name (without `refs/heads/`).
    pub fn matches(&self, name: &str) -> bool {
        takes(self.sense, &self.patterns, name)
    }
}

impl PathFilter {
    /// Whether the workflow runs when exactly these files changed. GitHub looks at no more than
    /// the first 3,000 of a diff.
    pub fn runs_for<'a>(&self, changed: impl IntoIterator<Item = &'a str>) -> bool {
        changed
            .into_iter()
            .any(|path| takes(self.sense, &self.patterns, path))
    }

    /// Whether there is a change for which the workflow does not run. Only filters that plainly
    /// take every path have none.
    pub fn can_skip(&self) -> bool {
        match self.sense {
            Sense::Ignore => !self.patterns.is_empty(),
            Sense::Include => {
                let last_exclusion = self
                    .patterns
                    .iter()
                    .rposition(|pattern| pattern.starts_with('!'));
                let takes_all = self
                    .patterns
                    .iter()
                    .rposition(|pattern| matches!(pattern.as_str(), "**" | "**/*" | "**/**"));
                match (takes_all, last_exclusion) {
                    (None, _) => true,
                    (Some(all), Some(exclusion)) => exclusion > all,
                    (Some(_), None) => false,
                }
            }
        }
    }
}

fn takes(sense: Sense, patterns: &[Spanned<String>], name: &str) -> bool {
    match sense {
        Sense::Ignore => !patterns.iter().any(|pattern| glob::matches(pattern, name)),
        // The last pattern that matches decides.
        Sense::Include => patterns
            .iter()
            .rev()
            .find_map(|pattern| match pattern.strip_prefix('!') {
                Some(excluded) => glob::matches(excluded, name).then_some(false),
                None => glob::matches(pattern, name).then_some(true),
            })
            .unwrap_or(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Position, Span};

    fn patterns(patterns: &[&str]) -> Vec<Spanned<String>> {
        let start = Position { line: 1, column: 1 };
        let span = Span { start, end: start };
        patterns
            .iter()
            .map(|pattern| Spanned::new((*pattern).to_owned(), span))
            .collect()
    }

    fn branches(sense: Sense, list: &[&str]) -> BranchFilter {
        BranchFilter {
            sense,
            patterns: patterns(list),
        }
    }

    fn paths(sense: Sense, list: &[&str]) -> PathFilter {
        PathFilter {
            sense,
            patterns: patterns(list),
        }
    }

    #[test]
    fn the_last_matching_pattern_decides() {
        let filter = branches(Sense::Include, &["releases/**", "!releases/**-alpha"]);
        assert!(filter.matches("releases/10"));
        assert!(!filter.matches("releases/beta/3-alpha"));
        assert!(!filter.matches("main"));
        let back_again = branches(Sense::Include, &["**", "!docs/**", "docs/keep"]);
        assert!(back_again.matches("docs/keep"));
        assert!(!back_again.matches("docs/drop"));
    }

    #[test]
    fn only_exclusions_take_nothing() {
        assert!(!branches(Sense::Include, &["!main"]).matches("dev"));
    }

    #[test]
    fn ignore_takes_what_matches_no_pattern() {
        let filter = branches(Sense::Ignore, &["main", "mona/*"]);
        assert!(!filter.matches("mona/octocat"));
        assert!(filter.matches("mona/octocat/deep"));
        assert!(
            filter.matches("Main"),
            "names are compared with regard to case"
        );
    }

    #[test]
    fn a_workflow_runs_when_one_changed_file_is_taken() {
        let filter = paths(Sense::Include, &["src/**", "!src/**.md"]);
        assert!(filter.runs_for(["README.md", "src/lib.rs"]));
        assert!(!filter.runs_for(["README.md", "src/a/notes.md"]));
        let ignore = paths(Sense::Ignore, &["docs/**"]);
        assert!(ignore.runs_for(["docs/a.md", "src/lib.rs"]));
        assert!(!ignore.runs_for(["docs/a.md", "docs/b.md"]));
    }

    #[test]
    fn only_filters_that_take_every_path_can_not_skip() {
        for (list, can_skip) in [
            (&["**"][..], false),
            (&["**/*"], false),
            (&["!docs/**", "**"], false),
            (&["**", "!docs/**"], true),
            (&["*"], true),
            (&["src/**"], true),
        ] {
            assert_eq!(paths(Sense::Include, list).can_skip(), can_skip, "{list:?}");
        }
        assert!(paths(Sense::Ignore, &["docs/**"]).can_skip());
    }
}
