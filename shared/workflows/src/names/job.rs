//! The names of one job: its legs, its name when skipped, and what it calls.

use std::collections::BTreeSet;

use super::matrix::{self, Legs};
use super::skip::{self, Skip};
use super::{
    Callee, JobNames, JobPlace, MAX_NAMES, NameError, NamePattern, Refused, Reported, ReportedName,
    Segment,
};
use crate::expression::{Cell, Evaluated, Leg, Part, Scope, Template};
use crate::model::{Job, Permissions, Workflow};
use crate::{GitHubContext, Span, Value};

/// Where a job stands in a chain of callers.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The file.
    pub(super) path: &'p str,
    /// The workflow in it.
    pub(super) workflow: &'p Workflow,
    /// The callers' names.
    pub(super) prefix: Option<&'p NamePattern>,
    /// The inputs of a called workflow.
    pub(super) inputs: Option<&'p [Cell]>,
    /// Why a caller on the way may be skipped.
    pub(super) skipped: Option<&'p str>,
    /// The most that callers allow, where one of them says.
    pub(super) allowed: Option<&'p Permissions>,
}

/// Collects names.
pub(super) struct Namer<'c, 'a> {
    pub(super) callees: &'c dyn Fn(&str) -> Callee<'a>,
    /// What is known of the run.
    pub(super) github: GitHubContext<'c>,
    /// The files on the way from the first caller.
    pub(super) chain: Vec<String>,
    /// All files called.
    pub(super) called: BTreeSet<String>,
    /// What is reported already, with the file and id of its job.
    seen: BTreeSet<(String, String, NamePattern, Reported)>,
    result: JobNames,
    /// Jobs and names looked at.
    work: usize,
}

impl<'c, 'a> Namer<'c, 'a> {
    pub(super) fn new(
        callees: &'c dyn Fn(&str) -> Callee<'a>,
        github: GitHubContext<'c>,
        path: &str,
    ) -> Self {
        Self {
            callees,
            github,
            chain: vec![path.to_owned()],
            called: BTreeSet::new(),
            seen: BTreeSet::new(),
            result: JobNames::default(),
            work: 0,
        }
    }

    /// The names of a job of the first caller.
    pub(super) fn names(mut self, workflow: &Workflow, job: &Job) -> JobNames {
        let path = self.chain[0].clone();
        let place = Place {
            path: &path,
            workflow,
            prefix: None,
            inputs: None,
            skipped: None,
            allowed: None,
        };
        self.job(place, job);
        self.result
    }

    pub(super) fn job(&mut self, place: Place<'_>, job: &Job) {
        if self.is_exhausted(place, job) {
            return;
        }
        let scope = Scope {
            github: self.github,
            leg: None,
            inputs: place.inputs,
            has_needs: !job.needs.is_empty(),
            run: None,
        };
        let naming = Naming::of(job);
        let skip = skip::of(job, scope);
        if !matches!(skip, Skip::Always) {
            let matrix = job
                .strategy
                .as_ref()
                .and_then(|strategy| strategy.matrix.as_ref());
            let legs = match matrix.map(|matrix| matrix::unfold(matrix, scope)) {
                None => Ok(without_matrix()),
                Some(Ok(legs)) if legs.legs.is_empty() && legs.more.is_none() => {
                    Ok(without_matrix())
                }
                Some(unfolded) => unfolded,
            };
            match legs {
                Ok(legs) => self.legs(place, job, &naming, &skip, &legs),
                Err(error) => self.error(place.path, error.span, error.message, Refused::Job),
            }
        }
        let when = match skip {
            Skip::Never => return,
            Skip::Maybe(why) => Reported::OnlyIfSkipped { why },
            Skip::Always => Reported::Always,
        };
        self.report(place, job, naming.skipped(), when);
    }

    fn legs(&mut self, place: Place<'_>, job: &Job, naming: &Naming, skip: &Skip, legs: &Legs) {
        let skipped = match skip {
            Skip::Maybe(why) => Some(why.as_str()),
            Skip::Never | Skip::Always => None,
        };
        let mut of_legs = Vec::new();
        for leg in &legs.legs {
            let scope = Scope {
                github: self.github,
                leg: Some(leg),
                inputs: place.inputs,
                has_needs: !job.needs.is_empty(),
                run: None,
            };
            of_legs.push((naming.leg(leg, scope), leg.clone()));
        }
        if let Some(why) = &legs.more {
            let leg = Leg {
                open: Some(why.clone()),
                ..Leg::default()
            };
            let scope = Scope {
                github: self.github,
                leg: Some(&leg),
                inputs: place.inputs,
                has_needs: !job.needs.is_empty(),
                run: None,
            };
            for name in naming.unseen_legs(why, scope) {
                of_legs.push((name, leg.clone()));
            }
        }
        for (name, leg) in of_legs {
            if self.is_exhausted(place, job) {
                return;
            }
            if let Some(uses) = &job.uses {
                let called = place
                    .prefix
                    .map_or_else(|| name.clone(), |prefix| prefix.calling(&name));
                let inner = Place {
                    prefix: Some(&called),
                    skipped: place.skipped.or(skipped),
                    ..place
                };
                self.call(inner, job, uses, &leg);
                continue;
            }
            let when = match skipped {
                // Run or skipped, the name is the same.
                Some(_) if name == naming.skipped() => Reported::Always,
                Some(why) => Reported::UnlessSkipped {
                    why: why.to_owned(),
                },
                None => Reported::Always,
            };
            self.report(place, job, name, when);
        }
    }

