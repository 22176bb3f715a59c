//! Jobs, their matrices and their steps.

use crate::{Env, Permissions, Span, Spanned, Value};

/// One job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The job's id: its key under `jobs`.
    pub id: Spanned<String>,
    /// The whole job, id included.
    pub span: Span,
    /// `name`; empty and null names count as none, as for GitHub.
    pub name: Option<Spanned<String>>,
    /// `needs`: ids of jobs.
    pub needs: Vec<Spanned<String>>,
    /// `if`, as written, with or without `${{ }}`.
    pub condition: Option<Spanned<String>>,
    /// `strategy`.
    pub strategy: Option<Spanned<Strategy>>,
    /// `uses`: the reusable workflow that this job calls.
    pub uses: Option<Spanned<String>>,
    /// `with`: inputs of the reusable workflow.
    pub with: Vec<(Spanned<String>, Spanned<Value>)>,
    /// `secrets: inherit`, or the names of the secrets handed on.
    pub secrets: Option<Spanned<Secrets>>,
    /// `permissions` of the job.
    pub permissions: Option<Spanned<Permissions>>,
    /// `environment`.
    pub environment: Option<Spanned<Environment>>,
    /// `runs-on`.
    pub runs_on: Option<Spanned<RunsOn>>,
    /// `continue-on-error`: the run may be green although the job's check is red.
    pub continue_on_error: Option<Spanned<Flag>>,
    /// `env`: variables of all its steps.
    pub env: Option<Spanned<Env>>,
    /// `defaults.run.shell`: the shell of steps that name none.
    pub default_shell: Option<Spanned<String>>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// `secrets` of a job that calls a reusable workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secrets {
    /// `secrets: inherit`: all of them.
    Inherit,
    /// Only those named.
    Named(Vec<String>),
}

/// `true`, `false`, or an expression that decides when the workflow runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// A literal.
    Literal(bool),
    /// An expression, as written.
    Expression(String),
}

/// `environment` of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its name, which may hold expressions.
    pub name: Spanned<String>,
}

/// `runs-on` of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct RunsOn {
    /// `group`, where the long form names one.
    pub group: Option<Spanned<String>>,
    /// The labels; each may hold expressions.
    pub labels: Vec<Spanned<String>>,
}

/// `strategy` of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy {
    /// `matrix`.
    pub matrix: Option<Spanned<Matrix>>,
}

/// `strategy.matrix`.
#[derive(Debug, Clone, PartialEq)]
pub enum Matrix {
    /// One expression yields the whole matrix.
    Expression(String),
    /// Vectors to multiply, and rows to add and to take away.
    Vectors {
        /// The vectors, in the order of the file.
        vectors: Vec<Vector>,
        /// `include`
        include: Option<Spanned<MatrixRows>>,
        /// `exclude`
        exclude: Option<Spanned<MatrixRows>>,
    },
}

/// One dimension of a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    /// Its key; GitHub compares without regard to case.
    pub name: Spanned<String>,
    /// Its values.
    pub values: Spanned<VectorValues>,
}

/// The values of one dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum VectorValues {
    /// An expression yields them.
    Expression(String),
    /// They are listed; strings in them may hold expressions.
    List(Vec<Spanned<Value>>),
}

/// `include` or `exclude` of a matrix.
#[derive(Debug, Clone, PartialEq)]
pub enum MatrixRows {
    /// An expression yields the rows.
    Expression(String),
    /// They are listed: keys and values in the order of the file.
    List(Vec<Spanned<Value>>),
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The whole step.
    pub span: Span,
    /// `id`
    pub id: Option<Spanned<String>>,
    /// `name`
    pub name: Option<Spanned<String>>,
    /// `uses`: an action.
    pub uses: Option<Spanned<String>>,
    /// `run`: a script.
    pub run: Option<Spanned<String>>,
    /// `shell` of `run`.
    pub shell: Option<Spanned<String>>,
    /// `if`, as written, with or without `${{ }}`.
    pub condition: Option<Spanned<String>>,
    /// `continue-on-error`: the job goes on, and its check is green, although the step failed.
    pub continue_on_error: Option<Spanned<Flag>>,
    /// `with`: inputs of the action.
    pub with: Vec<(Spanned<String>, Spanned<Value>)>,
    /// `env`
    pub env: Option<Spanned<Env>>,
}
