//! The shell that runs a step's script, and what that does with a command that fails.
//!
//! Facts: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell>.

use workflows::{Env, Job, Step, Workflow};

/// A POSIX shell with the options that GitHub, or the template in `shell`, gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shell {
    /// `-e`: the script ends at the first command that fails.
    pub(super) exits_on_error: bool,
    /// `-o pipefail`: a pipeline fails when one of its commands does.
    pub(super) has_pipefail: bool,
}

/// The shell of a step; `None` where it is no POSIX shell, or nobody knows.
pub(super) fn shell(workflow: &Workflow, job: &Job, step: &Step) -> Option<Shell> {
    let envs = [&workflow.env, &job.env, &step.env];
    // Variables that give a shell options of their own.
    let texts = envs.into_iter().flatten().flat_map(|env| env.texts());
    let all_known = envs
        .into_iter()
        .flatten()
        .all(|env| matches!(env.value, Env::Variables(_)));
    let mut texts = texts;
    if !all_known || texts.any(|text| matches!(text, "BASH_ENV" | "SHELLOPTS" | "BASHOPTS" | "ENV"))
    {
        return None;
    }
    let named = step
        .shell
        .as_ref()
        .or(job.default_shell.as_ref())
        .or(workflow.default_shell.as_ref());
    let Some(named) = named else {
        // `bash -e {0}`, or `sh -e {0}` where there is no bash.
        return runs_unix(job).then_some(Shell {
            exits_on_error: true,
            has_pipefail: false,
        });
    };
    let mut words = named.split_whitespace();
    let program = words.next()?;
    let program = program.rsplit('/').next()?;
    if !matches!(program, "bash" | "sh") || named.contains("${{") {
        return None;
    }
    let arguments: Vec<&str> = words.collect();
    if arguments.is_empty() {
        // `bash --noprofile --norc -eo pipefail {0}` and `sh -e {0}`.
        return Some(Shell {
            exits_on_error: true,
            has_pipefail: program == "bash",
        });
    }
    let has_flag = |flag: char| {
        let mut clusters = arguments.iter().filter(|word| !word.starts_with("--"));
        clusters.any(|word| {
            word.strip_prefix('-')
                .is_some_and(|word| word.contains(flag))
        })
    };
    Some(Shell {
        exits_on_error: has_flag('e') || arguments.contains(&"errexit"),
        has_pipefail: arguments.contains(&"pipefail"),
    })
}

/// Whether the job certainly runs on Linux or macOS: on others PowerShell is the default, and
/// of a label that says nothing nobody knows.
fn runs_unix(job: &Job) -> bool {
    let Some(runs_on) = &job.runs_on else {
        return false;
    };
    let labels: Vec<String> = runs_on
        .labels
        .iter()
        .map(|label| label.to_ascii_lowercase())
        .collect();
    let says = |word: &str| labels.iter().any(|label| label.contains(word));
    let unix = ["ubuntu", "linux", "macos", "debian"].into_iter().any(says);
    unix && !says("windows") && !says("${{")
}