    /// Adds a name below the callers' names.
    pub(super) fn report(
        &mut self,
        place: Place<'_>,
        job: &Job,
        name: NamePattern,
        when: Reported,
    ) {
        let name = match place.prefix {
            Some(prefix) => prefix.calling(&name),
            None => name,
        };
        let when = match (when, place.skipped) {
            (Reported::Always, Some(why)) => Reported::UnlessSkipped {
                why: why.to_owned(),
            },
            (when, _) => when,
        };
        // Legs of one name are one check to require, and a name that is always there is there
        // whatever is skipped.
        let key = |when| {
            (
                place.path.to_owned(),
                job.id.value.clone(),
                name.clone(),
                when,
            )
        };
        if self.seen.contains(&key(Reported::Always)) || !self.seen.insert(key(when.clone())) {
            return;
        }
        self.result.names.push(ReportedName {
            name,
            when,
            job: JobPlace {
                path: place.path.to_owned(),
                id: job.id.value.clone(),
                span: job.name.as_ref().map_or(job.id.span, |name| name.span),
            },
        });
    }

    pub(super) fn error(&mut self, path: &str, span: Span, message: String, refused: Refused) {
        let error = NameError {
            path: path.to_owned(),
            span,
            message,
            refused,
        };
        if !self.result.errors.contains(&error) {
            self.result.errors.push(error);
        }
    }

    /// Counts a step of work; past the limit one wildcard stands for all that is left.
    fn is_exhausted(&mut self, place: Place<'_>, job: &Job) -> bool {
        self.work += 1;
        if self.work == MAX_NAMES {
            let mut rest = NamePattern::default();
            rest.push_unknown(format!("there are more than {MAX_NAMES} names to look at"));
            let everywhere = Place {
                prefix: None,
                ..place
            };
            self.report(everywhere, job, rest, Reported::Always);
        }
        self.work >= MAX_NAMES
    }
}

/// A job without a matrix is one leg.
fn without_matrix() -> Legs {
    let leg = Leg {
        place: Some((0, 1)),
        ..Leg::default()
    };
    Legs {
        legs: vec![leg],
        more: None,
    }
}

/// How a job is named.
struct Naming {
    /// The literal name, or the id.
    base: String,
    /// The name, where it holds expressions.
    template: Option<Template>,
}

impl Naming {
    fn of(job: &Job) -> Self {
        let Some(name) = &job.name else {
            return Self {
                base: job.id.value.clone(),
                template: None,
            };
        };
        match Template::parse(name) {
            Ok(template) if template.is_dynamic() => Self {
                base: job.id.value.clone(),
                template: Some(template),
            },
            // What can't be read makes the file invalid, which the caller has looked at.
            _ => Self {
                base: name.value.clone(),
                template: None,
            },
        }
    }

    /// The name of a leg.
    fn leg(&self, leg: &Leg, scope: Scope<'_>) -> NamePattern {
        let mut name = match &self.template {
            Some(template) => match template.name(scope) {
                empty if empty.is_empty() => self.default(leg),
                name => name,
            },
            None => self.default(leg),
        };
        if let Some(why) = &leg.doubt {
            name.doubt(why.clone());
        }
        // GitHub's published code cuts default names only; whether its service cuts these too
        // is not known.
        if name.is_too_long() {
            name.doubt("a name longer than 100 characters may be cut".to_owned());
        }
        name
    }

    /// The base name with the values of the matrix.
    fn default(&self, leg: &Leg) -> NamePattern {
        let mut name = NamePattern::literal(self.base.clone());
        let mut separator = " (";
        for cell in &leg.cells[..leg.shown] {
            match &cell.value {
                Evaluated::Known(value) => push_leaves(value, &mut name, &mut separator),
                Evaluated::Unknown(why) => {
                    // The value may be empty and bring no separator: the wildcard covers both.
                    if separator == " (" {
                        name.push(Segment::Literal(separator.to_owned()));
                    }
                    name.push_unknown(why.clone());
                    separator = "";
                }
            }
        }
        if separator != " (" {
            name.push(Segment::Literal(")".to_owned()));
        }
        name.cut()
    }

    /// The names of legs of which nothing is known.
    fn unseen_legs(&self, why: &str, scope: Scope<'_>) -> Vec<NamePattern> {
        if let Some(template) = &self.template {
            return vec![template.name(scope)];
        }
        let mut bare = NamePattern::literal(self.base.clone());
        let mut suffixed = bare.clone();
        suffixed.push(Segment::Literal(" (".to_owned()));
        suffixed.push_unknown(why.to_owned());
        suffixed.push(Segment::Literal(")".to_owned()));
        bare.doubt(why.to_owned());
        vec![suffixed, bare]
    }

    /// The name when the job is skipped before any of it is evaluated.
    fn skipped(&self) -> NamePattern {
        let Some(template) = &self.template else {
            return NamePattern::literal(self.base.clone()).cut();
        };
        if let [Part::Expression { source, .. }] = template.parts.as_slice() {
            return NamePattern::literal(source.clone());
        }
        let mut raw = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => raw.push_str(text),
                Part::Expression { source, .. } => {
                    raw.push_str("${{ ");
                    raw.push_str(source);
                    raw.push_str(" }}");
                }
            }
        }
        NamePattern::literal(raw)
    }
}

/// Adds the scalars of a value, depth first; null and empty ones are left out.
fn push_leaves(value: &Value, name: &mut NamePattern, separator: &mut &'static str) {
    match value {
        Value::Sequence(items) => {
            for item in items {
                push_leaves(item, name, separator);
            }
        }
        Value::Mapping(pairs) => {
            for (_, value) in pairs {
                push_leaves(value, name, separator);
            }
        }
        scalar => {
            let text = scalar.scalar_text().unwrap_or_default();
            if !text.is_empty() {
                name.push(Segment::Literal(format!("{separator}{text}")));
                *separator = ", ";
            }
        }
    }
}
