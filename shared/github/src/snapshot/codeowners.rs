//! What GitHub finds wrong with a CODEOWNERS file
//! (<https://docs.github.com/en/rest/repos/repos#list-codeowners-errors>).

use std::sync::Arc;
use std::time::Duration;

use app::GitHubError;
use app::event::Repository;
use jiff::Timestamp;
use moka::future::Cache;
use oracle::{CodeownersError, Fact, ObjectId, Reason, Unavailable};
use serde::Deserialize;

use super::permitted;
use super::tree::Listing;
use crate::GitHub;
use crate::endpoint::{CODEOWNERS_ERRORS, encode};

/// How long an answer is kept: it depends on who exists and may push, and that changes without
/// a commit.
const KEPT_FOR: Duration = Duration::from_mins(10);

/// How many answers are kept.
const KEPT: u64 = 10_000;

const WHAT: &str = "GitHub's list of CODEOWNERS errors";

type Errors = Fact<Vec<CodeownersError>>;

/// Answers about both sides of a comparison, by repository and the files' blobs. Both are asked
/// for together, so that nobody who left between two questions is held against a change.
pub(super) struct Answers(Cache<Key, Arc<Answer>>);

type Key = (u64, Option<ObjectId>, Option<ObjectId>);

struct Answer {
    at: Timestamp,
    sides: Sides,
}

/// The errors of both sides.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    pub(super) after: Errors,
    pub(super) before: Errors,
}

impl Answers {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(KEPT);
        Self(cache.support_invalidation_closures().build())
    }

    /// Forgets all answers about a repository.
    pub(super) fn forget(&self, repository: &Repository) {
        let id = repository.id;
        // An error is that of a cache without closures.
        let _ = self.0.invalidate_entries_if(move |key, _| key.0 == id);
    }
}

#[derive(Deserialize)]
struct Body {
    errors: Vec<ErrorBody>,
}

#[derive(Deserialize)]
struct ErrorBody {
    line: u32,
    column: u32,
    kind: String,
    #[serde(default)]
    suggestion: Option<String>,
    path: String,
}

impl GitHub {
    /// The errors of the CODEOWNERS files of two commits: no call where neither has one or the
    /// answer is kept, and one where it is the same file.
    pub(super) async fn codeowners_errors(
        &self,
        repository: &Repository,
        after: (&ObjectId, &Listing),
        before: (&ObjectId, &Listing),
    ) -> Result<Sides, GitHubError> {
        let [after_blob, before_blob] =
            [after, before].map(|(_, listing)| listing.codeowners().cloned());
        let key = (repository.id, after_blob.clone(), before_blob.clone());
        let now = self.api.now();
        if let Some(kept) = self.kept.codeowners.0.get(&key).await
            && now.duration_since(kept.at).unsigned_abs() < KEPT_FOR
        {
            return Ok(kept.sides.clone());
        }
        let sides = if after_blob == before_blob {
            let errors = self.errors_at(repository, after.0, after_blob.as_ref());
            let errors = errors.await?;
            Sides {
                after: errors.clone(),
                before: errors,
            }
        } else {
            let (after, before) = tokio::try_join!(
                self.errors_at(repository, after.0, after_blob.as_ref()),
                self.errors_at(repository, before.0, before_blob.as_ref()),
            )?;
            Sides { after, before }
        };
        // What could not be had is asked for again next time.
        if let (Fact::Known(_), Fact::Known(_)) = (&sides.after, &sides.before) {
            let sides = sides.clone();
            let kept = Arc::new(Answer { at: now, sides });
            self.kept.codeowners.0.insert(key, kept).await;
        }
        Ok(sides)
    }

    async fn errors_at(
        &self,
        repository: &Repository,
        commit: &ObjectId,
        file: Option<&ObjectId>,
    ) -> Result<Errors, GitHubError> {
        if file.is_none() {
            return Ok(Fact::Known(Vec::new()));
        }
        let query = format!("ref={}", encode(commit.as_str()));
        let body = self.api.read(repository, CODEOWNERS_ERRORS, &[], &query);
        let errors = body.await.map(|body: Body| {
            let errors = body.errors.into_iter();
            Fact::Known(errors.map(CodeownersError::from).collect())
        });
        permitted(WHAT, "contents: read", errors)
    }
}

impl From<ErrorBody> for CodeownersError {
    fn from(body: ErrorBody) -> Self {
        Self {
            path: body.path,
            line: body.line,
            column: body.column,
            kind: body.kind,
            suggestion: body.suggestion,
        }
    }
}

/// The errors of a tree that nobody asked about.
pub(super) fn not_asked() -> Errors {
    unavailable(
        WHAT,
        "It is asked only about the two trees that are compared.",
    )
}

/// What owners may do, in words.
pub(crate) const ACCESS: &str = "what code owners may do";

/// What owners may do: GitHub's list of errors says it.
pub(super) fn access_not_asked<T>() -> Fact<T> {
    unavailable(
        ACCESS,
        "It is not asked owner by owner; GitHub's list of CODEOWNERS errors names those who may \
         not push.",
    )
}

fn unavailable<T>(fact: &str, detail: &str) -> Fact<T> {
    Fact::Unavailable(Unavailable {
        fact: fact.to_owned(),
        reason: Reason::NotProvided,
        detail: detail.to_owned(),
    })
}
