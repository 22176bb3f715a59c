//! `uses` of a job: the reusable workflow behind it, and the names of its jobs.

use super::job::{Namer, Place};
use super::{Callee, MAX_CALL_DEPTH, MAX_CALLED_WORKFLOWS, NamePattern, Refused, Reported, excess};
use crate::expression::{Cell, Leg, Scope, evaluate_value};
use crate::model::{Job, Permissions, Workflow};
use crate::{Span, Spanned, is_workflow_path};

/// What a `uses` of a job refers to.
enum Reference {
    /// A file of the same repository and commit.
    Local(String),
    /// A file of another repository, or of another commit.
    Elsewhere,
    /// Nothing that GitHub takes.
    Invalid,
}

fn reference(uses: &str) -> Reference {
    // `$/` refers to the repository of the file that calls, as `./` does for workflows.
    if let Some(path) = uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/")) {
        return if is_workflow_path(path) {
            Reference::Local(path.to_owned())
        } else {
            Reference::Invalid
        };
    }
    let is_foreign = uses.split_once('@').is_some_and(|(file, version)| {
        let path = file.splitn(3, '/').nth(2);
        !version.is_empty() && path.is_some_and(is_workflow_path)
    });
    if is_foreign {
        Reference::Elsewhere
    } else {
        Reference::Invalid
    }
}

impl Namer<'_, '_> {
    /// Adds the names of the jobs that a leg of a job calls. `place.prefix` names the leg.
    pub(super) fn call(&mut self, place: Place<'_>, job: &Job, uses: &Spanned<String>, leg: &Leg) {
        let path = match reference(uses) {
            Reference::Local(path) => path,
            Reference::Elsewhere => {
                let why = format!(
                    "`{}` is in another repository or commit, which is not read",
                    **uses
                );
                return self.unreadable(place, job, why);
            }
            Reference::Invalid => {
                let message = format!(
                    "expected `./.github/workflows/FILE.yml` or \
                     `OWNER/REPOSITORY/.github/workflows/FILE.yml@REF` for `uses`, found `{}`",
                    **uses
                );
                return self.error(place.path, uses.span, message, Refused::Workflow);
            }
        };
        if let Err(message) = self.enter(&path) {
            return self.error(place.path, uses.span, message, Refused::Workflow);
        }
        match (self.callees)(&path) {
            Callee::Found(callee) => self.callee(place, job, uses.span, leg, &path, callee),
            Callee::Missing => {
                let message = format!("expected a workflow file `{path}`, found none");
                self.error(place.path, uses.span, message, Refused::Workflow);
            }
            Callee::Invalid(why) => {
                let message =
                    format!("expected a workflow in `{path}`, found an invalid file: {why}");
                self.error(place.path, uses.span, message, Refused::Workflow);
            }
            Callee::Unreadable(why) => self.unreadable(place, job, why),
        }
        self.chain.pop();
    }

    /// Goes one level down, within GitHub's limits.
    fn enter(&mut self, path: &str) -> Result<(), String> {
        if self.chain.iter().any(|caller| caller == path) {
            return Err(format!(
                "expected reusable workflows that don't call each other in a circle, found `{path}` \
                 among its own callers"
            ));
        }
        if self.chain.len() >= MAX_CALL_DEPTH {
            return Err(format!(
                "expected at most {MAX_CALL_DEPTH} levels of reusable workflows, found more"
            ));
        }
        self.called.insert(path.to_owned());
        if self.called.len() > MAX_CALLED_WORKFLOWS {
            return Err(format!(
                "expected at most {MAX_CALLED_WORKFLOWS} reusable workflows, found more"
            ));
        }
        self.chain.push(path.to_owned());
        Ok(())
    }

    fn callee(
        &mut self,
        place: Place<'_>,
        job: &Job,
        uses: Span,
        leg: &Leg,
        path: &str,
        callee: &Workflow,
    ) {
        if let Some(problem) = callee.refusal() {
            let message = format!("expected a valid workflow in `{path}`: {}", problem.message);
            return self.error(place.path, uses, message, Refused::Workflow);
        }
        let Some(trigger) = callee.trigger("workflow_call") else {
            let message =
                format!("expected `workflow_call` among the events of `{path}`, found none");
            return self.error(place.path, uses, message, Refused::Workflow);
        };
        let own = job
            .permissions
            .as_ref()
            .or(place.workflow.permissions.as_ref());
        let allowed = own.map(|permissions| &permissions.value).or(place.allowed);
        if let Some(excess) = allowed.and_then(|allowed| asked_too_much(callee, allowed)) {
            let message = format!(
                "expected `{path}` to ask for no more permissions than job `{}` has, found {excess}",
                *job.id
            );
            return self.error(place.path, uses, message, Refused::Workflow);
        }
        let scope = Scope {
            github: self.github,
            leg: Some(leg),
            inputs: place.inputs,
            has_needs: !job.needs.is_empty(),
            run: None,
        };
        let inputs: Vec<Cell> = trigger
            .inputs
            .iter()
            .map(|input| {
                let given = job
                    .with
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(&input.name));
                let value = given.map_or(&input.default, |(_, value)| &value.value);
                Cell {
                    name: input.name.value.clone(),
                    value: evaluate_value(value, scope),
                }
            })
            .collect();
        let inner = Place {
            path,
            workflow: callee,
            inputs: Some(&inputs),
            allowed,
            ..place
        };
        for job in &callee.jobs {
            self.job(inner, job);
        }
    }

    /// The jobs of a callee that can't be looked at: `caller / *`.
    fn unreadable(&mut self, place: Place<'_>, job: &Job, why: String) {
        let mut name = NamePattern::default();
        name.push_unknown(why);
        self.report(place, job, name, Reported::Always);
    }
}

/// What a called workflow or one of its jobs asks for beyond what its caller allows.
fn asked_too_much(callee: &Workflow, allowed: &Permissions) -> Option<String> {
    let of_jobs = callee.jobs.iter().map(|job| job.permissions.as_ref());
    std::iter::once(callee.permissions.as_ref())
        .chain(of_jobs)
        .flatten()
        .find_map(|asked| excess::excess(asked, allowed))
}
