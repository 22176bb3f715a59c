//! What holds for a run whatever its file says, and the names that its jobs have then.

use std::collections::BTreeSet;

use workflows::{Callee, GitHubContext, Job, JobNames, NamePattern, Reported, ReportedName};

use super::jobs::File;
use super::triggers::matters;
use crate::ActionsPermissions;
use crate::registry::Input;

/// What is known before any file is read; by default nothing, and then no event is told from
/// another.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Premises<'a> {
    /// `owner/name`
    repository: Option<&'a str>,
    /// The branch that is merged into.
    base: Option<&'a str>,
    /// What Actions permits, where that could be looked at.
    pub(super) actions: Option<&'a ActionsPermissions>,
}

/// The names of a job, with the events on which it has them; `None`: whatever the event.
type Occasion<'a> = (Option<Vec<&'a str>>, JobNames);

impl<'a> Premises<'a> {
    /// Those of a side.
    pub(super) fn of(input: &Input<'a>) -> Self {
        Self {
            repository: input.repository.map(crate::RepositoryName::as_str),
            base: Some(input.settings.branch.as_str()),
            actions: input.settings.actions.known().ok(),
        }
    }

    /// The account that owns the repository.
    pub(super) fn owner(&self) -> Option<&'a str> {
        Some(self.repository?.split_once('/')?.0)
    }

    /// The names of a job on each of its file's events that matter for a merge.
    ///
    /// A name that it has on none of them, because its `if` never holds there, comes last and
    /// with no event at all: the finding that it is missing can then say why.
    pub(super) fn names(
        &self,
        look_up: &dyn Fn(&str) -> Callee<'a>,
        file: &File<'a>,
        job: &'a Job,
    ) -> Vec<Occasion<'a>> {
        let names = |github| {
            workflows::job_names_in(github, look_up, file.path.as_str(), file.workflow, job)
        };
        let mut whatever = names(GitHubContext::default());
        if self.base.is_none() || whatever.names.iter().all(is_decided) {
            return vec![(None, whatever)];
        }
        let mut occasions: Vec<Occasion<'_>> = Vec::new();
        for trigger in &file.workflow.triggers {
            let event = trigger.event.as_str();
            if !matters(event, file.read_from) {
                continue;
            }
            let found = names(self.github(event));
            match occasions.iter_mut().find(|(_, known)| *known == found) {
                Some((Some(on), _)) if !on.contains(&event) => on.push(event),
                Some(_) => {}
                None => occasions.push((Some(vec![event]), found)),
            }
        }
        match occasions.as_mut_slice() {
            [] => occasions.push((None, whatever)),
            // The event makes no difference.
            [(on, known)] if *known == whatever => *on = None,
            _ => {
                keep_those_that_never_are(&mut whatever, &occasions);
                occasions.push((Some(Vec::new()), whatever));
            }
        }
        occasions
    }

    /// What is known of a run on an event.
    fn github(&self, event: &'a str) -> GitHubContext<'a> {
        GitHubContext {
            event_name: Some(event),
            repository: self.repository,
            base_ref: self.base.filter(|_| event.starts_with("pull_request")),
        }
    }
}

/// Whether nothing about a name is left to the run, so that to know the event changes nothing.
fn is_decided(reported: &ReportedName) -> bool {
    reported.when == Reported::Always && reported.name.why_unknown().is_none()
}

/// Keeps the certain names that a job has in the abstract, and on no occasion that matters.
fn keep_those_that_never_are(whatever: &mut JobNames, occasions: &[Occasion<'_>]) {
    let known = occasions.iter().flat_map(|(_, names)| &names.names);
    let known: BTreeSet<&NamePattern> = known.map(|reported| &reported.name).collect();
    whatever.names.retain(|reported| {
        !matches!(reported.when, Reported::OnlyIfSkipped { .. })
            && reported.name.why_unknown().is_none()
            && !known.contains(&reported.name)
    });
    whatever.errors.clear();
}
