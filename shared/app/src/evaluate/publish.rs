//! From what is going to be said to a completed Check Run.

use std::time::Duration;

use super::end::Stop;
use super::head::HeadWork;
use crate::check::{
    ANNOTATIONS_PER_REQUEST, Button, CheckOutput, CheckRun, CheckUpdate, Conclusion,
};
use crate::metrics::{Measurement, Phase};
use crate::ports::{Generation, StoredEvaluation};

/// A Check Run of ours, and how far its publication has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckRunAt {
    pub(super) id: u64,
    progress: Progress,
}

#[derive(Debug, Clone, Copy)]
enum Progress {
    /// GitHub knows: somebody else has begun.
    Unknown,
    /// It has this many annotations.
    Annotated(usize),
    /// It is completed, and so has everything.
    Completed,
}

impl CheckRunAt {
    pub(super) fn created(id: u64) -> Self {
        Self {
            id,
            progress: Progress::Annotated(0),
        }
    }

    pub(super) fn unknown(id: u64) -> Self {
        Self {
            id,
            progress: Progress::Unknown,
        }
    }
}

impl From<CheckRun> for CheckRunAt {
    fn from(run: CheckRun) -> Self {
        let progress = match run.conclusion {
            Some(_) => Progress::Completed,
            None => Progress::Annotated(run.annotations_count),
        };
        Self {
            id: run.id,
            progress,
        }
    }
}

/// A run that is under way has none; nor one that nobody calls for any more.
fn buttons(is_last: bool, conclusion: Conclusion) -> &'static [Button] {
    if is_last && conclusion != Conclusion::Cancelled {
        &Button::ALL
    } else {
        &[]
    }
}

impl HeadWork<'_> {
    /// Stores what is going to be said, says what stands, and finishes the generation.
    pub(super) async fn conclude(
        &mut self,
        mut generation: Generation,
        run: CheckRunAt,
        evaluation: &StoredEvaluation,
    ) -> Result<Generation, Stop> {
        let evaluations = &self.ports().evaluations;
        let number = generation.number;
        let stands = evaluations.put(self.head(), number, evaluation).await?;
        let began = self.ports().clock.now();
        self.publish(run, &stands.output).await?;
        self.took(Phase::Publish, began);
        generation.check_run_id = Some(run.id);
        let finished = self.finish(generation, stands.output.conclusion).await?;
        // After the last effect, so that work resumed after a kill is counted by whoever ends it.
        for (_, report) in &stands.reports {
            let metrics = &self.job.worker.metrics;
            metrics.record(&Measurement::Judged(report));
        }
        Ok(finished)
    }

    /// Records that a generation is over.
    pub(super) async fn finish(
        &self,
        mut generation: Generation,
        conclusion: Conclusion,
    ) -> Result<Generation, Stop> {
        generation.conclusion = Some(conclusion);
        let heads = &self.ports().heads;
        heads.save_generation(&self.lease, &generation).await?;
        Ok(generation)
    }

    /// Publishes from GitHub's own count of annotations on; the last request completes the run.
    async fn publish(&mut self, run: CheckRunAt, output: &CheckOutput) -> Result<(), Stop> {
        let mut published = match self.progress(run).await? {
            None => return Ok(()),
            Some(published) => published.min(output.annotations.len()),
        };
        loop {
            let rest = &output.annotations[published..];
            let batch = &rest[..rest.len().min(ANNOTATIONS_PER_REQUEST)];
            let is_last = batch.len() == rest.len();
            let update = CheckUpdate {
                title: &output.title,
                summary: &output.summary,
                annotations: batch,
                conclusion: is_last.then_some(output.conclusion),
                buttons: buttons(is_last, output.conclusion),
            };
            self.renew().await?;
            let check_runs = &self.ports().check_runs;
            check_runs
                .update(self.job.repository, run.id, &update)
                .await?;
            if is_last {
                return Ok(());
            }
            published += batch.len();
        }
    }

    /// How many annotations are there; `None`: the run is completed.
    async fn progress(&self, run: CheckRunAt) -> Result<Option<usize>, Stop> {
        let progress = match run.progress {
            Progress::Unknown => {
                let check_runs = &self.ports().check_runs;
                let run = check_runs.read(self.job.repository, run.id).await?;
                CheckRunAt::from(run).progress
            }
            known => known,
        };
        Ok(match progress {
            Progress::Annotated(count) => Some(count),
            Progress::Unknown | Progress::Completed => None,
        })
    }

    /// Makes sure, right before an effect that can't be fenced, that the head is ours and stays
    /// so for much longer than a request can take.
    pub(super) async fn renew(&mut self) -> Result<(), Stop> {
        let (clock, ttl) = (&self.ports().clock, self.job.worker.lease);
        let leases = &self.ports().leases;
        let renewed = leases.renew(&self.lease, clock.now(), ttl).await?;
        let remains = clock.now().duration_until(renewed.until);
        if Duration::try_from(remains).unwrap_or_default() < ttl / 2 {
            return Err(Stop::taken_over());
        }
        self.lease = renewed;
        Ok(())
    }
}
