//! What single commands and actions are for, as far as their names tell.

use super::script::{Command, Word};

/// What a command can do to its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It can't fail: it prints, or sets something.
    Idle,
    /// It ends the script with success.
    Leaves,
    /// It brings things into place; what it can find wrong is not what the job is about.
    Prepares,
    /// Anything else.
    Works,
    /// It ends the script, or may, with a status of its own; or takes hold of how it ends.
    Ends,
}

/// Programs that can't fail in any way that matters.
const IDLE: [&str; 6] = ["echo", "printf", "true", ":", "export", "sleep"];

/// Builtins after which what else is written may not be what happens.
const ENDING: [&str; 9] = [
    "exit", "return", "exec", "trap", "eval", "kill", "logout", "alias", "shopt",
];

/// Programs that only prepare, whatever their arguments are.
const PREPARING: [&str; 18] = [
    "apk", "apt", "apt-get", "brew", "cd", "chmod", "chown", "corepack", "cp", "dnf", "ls",
    "mkdir", "popd", "pushd", "rustup", "source", "touch", ".",
];

/// Programs that only prepare with these first arguments.
const PREPARING_WITH: [(&str, &[&str]); 17] = [
    ("bun", &["install", "i"]),
    ("bundle", &["install", "config"]),
    ("cargo", &["install", "fetch"]),
    ("composer", &["install"]),
    ("conda", &["install", "activate"]),
    ("dotnet", &["restore"]),
    ("gem", &["install"]),
    ("git", &["config", "fetch", "submodule"]),
    ("go", &["install"]),
    ("npm", &["ci", "i", "install"]),
    ("pip", &["install"]),
    ("pip3", &["install"]),
    ("pipenv", &["install", "sync"]),
    ("pnpm", &["i", "install"]),
    ("poetry", &["install", "config"]),
    ("uv", &["sync", "venv"]),
    ("yarn", &["install"]),
];

/// Programs that pass on what they read, and succeed whatever it is.
const SINKS: [&str; 9] = [
    "cat", "column", "head", "nl", "sort", "tail", "tee", "ts", "uniq",
];

/// Builtins and programs of which a gate that sums up others consists.
const SUMMING_UP: [&str; 13] = [
    "test", "[", "[[", "jq", "grep", "read", "break", "continue", "set", "exit", "false", "tr",
    "local",
];

/// Words in front of a command in a compound one.
const LEADING: [&str; 8] = ["if", "then", "elif", "else", "while", "do", "!", "{"];

/// Words that begin or end a compound command and run nothing.
const FRAME: [&str; 7] = ["fi", "done", "esac", "}", "for", "case", ""];

/// What a command does.
pub(super) fn kind(command: &Command) -> Kind {
    let words: Vec<&Word> = command
        .words
        .iter()
        .skip_while(|word| is_assignment(&word.text))
        .skip_while(|word| word.text == "sudo")
        .collect();
    let substituted = command.words.iter().any(|word| word.is_substituted);
    let Some(program) = words.first() else {
        // Only variables are set; a command in their values decides the status.
        return if substituted { Kind::Works } else { Kind::Idle };
    };
    if program.is_substituted || program.text.starts_with('$') {
        return Kind::Ends;
    }
    let arguments: Vec<&str> = words[1..].iter().map(|word| word.text.as_str()).collect();
    match program.text.as_str() {
        "exit" if arguments == ["0"] => Kind::Leaves,
        "set" => Kind::Idle,
        name if IDLE.contains(&name) => Kind::Idle,
        name if ENDING.contains(&name) => Kind::Ends,
        name if PREPARING.contains(&name) => Kind::Prepares,
        "yarn" if arguments.is_empty() => Kind::Prepares,
        "go" if arguments.starts_with(&["mod", "download"]) => Kind::Prepares,
        "uv" if arguments.starts_with(&["pip", "install"]) => Kind::Prepares,
        "python" | "python3" if arguments.starts_with(&["-m", "pip", "install"]) => Kind::Prepares,
        name if prepares_with(name, arguments.first().copied()) => Kind::Prepares,
        _ => Kind::Works,
    }
}

fn prepares_with(program: &str, argument: Option<&str>) -> bool {
    let known = PREPARING_WITH.iter().find(|(name, _)| *name == program);
    known
        .zip(argument)
        .is_some_and(|((_, arguments), argument)| arguments.contains(&argument))
}

