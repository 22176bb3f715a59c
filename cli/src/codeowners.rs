//! `phase-mirror codeowners match`: who owns a path, and the line that decides.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use codeowners::{Codeowners, MAX_FILE_BYTES, Owner, Problem, ProblemKind};
use serde::Serialize;

use crate::args::{CodeownersCommand, Format, Match};
use crate::exit::{Failure, warn};

/// Runs the command.
pub(crate) fn run(command: &CodeownersCommand) -> Result<(), Failure> {
    let CodeownersCommand::Match(args) = command;
    let file = read(&args.file)?;
    for problem in file.problems() {
        warn(&skipped(&args.file, problem));
    }
    answer(args, &file).map_err(Failure::from)
}

/// One path's answer.
#[derive(Serialize)]
struct Decided<'a> {
    path: &'a str,
    owners: Vec<String>,
    /// The line of the rule that decides; none where no rule matches.
    line: Option<u32>,
    /// That rule's pattern, as written.
    pattern: Option<&'a str>,
}

impl<'a> Decided<'a> {
    fn new(file: &'a Codeowners, path: &'a str) -> Self {
        let rule = file.decide(path.strip_prefix("./").unwrap_or(path));
        Self {
            path,
            owners: rule
                .map(|rule| rule.owners.iter().map(Owner::to_string).collect())
                .unwrap_or_default(),
            line: rule.map(|rule| rule.line),
            pattern: rule.map(|rule| rule.text.as_str()),
        }
    }
}

fn read(path: &Path) -> Result<Codeowners, Failure> {
    let unreadable = || format!("cannot read {}", path.display());
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let mut source = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut source))
        .with_context(unreadable);
    read.map_err(|error| Failure::usage(error, "give the path of a CODEOWNERS file"))?;
    if source.len() >= MAX_FILE_BYTES {
        let error = anyhow!(
            "{} has 3 MB or more, and GitHub ignores such a CODEOWNERS file as a whole",
            path.display()
        );
        let help = "shorten it, for example with patterns for folders instead of files";
        return Err(Failure::usage(error, help));
    }
    Ok(codeowners::parse(&source))
}

/// Writes an answer for each path of the command line, or else of standard input.
fn answer(args: &Match, file: &Codeowners) -> anyhow::Result<()> {
    let mut output = io::BufWriter::new(anstream::stdout().lock());
    let mut first = true;
    let mut write = |path: &str| -> io::Result<()> {
        let decided = Decided::new(file, path);
        match args.format {
            Format::Text => writeln!(output, "{}", text(&decided)),
            Format::Json => {
                let separator = if std::mem::take(&mut first) {
                    "[\n"
                } else {
                    ",\n"
                };
                write!(output, "{separator}  {}", serde_json::to_string(&decided)?)
            }
        }
    };
    let written = if args.paths.is_empty() {
        io::stdin().lock().lines().try_for_each(|line| {
            let line = line?;
            if line.is_empty() {
                Ok(())
            } else {
                write(&line)
            }
        })
    } else {
        args.paths.iter().try_for_each(|path| write(path))
    };
    let ended = written.and_then(|()| match (args.format, first) {
        (Format::Json, true) => writeln!(output, "[]"),
        (Format::Json, false) => writeln!(output, "\n]"),
        (Format::Text, _) => Ok(()),
    });
    match ended.and_then(|()| output.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot answer"),
    }
}

fn text(decided: &Decided<'_>) -> String {
    let path = visible(decided.path);
    match (decided.line, decided.pattern) {
        (Some(line), Some(pattern)) if decided.owners.is_empty() => {
            format!("{path}: nobody, by line {line}: {}", visible(pattern))
        }
        (Some(line), Some(pattern)) => {
            let owners = decided.owners.join(" ");
            format!("{path}: {owners}, by line {line}: {}", visible(pattern))
        }
        _ => format!("{path}: nobody, no line matches"),
    }
}

/// Control characters of a path or pattern would speak to the terminal.
fn visible(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// A line that GitHub skips, in the words of its own error list where it has some.
fn skipped(path: &Path, problem: &Problem) -> String {
    let Problem { line, column, .. } = problem;
    let explanation = problem.kind.explanation();
    let what = match problem.kind {
        ProblemKind::NotUtf8 => "not UTF-8".to_owned(),
        kind @ (ProblemKind::Owner | ProblemKind::Pattern(_)) => format!(
            "{} `{}`: {explanation}",
            kind.name().to_lowercase(),
            visible(&problem.word)
        ),
    };
    format!(
        "{}:{line}:{column}: {what}; GitHub skips this line",
        path.display()
    )
}
