//! What can go wrong with a checkout as a whole.

use std::io;
use std::path::PathBuf;

use codes::Code;

/// A checkout that can't be looked at. What is wrong with one file is in the tree instead.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// The folder is not there, or may not be entered.
    #[error("cannot open the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file was given.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// What was given.
        path: PathBuf,
    },
    /// A revision was asked of a folder that is no Git repository.
    #[error("{} is not in a Git repository, so that it has no revision {revision:?}", path.display())]
    NoRepository {
        /// The folder.
        path: PathBuf,
        /// What was asked for.
        revision: String,
    },
    /// A revision that Git does not know.
    #[error("Git knows no commit {revision:?} here")]
    UnknownRevision {
        /// What was asked for.
        revision: String,
    },
    /// A name that is that of a tag and of a branch, for example.
    #[error("{revision:?} names several things in this repository")]
    Ambiguous {
        /// What was asked for.
        revision: String,
    },
    /// Two histories that never meet, or whose meeting a shallow clone does not hold.
    #[error("{revision:?} and what is checked out have no commit in common")]
    NoMergeBase {
        /// What was asked for.
        revision: String,
    },
    /// `git` is not there or can't be started.
    #[error("cannot run git")]
    Start {
        /// Why.
        source: io::Error,
    },
    /// `git` failed.
    #[error("git {command} failed: {message}")]
    Git {
        /// Its subcommand.
        command: &'static str,
        /// What it said, on one line.
        message: String,
    },
    /// `git` said something that is not in its documentation.
    #[error("git {command} gave an answer that is not understood: {answer:?}")]
    Answer {
        /// Its subcommand.
        command: &'static str,
        /// The part in question, cut at 200 characters.
        answer: String,
    },
}

impl CheckoutError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::Folder { .. } | Self::NotAFolder { .. } => codes::FOLDER,
            Self::NoRepository { .. } => codes::NO_REPOSITORY,
            Self::UnknownRevision { .. } | Self::Ambiguous { .. } | Self::NoMergeBase { .. } => {
                codes::REVISION
            }
            Self::Start { .. } | Self::Git { .. } | Self::Answer { .. } => codes::GIT,
        }
    }

    /// An answer that is not understood.
    pub(crate) fn answer(command: &'static str, answer: &[u8]) -> Self {
        let shown = String::from_utf8_lossy(answer);
        Self::Answer {
            command,
            answer: shown.chars().take(200).collect(),
        }
    }
}