/// Whether a command at the end of a pipeline succeeds whatever comes through it.
pub(super) fn is_sink(command: &Command) -> bool {
    let program = command.words.first();
    program.is_some_and(|word| !word.is_substituted && SINKS.contains(&word.text.as_str()))
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else {
        return false;
    };
    let name = name.strip_suffix('+').unwrap_or(name);
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a script only compares and prints, as one does that sums up what other jobs did. A
/// word that is not known makes it do something of its own.
pub(super) fn only_sums_up(script: &str) -> bool {
    let without_expressions: String = script
        .split("${{")
        .enumerate()
        .map(|(index, part)| match (index, part.split_once("}}")) {
            (0, _) | (_, None) => part,
            (_, Some((_, after))) => after,
        })
        .collect();
    without_expressions
        .split(['\n', ';', '|', '&'])
        .all(|piece| {
            let mut words = piece.split_whitespace().skip_while(|word| {
                LEADING.contains(word) || word.ends_with(')') || is_assignment(word)
            });
            let first = words.next().unwrap_or_default();
            first.starts_with('#')
                // `[[ … && … ]]` is one command.
                || piece.trim_end().ends_with("]]")
                || FRAME.contains(&first)
                || IDLE.contains(&first)
                || SUMMING_UP.contains(&first)
        })
}

/// Whether an action only prepares: it fetches the source, sets up a tool, or moves files.
pub(super) fn action_prepares(uses: &str) -> bool {
    let lower = uses.to_ascii_lowercase();
    let path = lower
        .split_once('@')
        .map_or(lower.as_str(), |(path, _)| path);
    let mut parts = path.split('/');
    let (Some(owner), Some(name)) = (parts.next(), parts.next()) else {
        return false;
    };
    if owner == "." {
        return false;
    }
    name == "checkout"
        || name.starts_with("setup-")
        || name.ends_with("-setup")
        || PREPARING_ACTIONS.contains(&(owner, name))
}

/// Actions that prepare although their name does not begin with `setup-`.
const PREPARING_ACTIONS: [(&str, &str); 16] = [
    ("actions", "cache"),
    ("actions", "create-github-app-token"),
    ("actions", "download-artifact"),
    ("actions", "upload-artifact"),
    ("actions-rs", "toolchain"),
    ("aws-actions", "configure-aws-credentials"),
    ("azure", "login"),
    ("cachix", "install-nix-action"),
    ("docker", "login-action"),
    ("dtolnay", "rust-toolchain"),
    ("google-github-actions", "auth"),
    ("jdx", "mise-action"),
    ("step-security", "harden-runner"),
    ("swatinem", "rust-cache"),
    ("taiki-e", "install-action"),
    ("webfactory", "ssh-agent"),
];

#[cfg(test)]
mod tests {
    use super::super::script::lists;
    use super::*;

    fn of(script: &str) -> Kind {
        let lists = lists(script).expect("a script that is certain");
        kind(&lists[0].pipelines[0].1[0])
    }

    #[test]
    fn commands_are_told_by_their_first_words() {
        for (script, expected) in [
            ("echo $(make)", Kind::Idle),
            ("A=1", Kind::Idle),
            ("A=$(make)", Kind::Works),
            ("exit 0", Kind::Leaves),
            ("exit 1", Kind::Ends),
            ("exit", Kind::Ends),
            ("$COMMAND", Kind::Ends),
            ("${{ inputs.command }}", Kind::Ends),
            ("npm ci", Kind::Prepares),
            ("CI=1 npm ci", Kind::Prepares),
            ("sudo apt-get install -y jq", Kind::Prepares),
            ("npm test", Kind::Works),
            ("npm", Kind::Works),
            ("yarn", Kind::Prepares),
            ("yarn test", Kind::Works),
            ("go mod download", Kind::Prepares),
            ("go mod verify", Kind::Works),
            ("python -m pip install x", Kind::Prepares),
            ("python -m pytest", Kind::Works),
        ] {
            assert_eq!(of(script), expected, "{script}");
        }
    }

    #[test]
    fn a_gate_compares_and_prints() {
        for gate in [
            "exit 1",
            "echo ok # fine",
            "if [ \"${{ needs.a.result }}\" != \"success\" ]; then\n  exit 1\nfi",
            "[[ $A == success && $B == success ]] || exit 1",
            "for r in $RESULTS; do\n  case $r in\n    success) ;;\n    *) exit 1 ;;\n  esac\ndone",
            "RESULT=$A\ntest \"$RESULT\" = ok",
            "echo \"$NEEDS\" | jq -e 'all'",
        ] {
            assert!(only_sums_up(gate), "{gate}");
        }
        for other in [
            "make",
            "./gate.sh",
            "if make; then echo; fi",
            "echo a; npm test",
        ] {
            assert!(!only_sums_up(other), "{other}");
        }
    }

    #[test]
    fn actions_that_prepare() {
        for uses in [
            "actions/checkout@v4",
            "Actions/Setup-Node@0123",
            "astral-sh/setup-uv@v5",
            "pnpm/action-setup@v4",
            "actions/cache/restore@v4",
        ] {
            assert!(action_prepares(uses), "{uses}");
        }
        for uses in [
            "./setup-x",
            "docker://alpine",
            "codecov/codecov-action@v5",
            "x",
            "",
        ] {
            assert!(!action_prepares(uses), "{uses}");
        }
    }
}
