//! The workflows of a repository: the files on its default branch
//! (<https://docs.github.com/en/rest/actions/workflows>).

use super::State;
use crate::git::{Mode, ObjectId};

/// Whether a workflow runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorkflowState {
    /// It does.
    #[default]
    Active,
    /// Somebody turned it off.
    DisabledManually,
    /// Its schedule slept too long.
    DisabledInactivity,
    /// It is a fork's, not yet allowed.
    DisabledFork,
}

impl WorkflowState {
    /// GitHub's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DisabledManually => "disabled_manually",
            Self::DisabledInactivity => "disabled_inactivity",
            Self::DisabledFork => "disabled_fork",
        }
    }
}

/// A workflow.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    /// GitHub's id.
    pub(crate) id: u64,
    /// What the file calls itself, or its path.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: String,
    /// Whether it runs.
    pub(crate) state: WorkflowState,
}

const FOLDER: &str = ".github/workflows/";

impl State {
    /// The workflows of a repository, by path.
    pub(crate) fn workflows(&self, repository: u64) -> Vec<Workflow> {
        let Some(tip) = self
            .repositories
            .get(&repository)
            .and_then(super::Repository::tip)
        else {
            return Vec::new();
        };
        let files = self.objects(repository).files(tip);
        let workflows = files.iter().filter(|(path, (mode, _))| {
            let name = path.strip_prefix(FOLDER).unwrap_or("/");
            let yaml = matches!(name.rsplit_once('.'), Some((_, "yml" | "yaml")));
            yaml && !name.contains('/') && matches!(mode, Mode::File | Mode::Executable)
        });
        workflows
            .map(|(path, (_, blob))| self.workflow(repository, path, *blob))
            .collect()
    }

    fn workflow(&self, repository: u64, path: &str, blob: ObjectId) -> Workflow {
        let text = self.objects(repository).blob(blob);
        let text = text.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let states = &self.repositories[&repository].workflow_states;
        Workflow {
            id: workflow_id(repository, path),
            name: text
                .as_deref()
                .and_then(declared_name)
                .unwrap_or_else(|| path.to_owned()),
            path: path.to_owned(),
            state: states.get(path).copied().unwrap_or_default(),
        }
    }
}

/// The same for a path as long as the repository lives.
fn workflow_id(repository: u64, path: &str) -> u64 {
    let digest = ObjectId::of("workflow", format!("{repository}/{path}").as_bytes());
    let [a, b, c, d, ..] = *digest.as_bytes();
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

/// The `name` key at the top of the file, as far as it is on one line.
fn declared_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("name:"))?;
    let value = value.split(" #").next().unwrap_or(value).trim();
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let name = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    (!name.is_empty()).then(|| name.to_owned())
}
