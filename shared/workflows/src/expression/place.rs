//! Which contexts and functions an expression may use, by the place where it stands: GitHub
//! refuses a whole file for one that is not to be had there.
//!
//! What is listed is GitHub's [table of availability] and the schema that it publishes
//! (`workflow-v1.0.json` in actions/languageservices, `context` of `job-if` and of a job's
//! `name`); how many arguments its functions take, its published expression parser.
//!
//! [table of availability]: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability

use super::{Expression, ExpressionError, Part, Template};

/// A place in a workflow file whose expressions are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `jobs.<id>.name`
    JobName,
    /// `jobs.<id>.if`, which is decided before the matrix is unfolded.
    JobIf,
}

/// A function with the fewest and the most arguments that it takes.
type Function = (&'static str, usize, usize);

/// What every place has; in lower case, as all names here.
const FUNCTIONS: &[Function] = &[
    ("case", 1, usize::MAX),
    ("contains", 2, 2),
    ("endswith", 2, 2),
    ("format", 1, 255),
    ("fromjson", 1, 1),
    ("join", 1, 2),
    ("startswith", 2, 2),
    ("tojson", 1, 1),
];

/// What an `if` has beside.
const STATUS_FUNCTIONS: &[Function] = &[
    ("always", 0, 0),
    ("cancelled", 0, 0),
    ("failure", 0, usize::MAX),
    ("success", 0, usize::MAX),
];

impl Place {
    /// The contexts that are to be had here.
    fn contexts(self) -> &'static [&'static str] {
        match self {
            Self::JobName => &["github", "inputs", "matrix", "needs", "strategy", "vars"],
            Self::JobIf => &["github", "inputs", "needs", "vars"],
        }
    }

    fn function(self, name: &str) -> Option<&'static Function> {
        let status = match self {
            Self::JobName => &[],
            Self::JobIf => STATUS_FUNCTIONS,
        };
        let mut functions = FUNCTIONS.iter().chain(status);
        functions.find(|(known, ..)| *known == name)
    }

    fn check(self, expression: &Expression) -> Result<(), ExpressionError> {
        match expression {
            Expression::Literal(_) => Ok(()),
            Expression::Context(name) => self.check_context(name),
            Expression::Call(name, arguments) => {
                self.check_call(name, arguments.len())?;
                arguments
                    .iter()
                    .try_for_each(|argument| self.check(argument))
            }
            Expression::Every(inner) | Expression::Not(inner) => self.check(inner),
            Expression::Index(left, right)
            | Expression::And(left, right)
            | Expression::Or(left, right)
            | Expression::Compare(_, left, right) => {
                self.check(left)?;
                self.check(right)
            }
        }
    }

    fn check_context(self, name: &str) -> Result<(), ExpressionError> {
        if self.contexts().contains(&name) {
            return Ok(());
        }
        Err(ExpressionError {
            expected: match self {
                Self::JobName => {
                    "one of the contexts `github`, `inputs`, `matrix`, `needs`, `strategy`, `vars`"
                }
                Self::JobIf => "one of the contexts `github`, `inputs`, `needs`, `vars`",
            },
            found: format!("`{name}`"),
        })
    }

    fn check_call(self, name: &str, arguments: usize) -> Result<(), ExpressionError> {
        let Some((_, fewest, most)) = self.function(name) else {
            return Err(ExpressionError {
                expected: "a function that there is in this place",
                found: format!("`{name}`"),
            });
        };
        if (*fewest..=*most).contains(&arguments) {
            return Ok(());
        }
        Err(ExpressionError {
            expected: "as many arguments as the function takes",
            found: format!("{arguments} for `{name}`"),
        })
    }
}

impl Template {
    /// Checks that everything its expressions use is to be had in a place.
    pub(crate) fn check(&self, place: Place) -> Result<(), ExpressionError> {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(_) => Ok(()),
            Part::Expression { expression, .. } => place.check(expression),
        })
    }
}
