//! How work on a message can end.

use std::fmt;
use std::time::Duration;

use codes::Code;

use crate::error::{GitHubError, GitHubErrorKind, StoreError, StoreErrorKind};
use crate::evaluate::Attempt;
use crate::ports::DeliveryOutcome;

/// How long to keep away from a head that somebody else has just taken over.
const TAKEN_OVER: Duration = Duration::from_secs(5);

/// What is to be done with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing more; its end is recorded.
    Finished(DeliveryOutcome),
    /// Hand it out again after this time; nothing failed.
    RetryIn(Duration, Postponed),
}

/// Why a message is wanted again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Postponed {
    /// Another worker is on this head.
    HeadTaken,
    /// GitHub has not made the test merge yet.
    TestMergePending,
    /// GitHub still shows how things were before what it told us of.
    GitHubLags,
    /// GitHub limits our rate.
    RateLimited,
}

impl fmt::Display for Postponed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeadTaken => "another worker is on this head",
            Self::TestMergePending => "GitHub has not made the test merge yet",
            Self::GitHubLags => "GitHub does not show yet what it told us of",
            Self::RateLimited => "GitHub limits our rate",
        })
    }
}

/// Why a message could not be worked on; another attempt may succeed.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// A store failed.
    #[error("a store did not do what the evaluation needs")]
    Store(#[source] StoreError),
    /// GitHub failed.
    #[error("GitHub did not do what the evaluation needs")]
    GitHub(#[source] GitHubError),
    /// The worker's deadline came first.
    #[error("the time for one attempt was over")]
    TimeOver,
    /// The last attempt would have to wait.
    #[error("no attempt is left to wait with: {0}")]
    NoAttemptLeft(Postponed),
}

impl WorkError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::Store(error) => error.code(),
            Self::GitHub(error) => error.code(),
            Self::TimeOver => codes::TIME_OVER,
            Self::NoAttemptLeft(_) => codes::NO_ATTEMPT_LEFT,
        }
    }
}

/// Why work on a head stopped before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Store(StoreError),
    GitHub(GitHubError),
    Postponed(Duration, Postponed),
    /// The worker's deadline came.
    TimeOver,
    /// The event's installation does not have the repository any more, or it is gone.
    NotInstalled,
    /// Nobody could look whether the repository has a policy, and none is known: in words for
    /// the operator.
    PolicyNotSeen(String),
    /// Nobody could look which pull requests have the head: in words for the operator.
    PullRequestsNotSeen(String),
}

/// What a [`Stop`] means for the message.
pub(super) enum Ending {
    Refused(Code, String),
    Postponed(Duration, Postponed),
    Failed(WorkError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error.kind {
            StoreErrorKind::Stale => Self::taken_over(),
            StoreErrorKind::Unavailable
            | StoreErrorKind::Corrupt
            | StoreErrorKind::TooLarge
            | StoreErrorKind::Refused => Self::Store(error),
        }
    }
}

impl From<GitHubError> for Stop {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(error)
    }
}

impl Stop {
    /// Somebody else has the lease now.
    pub(super) fn taken_over() -> Self {
        Self::Postponed(TAKEN_OVER, Postponed::HeadTaken)
    }

    /// Why no later attempt will get further either, in words for a Check Run's reader; `None`
    /// when one may, or when it is not for us to say.
    pub(super) fn give_up_reason(&self, attempt: Attempt) -> Option<&'static str> {
        match self {
            Self::GitHub(error) => match error.kind {
                GitHubErrorKind::NotFound => Some(
                    "GitHub says that something this check reads is not there: the repository, \
                     the pull request or one of its commits.",
                ),
                GitHubErrorKind::Forbidden => {
                    Some("The App's installation lacks a permission that this check needs.")
                }
                _ if !attempt.last => None,
                GitHubErrorKind::RateLimited { .. } => {
                    Some("GitHub limited the rate of the App's requests for too long.")
                }
                GitHubErrorKind::Unavailable | GitHubErrorKind::Unexpected => {
                    Some("GitHub did not answer as it should, several times in a row.")
                }
                GitHubErrorKind::Unauthorized | GitHubErrorKind::Invalid => {
                    Some("GitHub refused the App's requests.")
                }
            },
            Self::Store(_) if attempt.last => {
                Some("The App's own storage failed, several times in a row.")
            }
            Self::TimeOver if attempt.last => Some(
                "GitHub or the App's own storage answered so slowly that no attempt got to its end.",
            ),
            Self::PolicyNotSeen(_) => Some(
                "The policy of the base branch could not be looked for, because GitHub cuts the \
                 list of the repository's files short, and no earlier copy of it is known.",
            ),
            Self::PullRequestsNotSeen(_) => Some(
                "Which pull requests have this commit could not be looked for, because more of \
                 the repository's are open than are looked through.",
            ),
            // Where the App is not installed there is no Check Run either.
            Self::Store(_) | Self::TimeOver | Self::Postponed(..) | Self::NotInstalled => None,
        }
    }

    /// Whether it is about one head and says nothing of others, now or at another attempt.
    pub(super) fn is_of_one_head(&self) -> bool {
        match self {
            Self::GitHub(error) => error.kind == GitHubErrorKind::NotFound,
            Self::PolicyNotSeen(_) | Self::PullRequestsNotSeen(_) => true,
            Self::Store(_) | Self::Postponed(..) | Self::TimeOver | Self::NotInstalled => false,
        }
    }

    pub(super) fn ending(self, attempt: Attempt) -> Ending {
        match self {
            Self::GitHub(error) => match error.kind {
                GitHubErrorKind::NotFound => Ending::Refused(
                    error.code(),
                    format!(
                        "{error}: the App is not installed there any more, or the repository or \
                         pull request is gone"
                    ),
                ),
                GitHubErrorKind::Forbidden => Ending::Refused(
                    error.code(),
                    format!(
                        "{error}: the installation lacks a permission; an owner can approve it \
                         in the installation's settings"
                    ),
                ),
                GitHubErrorKind::RateLimited { retry_after } if !attempt.last => {
                    Ending::Postponed(retry_after, Postponed::RateLimited)
                }
                _ => Ending::Failed(WorkError::GitHub(error)),
            },
            Self::Store(error) => Ending::Failed(WorkError::Store(error)),
            Self::TimeOver => Ending::Failed(WorkError::TimeOver),
            Self::NotInstalled => Ending::Refused(
                codes::GITHUB_NOT_FOUND,
                "the App is not installed on the repository any more, or that is gone".to_owned(),
            ),
            Self::PolicyNotSeen(detail) => Ending::Refused(codes::POLICY_NOT_SEEN, detail),
            Self::PullRequestsNotSeen(detail) => {
                Ending::Refused(codes::PULL_REQUESTS_NOT_SEEN, detail)
            }
            Self::Postponed(_, why) if attempt.last => {
                Ending::Failed(WorkError::NoAttemptLeft(why))
            }
            Self::Postponed(delay, why) => Ending::Postponed(delay, why),
        }
    }
}
