//! What concerns a branch as a whole: the checks of everything that is open against it are made
//! again, because its policy was pushed, or because somebody who may push wants it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use oracle::{BranchName, ObjectId};

use super::end::{Postponed, Stop};
use super::head::{Called, HeadWork};
use super::{Cause, Job, Pushed, Rerun};
use crate::event::{DeliveryId, Login};
use crate::ports::{DeliveryOutcome, HeadPullRequest};
use crate::render::plural;

/// What came of it, one pull request after the other.
#[derive(Default)]
struct Tally {
    found: usize,
    done: usize,
    not_judged: usize,
    more: bool,
    later: Option<Stop>,
}

impl Job<'_> {
    /// The wish for the checks of everything that is open against the branches that a check's
    /// pull requests would be merged into. Who may not push has no such wish: it takes from the rate
    /// that all of the account's repositories share.
    pub(super) async fn branch_again(
        self,
        sha: &ObjectId,
        rerun: Rerun<'_>,
        by: &Login,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let collaborators = &self.worker.ports.collaborators;
        if !collaborators.may_push(self.repository, by).await? {
            let detail = "Who asked for all open pull requests may not push.".to_owned();
            return Ok((DeliveryOutcome::Ignored, detail));
        }
        let mut branches = self.known_bases(sha).await?;
        if branches.is_empty() {
            // None that we know of has the head any more, or yet.
            for number in rerun.named {
                let pull_requests = &self.worker.ports.pull_requests;
                let now = pull_requests.pull_request(self.repository, *number).await?;
                branches.insert(now.base);
            }
        }
        self.open_into(rerun.delivery, &branches, None).await
    }

    /// The bases of the pull requests that a head has or was judged for.
    async fn known_bases(self, sha: &ObjectId) -> Result<BTreeSet<BranchName>, Stop> {
        let (heads, head) = (&self.worker.ports.heads, self.head(sha));
        let watched = heads.watched(&head).await?.into_iter();
        let mut bases: BTreeSet<_> = watched.map(|it: HeadPullRequest| it.base).collect();
        if let Some(latest) = heads.generation(&head).await? {
            bases.extend(latest.pull_requests.into_iter().map(|it| it.base));
            bases.extend(latest.merge_group.map(|group| group.base));
        }
        Ok(bases)
    }

    /// Brings every open pull request of the branches up to date, one after the other, so that
    /// the rest of the rate is everybody's. One that can't be judged now, or at all, holds up no
    /// other.
    ///
    /// Each remembers the delivery that it was judged for, so that another attempt goes on where
    /// this one ends.
    pub(super) async fn open_into(
        self,
        delivery: &DeliveryId,
        branches: &BTreeSet<BranchName>,
        pushed: Option<Pushed<'_>>,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let mut tally = Tally::default();
        for branch in branches {
            let pull_requests = &self.worker.ports.pull_requests;
            let open = pull_requests.open_into(self.repository, branch).await?;
            tally.more |= open.more;
            for (number, sha) in &open.pull_requests {
                let cause = Cause::Rerun(Rerun {
                    delivery,
                    named: &[*number],
                    pushed,
                    shows_observed: false,
                });
                let ended = self.bring_up_to_date(self.head(sha), cause).await;
                tally.count(ended.map(|(outcome, _)| outcome))?;
            }
        }
        tally.into_end()
    }
}

impl Tally {
    /// Counts one; what stops all the others is the error.
    fn count(&mut self, ended: Result<DeliveryOutcome, Stop>) -> Result<(), Stop> {
        self.found += 1;
        match ended {
            Ok(DeliveryOutcome::Done) => self.done += 1,
            // Closed or pushed to meanwhile: its own event brings the check.
            Ok(_) => {}
            Err(stop @ Stop::Postponed(..)) => self.later = Some(stop),
            Err(stop) if stop.is_of_one_head() => self.not_judged += 1,
            Err(stop) => return Err(stop),
        }
        Ok(())
    }

    fn into_end(self) -> Result<(DeliveryOutcome, String), Stop> {
        if let Some(stop) = self.later {
            return Err(stop);
        }
        if self.found == 0 {
            let detail = "No open pull request has the branch as its base.".to_owned();
            return Ok((DeliveryOutcome::Ignored, detail));
        }
        let mut detail = format!("Judged again: {}.", plural(self.done, "pull request"));
        if self.not_judged > 0 {
            let rest = plural(self.not_judged, "other");
            let _ = write!(detail, " Could not be judged: {rest}.");
        }
        if self.more {
            detail.push_str(" More are open; their next push brings their check.");
        }
        Ok((DeliveryOutcome::Done, detail))
    }
}

impl HeadWork<'_> {
    /// Waits while GitHub still shows the tip before the push, or test merges with it: their policy
    /// is the one before, too.
    pub(super) fn wait_for_test_merges(
        &self,
        called: &Called,
        pushed: Pushed<'_>,
    ) -> Result<(), Stop> {
        let attempt = self.job.attempt;
        if called.is_behind(pushed.before) && attempt.may_wait() {
            let delay = attempt.delay();
            return Err(Stop::Postponed(delay, Postponed::TestMergePending));
        }
        Ok(())
    }
}
