//! When a head can't be judged at all, its Check Run says so, and what would help.

use super::end::Stop;
use super::head::HeadWork;
use crate::ports::StoredEvaluation;
use crate::render;

impl HeadWork<'_> {
    /// Completes the run in progress, if there is one, with `action_required`. Where a judgement
    /// is already stored nothing is overruled: whoever comes next publishes that.
    ///
    /// The generation then counts as finished but not as judged, so that the next event, or the
    /// same one replayed, begins another.
    pub(super) async fn give_up(&mut self, reason: &str) -> Result<(), Stop> {
        let ports = self.ports();
        let Some(generation) = ports.heads.generation(self.head()).await? else {
            return Ok(());
        };
        let said = ports.evaluations.load(self.head(), generation.number);
        if generation.is_finished() || said.await?.is_some() {
            return Ok(());
        }
        if let Some(run) = self.existing(&generation).await? {
            let evaluation = StoredEvaluation {
                reports: Vec::new(),
                output: render::not_judged(reason),
            };
            self.conclude(generation, run, &evaluation).await?;
        }
        Ok(())
    }
}
