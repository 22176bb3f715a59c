//! What is shown of a pull request and its checks, in the terminal and on the page: plain
//! values, so that neither knows where they come from.

/// A pull request with its checks.
#[derive(Debug, Clone, Default)]
pub(crate) struct PullRequestView {
    /// `owner/name`.
    pub(crate) repository: String,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) base: String,
    pub(crate) branch: String,
    /// The head commit.
    pub(crate) sha: String,
    pub(crate) checks: Vec<CheckView>,
}

/// A check run as GitHub has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckView {
    pub(crate) name: String,
    pub(crate) app: String,
    pub(crate) state: CheckState,
    /// From started to completed, once it is; GitHub's times are whole seconds.
    pub(crate) took_seconds: Option<u64>,
    pub(crate) title: String,
    /// Markdown.
    pub(crate) summary: String,
    pub(crate) annotations: Vec<AnnotationView>,
}

/// Status and conclusion in one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum CheckState {
    #[default]
    InProgress,
    Success,
    Neutral,
    Failure,
    ActionRequired,
    Cancelled,
    /// A conclusion that Phase Mirror does not give.
    Other,
}

impl CheckState {
    /// As a sentence goes on after the check's name.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::Success => "succeeded",
            Self::Neutral => "completed with a neutral result",
            Self::Failure => "failed",
            Self::ActionRequired => "requires action",
            Self::Cancelled => "was cancelled",
            Self::Other => "completed",
        }
    }
}

/// An annotation with the lines it is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnnotationView {
    pub(crate) path: String,
    pub(crate) start_line: u64,
    pub(crate) end_line: u64,
    pub(crate) level: AnnotationLevel,
    pub(crate) title: String,
    pub(crate) message: String,
    /// The text of the lines from `start_line` on; empty where it can't be had.
    pub(crate) lines: Vec<String>,
}

/// GitHub's `annotation_level`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum AnnotationLevel {
    #[default]
    Notice,
    Warning,
    Failure,
}

impl AnnotationView {
    /// `path:7` or `path:7-9`.
    pub(crate) fn place(&self) -> String {
        let Self {
            path,
            start_line,
            end_line,
            ..
        } = self;
        if start_line == end_line {
            format!("{path}:{start_line}")
        } else {
            format!("{path}:{start_line}-{end_line}")
        }
    }
}
