//! What is special to a wish for another check: whom it is about, and what answers it.

use oracle::Fact;

use super::Rerun;
use super::end::Stop;
use super::head::{Called, HeadWork};
use crate::ports::Generation;

impl HeadWork<'_> {
    /// Looks through the open pull requests for those with this head: none that we know of has
    /// it, and GitHub names none of a fork.
    pub(super) async fn look_for_open(&self) -> Result<Called, Stop> {
        let (repository, sha) = (self.job.repository, &self.head().sha);
        let pull_requests = &self.ports().pull_requests;
        match pull_requests.open_with_head(repository, sha).await? {
            Fact::Known(numbers) => self.called(Vec::new(), &numbers, None).await,
            Fact::Unavailable(why) => {
                let (short, detail) = (sha.short(), why.detail.trim_end_matches('.'));
                Err(Stop::PullRequestsNotSeen(format!(
                    "which pull requests have the head {short} is not known: {detail}; a push to \
                     them brings their check"
                )))
            }
        }
    }

    /// Lets an unfinished generation be the answer to a delivery as long as it has yet to judge:
    /// whoever asked then finds what he asked for, one check made after he did. What it is about
    /// to say was judged before, and answers nobody.
    pub(super) async fn join(
        &self,
        unfinished: Generation,
        asked: Option<Rerun<'_>>,
    ) -> Result<Generation, Stop> {
        let Some(asked) = asked.filter(|asked| !unfinished.answers(asked.delivery)) else {
            return Ok(unfinished);
        };
        let evaluations = &self.ports().evaluations;
        let said = evaluations.load(self.head(), unfinished.number).await?;
        if said.is_some() {
            return Ok(unfinished);
        }
        let mut joined = unfinished.answering(asked.delivery);
        joined.shows_observed |= asked.shows_observed;
        let heads = &self.ports().heads;
        heads.save_generation(&self.lease, &joined).await?;
        Ok(joined)
    }
}
