//! The graph of `needs`: GitHub refuses a file in which a job can never start.

use std::collections::BTreeMap;

use crate::Span;
use crate::model::Job;

/// What is wrong with the graph: needs of unknown jobs, and cycles. `jobs_key` is where the
/// error about a file without any job to start with belongs.
pub(super) fn errors(jobs_key: Span, jobs: &[Job]) -> Vec<(Span, String)> {
    let ids: BTreeMap<String, usize> = jobs
        .iter()
        .enumerate()
        .map(|(index, job)| (job.id.to_ascii_lowercase(), index))
        .collect();
    let mut errors = Vec::new();
    let mut waiting: Vec<usize> = vec![0; jobs.len()];
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); jobs.len()];
    for (index, job) in jobs.iter().enumerate() {
        for need in &job.needs {
            if let Some(&needed) = ids.get(&need.to_ascii_lowercase()) {
                waiting[index] += 1;
                dependents[needed].push(index);
            } else {
                let message = format!(
                    "expected the id of a job in `needs` of job `{}`, found `{}`",
                    *job.id, **need
                );
                errors.push((need.span, message));
            }
        }
    }
    // Jobs that can start, then those that they let start.
    let mut ready: Vec<usize> = (0..jobs.len())
        .filter(|&index| waiting[index] == 0)
        .collect();
    let mut started = 0;
    while let Some(index) = ready.pop() {
        started += 1;
        for &dependent in &dependents[index] {
            waiting[dependent] -= 1;
            if waiting[dependent] == 0 {
                ready.push(dependent);
            }
        }
    }
    if started < jobs.len() {
        let stuck = jobs.iter().zip(&waiting).find(|(_, count)| **count > 0);
        let (span, id) = stuck.map_or((jobs_key, ""), |(job, _)| {
            (
                job.needs.first().map_or(job.id.span, |need| need.span),
                job.id.as_str(),
            )
        });
        let message =
            format!("expected `needs` without a cycle, found one that job `{id}` waits for");
        errors.push((span, message));
    }
    if jobs.is_empty() {
        errors.push((jobs_key, "expected at least one job, found none".to_owned()));
    }
    errors
}
