//! Whether a job's steps can make it fail.

use workflows::{Condition, Flag, Job, Span, Spanned, Step, Workflow};

use super::commands::{Kind, action_prepares, is_sink, kind, only_sums_up};
use super::script::{Join, List, Pipeline, lists};
use super::shell::{Shell, shell};

/// Whether a job can fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ability {
    /// It can, or may.
    CanFail,
    /// What it checks can't make it fail, for these reasons; never empty.
    Muted(Vec<Muting>),
    /// It checks nothing: it prints, or does nothing at all.
    Idle(Span),
}

/// What keeps a step from failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Muting {
    /// How.
    pub(super) how: How,
    /// Where: the flag, or the whole script.
    pub(super) span: Span,
    /// The line within the script, from 0.
    pub(super) line: usize,
}

/// Ways of keeping a step from failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// `continue-on-error: true`
    ContinueOnError,
    /// `|| true` and the like.
    OrTrue,
    /// A pipe into a program that always succeeds, without `pipefail`.
    Pipe,
    /// Without `-e` only the last command counts, and that one always succeeds.
    LastCommand,
}

/// What a step can do to its job.
enum Effect {
    Nothing,
    Prints,
    /// An action that only prepares.
    Prepares,
    /// Commands that only prepare, which can fail all the same.
    PreparesByCommand,
    Muted(Muting),
    CanFail,
}

/// Whether the steps of a job can make it fail.
pub(super) fn ability(workflow: &Workflow, job: &Job) -> Ability {
    // A deployment that nobody approves fails.
    if job.uses.is_some() || job.environment.is_some() || job.steps.is_empty() {
        return Ability::CanFail;
    }
    let mut mutings = Vec::new();
    let mut prints = None;
    let mut may_fail_preparing = false;
    for step in &job.steps {
        match effect(workflow, job, step) {
            Effect::CanFail => return Ability::CanFail,
            Effect::Muted(muting) => mutings.push(muting),
            Effect::Nothing | Effect::Prints => prints = prints.or(Some(step.span)),
            Effect::PreparesByCommand => may_fail_preparing = true,
            Effect::Prepares => {}
        }
    }
    match (mutings.is_empty(), prints) {
        (false, _) => Ability::Muted(mutings),
        (true, Some(span)) if !may_fail_preparing => Ability::Idle(span),
        _ => Ability::CanFail,
    }
}

/// Whether the steps only sum up what other jobs did.
pub(super) fn is_pure_gate(job: &Job) -> bool {
    job.uses.is_none()
        && !job.steps.is_empty()
        && job.steps.iter().all(|step| match (&step.run, &step.uses) {
            (Some(script), _) => only_sums_up(script),
            (None, Some(uses)) => action_prepares(uses),
            (None, None) => false,
        })
}

fn effect(workflow: &Workflow, job: &Job, step: &Step) -> Effect {
    let condition = step.condition.as_ref();
    let holds = condition.and_then(|text| Condition::parse(text).holds_for_step());
    if holds == Some(false) {
        return Effect::Nothing;
    }
    let own = match (&step.run, &step.uses) {
        (Some(script), None) => match shell(workflow, job, step) {
            Some(shell) => of_script(script, shell),
            None => Effect::CanFail,
        },
        (None, Some(uses)) if action_prepares(uses) && !insists(step) => Effect::Prepares,
        _ => Effect::CanFail,
    };
    match (own, &step.continue_on_error) {
        (Effect::CanFail | Effect::Muted(_), Some(flag)) if flag.value == Flag::Literal(true) => {
            Effect::Muted(Muting {
                how: How::ContinueOnError,
                span: flag.span,
                line: 0,
            })
        }
        (own, _) => own,
    }
}

/// Whether an action that hands on files fails when there are none.
fn insists(step: &Step) -> bool {
    step.with.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("if-no-files-found")
            && value.scalar_text().as_deref() == Some("error")
    })
}

