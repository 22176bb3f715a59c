//! One pull request after the other.

use app::GitHubError;
use github::{GitHub, Merged, Past};
use oracle::Run;
use oracle::registry::wants;

use super::answer::PullRequest;
use super::kept::Kept;
use super::today::Today;
use super::verdict::Verdict;
use crate::progress::Progress;

/// The oracle, and what it is asked about.
pub(super) struct Replay<'a> {
    pub(super) github: &'a GitHub,
    pub(super) today: &'a Today,
    pub(super) run: &'a Run,
}

/// GitHub gave no more.
pub(super) struct CutShort {
    /// Why.
    pub(super) error: GitHubError,
    /// How many pull requests were done.
    pub(super) done: usize,
}

impl Replay<'_> {
    /// Judges them all, the last merged first. Neighbours share a tree, which is then asked for
    /// once, so that they are not judged at the same time.
    pub(super) async fn all(&self, kept: &mut Kept) -> Result<Vec<PullRequest>, CutShort> {
        let merged = &self.today.history.merged;
        let progress = Progress::begin("judging what was merged");
        let mut done = Vec::with_capacity(merged.len());
        for it in merged {
            let verdict = if let Some(verdict) = kept.verdict(it) {
                verdict.clone()
            } else {
                let position = format!("{} of {}", done.len() + 1, merged.len());
                progress.now(format!("judging #{} ({position})", it.number));
                let verdict = self.verdict(it).await.map_err(|error| CutShort {
                    error,
                    done: done.len(),
                })?;
                kept.keep(it, &verdict);
                verdict
            };
            done.push(PullRequest::new(it.clone(), verdict));
        }
        Ok(done)
    }

    async fn verdict(&self, merged: &Merged) -> Result<Verdict, GitHubError> {
        let Today {
            name,
            snapshot,
            policy,
            ..
        } = self.today;
        let past = self.github.past_snapshot(name, snapshot, merged, wants);
        Ok(match past.await? {
            Past::NotSeen(why) => Verdict::not_seen(why),
            Past::Seen(snapshot) => {
                let report = oracle::evaluate(&snapshot, policy, self.run);
                Verdict::of(report, policy.thresholds)
            }
        })
    }
}
