//! What becomes of a job when a job that it needs fails.
//!
//! A job that is skipped passes. GitHub skips a job when one that it waits for, at whatever
//! distance, did not succeed, unless its `if` calls a status function:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idneeds>.

use std::collections::{BTreeMap, BTreeSet};

use workflows::{Condition, Job, JobResult, SupposedRun, Workflow};

use super::looks::looks;

/// At most this many needs of a job, and this many jobs behind one gate, are looked at. Nobody
/// reads about more, and time would grow with the square of a hostile file.
const MOST: usize = 32;

/// One workflow's jobs by id.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    nodes: BTreeMap<String, Node<'a>>,
}

/// A job with what decides whether it runs.
#[derive(Debug)]
struct Node<'a> {
    job: &'a Job,
    condition: Condition,
    /// Ids of the jobs that it needs, in lower case.
    needs: Vec<String>,
    /// Whether it may run although a job that it needs did not succeed.
    may_run_anyway: bool,
}

/// What becomes of a job when one that it waits for fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It is skipped, on one of the events at least.
    Skipped,
    /// It runs, or may, although it needs the other one itself.
    Runs,
    /// It does not run when all goes well either, or what stands between both decides.
    Other,
}

impl<'a> Graph<'a> {
    /// The jobs of a workflow.
    pub(super) fn new(workflow: &'a Workflow) -> Self {
        let jobs = workflow.jobs.iter();
        let nodes = jobs.map(|job| {
            let condition = Condition::of(job);
            let needs = job.needs.iter().take(MOST);
            let node = Node {
                job,
                needs: needs.map(|need| need.to_ascii_lowercase()).collect(),
                may_run_anyway: condition.calls_status_function(),
                condition,
            };
            (job.id.to_ascii_lowercase(), node)
        });
        Self {
            nodes: nodes.collect(),
        }
    }

    fn node(&self, id: &str) -> Option<&Node<'a>> {
        self.nodes.get(&id.to_ascii_lowercase())
    }

    fn needs<'b>(&'b self, node: &'b Node<'a>) -> impl Iterator<Item = (&'b str, &'b Node<'a>)> {
        let needs = node.needs.iter();
        needs.filter_map(|id| Some((id.as_str(), self.nodes.get(id)?)))
    }

    /// The job whose `if` skips this one in every run of this event: itself, or one that it
    /// waits for.
    pub(super) fn never_runs(&self, id: &str, event: &str) -> Option<&'a Job> {
        let mut seen = BTreeSet::new();
        let mut open = vec![self.node(id)?];
        while let Some(node) = open.pop() {
            if !seen.insert(node.job.id.as_str()) || seen.len() > MOST {
                continue;
            }
            if node.is_never_true(event) {
                return Some(node.job);
            }
            if !node.may_run_anyway {
                open.extend(self.needs(node).map(|(_, need)| need));
            }
        }
        None
    }

    /// The jobs that this one waits for, at whatever distance, the nearest first: not those
    /// behind a job whose `if` calls a status function, which may make good for them.
    fn ancestors(&self, id: &str) -> Vec<&'a Job> {
        let Some(first) = self.node(id) else {
            return Vec::new();
        };
        let mut seen = BTreeSet::from([first.job.id.as_str()]);
        let mut found: Vec<&Job> = Vec::new();
        let mut next = vec![first];
        while !next.is_empty() && found.len() < MOST {
            let mut needed = Vec::new();
            for (_, need) in next.into_iter().flat_map(|node| self.needs(node)) {
                if found.len() < MOST && seen.insert(need.job.id.as_str()) {
                    found.push(need.job);
                    needed.push(need);
                }
            }
            needed.retain(|node| !node.may_run_anyway);
            next = needed;
        }
        found
    }

    /// What becomes of a job on these events when one of its ancestors fails and nothing else
    /// does, for each of them.
    pub(super) fn after_failures(&self, id: &str, events: &[&str]) -> Vec<(&'a Job, After)> {
        let Some(node) = self.node(id) else {
            return Vec::new();
        };
        let behind: Vec<(&str, &Node<'_>, Vec<&Job>)> = self
            .needs(node)
            .map(|(id, need)| (id, need, self.ancestors(id)))
            .collect();
        let mut running = events.to_vec();
        running.retain(|event| node.runs_after_success(event) != Some(false));
        let after = |failed: &'a Job| {
            let results: Vec<(&str, Option<JobResult>)> = behind
                .iter()
                .map(|(id, need, behind)| (*id, need.result_after(behind, failed)))
                .collect();
            let skips = |event: &&str| {
                let run = SupposedRun {
                    event,
                    needs: &results,
                    ancestors: JobResult::Failure,
                };
                node.condition.holds_for_job(&run) == Some(false)
            };
            if running.iter().any(skips) {
                After::Skipped
            } else if running.is_empty() || !behind.iter().any(|(_, need, _)| need.is(failed)) {
                After::Other
            } else {
                After::Runs
            }
        };
        let ancestors = self.ancestors(id).into_iter();
        ancestors.map(|failed| (failed, after(failed))).collect()
    }

    /// The jobs, by id in lower case, that this one answers for: when one of them fails it fails,
    /// or may, because it runs then and looks at that, or runs only then.
    pub(super) fn answers_for(&self, id: &str) -> BTreeSet<String> {
        let Some(node) = self.node(id).filter(|node| node.may_run_anyway) else {
            return BTreeSet::new();
        };
        let seen = looks(node.job);
        let runs_only_then = node.runs_after_success("") == Some(false);
        let mut all = BTreeSet::new();
        for (id, _) in self.needs(node) {
            if runs_only_then || seen.is_at(id) {
                let behind = self.ancestors(id).into_iter();
                all.extend(behind.map(|job| job.id.to_ascii_lowercase()));
                all.insert(id.to_owned());
            }
        }
        all
    }
}

impl Node<'_> {
    fn is(&self, job: &Job) -> bool {
        self.job.id == job.id
    }

    /// The result of this job, behind which these stand, when one job fails.
    fn result_after(&self, behind: &[&Job], failed: &Job) -> Option<JobResult> {
        if self.is(failed) {
            Some(JobResult::Failure)
        } else if !behind.iter().any(|job| job.id == failed.id) {
            Some(JobResult::Success)
        } else if self.may_run_anyway {
            None
        } else {
            Some(JobResult::Skipped)
        }
    }

    /// Whether the job runs when all goes well.
    fn runs_after_success(&self, event: &str) -> Option<bool> {
        self.runs(event, Some(JobResult::Success), JobResult::Success)
    }

    /// Whether the job's own `if` is false however the jobs before it went.
    fn is_never_true(&self, event: &str) -> bool {
        let Some(text) = &self.job.condition else {
            return false;
        };
        // A run that somebody cancels is not among those that are supposed below.
        if text.to_ascii_lowercase().contains("cancelled") {
            return false;
        }
        let ends = [JobResult::Success, JobResult::Failure, JobResult::Skipped];
        let possible = if self.needs.is_empty() { 1 } else { ends.len() };
        ends[..possible]
            .iter()
            .all(|end| self.runs(event, None, *end) == Some(false))
    }

    /// Whether the job runs when all that it needs end like this, and its ancestors like that.
    fn runs(&self, event: &str, needs: Option<JobResult>, ancestors: JobResult) -> Option<bool> {
        let ids = self.needs.iter();
        let needs: Vec<(&str, Option<JobResult>)> = ids.map(|id| (id.as_str(), needs)).collect();
        self.condition.holds_for_job(&SupposedRun {
            event,
            needs: &needs,
            ancestors,
        })
    }
}