fn of_script(script: &Spanned<String>, shell: Shell) -> Effect {
    let Some(mut lists) = lists(script) else {
        return Effect::CanFail;
    };
    // What stands behind an `exit 0` never runs.
    if let Some(end) = lists.iter().position(leaves) {
        lists.truncate(end + 1);
    }
    // However `pipefail` comes about, it is taken to be on.
    let shell = Shell {
        has_pipefail: shell.has_pipefail || script.contains("pipefail"),
        ..shell
    };
    let effects: Vec<Part> = lists.iter().map(|list| of_list(list, shell)).collect();
    let muting = |how: How, line: usize| {
        Effect::Muted(Muting {
            how,
            span: script.span,
            line,
        })
    };
    if effects.contains(&Part::CanFail) {
        return match masked(&lists, &effects, shell) {
            Some(line) => muting(How::LastCommand, line),
            None => Effect::CanFail,
        };
    }
    let muted = effects
        .iter()
        .zip(&lists)
        .find_map(|(part, list)| match part {
            Part::Muted(how) => Some(muting(*how, list.line)),
            _ => None,
        });
    muted.unwrap_or_else(|| {
        if effects.contains(&Part::Prepares) {
            Effect::PreparesByCommand
        } else if effects.is_empty() {
            Effect::Nothing
        } else {
            Effect::Prints
        }
    })
}

/// What one list can do to its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Idle,
    Prepares,
    Muted(How),
    CanFail,
}

/// Whether a list is `exit 0` and nothing else.
fn leaves(list: &List) -> bool {
    matches!(list.pipelines.as_slice(), [(_, pipeline)] if single(pipeline) == Some(Kind::Leaves))
}

/// What the only command of a pipeline does.
fn single(pipeline: &Pipeline) -> Option<Kind> {
    match pipeline.as_slice() {
        [command] => Some(kind(command)),
        _ => None,
    }
}

fn of_list(list: &List, shell: Shell) -> Part {
    let parts: Vec<Part> = list
        .pipelines
        .iter()
        .map(|(_, pipeline)| of_pipeline(pipeline, shell))
        .collect();
    let ends = list
        .pipelines
        .iter()
        .flat_map(|(_, pipeline)| pipeline)
        .any(|command| kind(command) == Kind::Ends);
    match (list.pipelines.last(), parts.as_slice()) {
        _ if ends => Part::CanFail,
        (_, [only]) => *only,
        (Some((Join::Or, fallback)), [before @ .., _])
            if matches!(single(fallback), Some(Kind::Idle | Kind::Leaves)) =>
        {
            let works = |part: &Part| matches!(part, Part::CanFail | Part::Muted(_));
            if before.iter().any(works) {
                Part::Muted(How::OrTrue)
            } else {
                Part::Prepares
            }
        }
        // Of `a && b` it depends on where it stands what a failure of `a` does.
        _ if parts
            .iter()
            .any(|part| matches!(part, Part::CanFail | Part::Muted(_))) =>
        {
            Part::CanFail
        }
        _ if parts.contains(&Part::Prepares) => Part::Prepares,
        _ => Part::Idle,
    }
}

fn of_pipeline(pipeline: &Pipeline, shell: Shell) -> Part {
    let works = |kind: Kind| matches!(kind, Kind::Works | Kind::Ends);
    match pipeline.as_slice() {
        [] => Part::CanFail,
        [only] => match kind(only) {
            Kind::Idle | Kind::Leaves => Part::Idle,
            Kind::Prepares => Part::Prepares,
            Kind::Works | Kind::Ends => Part::CanFail,
        },
        [before @ .., last] => {
            let is_mute = is_sink(last) && !shell.has_pipefail;
            match before.iter().any(|command| works(kind(command))) {
                true if is_mute => Part::Muted(How::Pipe),
                false if is_sink(last) || !works(kind(last)) => Part::Prepares,
                _ => Part::CanFail,
            }
        }
    }
}

/// The line of the last command, where only that one counts and it always succeeds.
fn masked(lists: &[List], effects: &[Part], shell: Shell) -> Option<usize> {
    let sets = lists
        .iter()
        .flat_map(|list| &list.pipelines)
        .flat_map(|(_, pipeline)| pipeline);
    let mut sets = sets.filter(|command| {
        let first = command.words.first();
        first.is_some_and(|word| word.text == "set")
    });
    let first = lists.first().and_then(|list| list.pipelines.first());
    let is_off = match sets.next() {
        None => !shell.exits_on_error,
        // `set +e` at the beginning, and no other.
        Some(set) => {
            let words: Vec<&str> = set.words.iter().map(|word| word.text.as_str()).collect();
            words == ["set", "+e"]
                && sets.next().is_none()
                && first
                    .is_some_and(|(_, pipeline)| pipeline.as_slice() == std::slice::from_ref(set))
        }
    };
    let ends = |list: &List| {
        let mut commands = list.pipelines.iter().flat_map(|(_, pipeline)| pipeline);
        commands.any(|command| kind(command) == Kind::Ends)
    };
    let last = lists.last()?;
    let succeeds = effects.last() == Some(&Part::Idle) && !lists.iter().any(ends);
    (is_off && succeeds).then_some(last.line)
}
