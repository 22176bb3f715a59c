//! [`Evaluations`] in S3, since one may be larger than an item of DynamoDB. The first that is
//! stored for a generation stands: a put is made on the condition that there is no object.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>

use app::event::Head;
use app::ports::{Evaluations, StoredEvaluation};
use app::{StoreError, StoreErrorKind, Table, retention};
use async_trait::async_trait;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::{Stores, after};

pub(super) const TABLE: Table = Table {
    name: "evaluations",
    key: "head and generation",
};

const OBJECT_FORMAT: u32 = 1;

/// The largest object that is written or read: far above a report with every finding that
/// GitHub shows, far below what a function has room for.
const MAX_BYTES: usize = 32 << 20;

/// How often a put is made anew when the object was replaced or removed under it.
const PUTS: u32 = 3;

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    expires_at: i64,
    evaluation: &'a StoredEvaluation,
}

/// What every format has.
#[derive(Deserialize)]
struct Format {
    v: u32,
}

#[derive(Deserialize)]
struct Read {
    expires_at: i64,
    evaluation: StoredEvaluation,
}

/// An object as it is.
enum Found {
    Nothing,
    /// Its time is over, and the bucket's lifecycle has not removed it yet.
    Expired {
        e_tag: String,
    },
    Evaluation(StoredEvaluation),
}

/// What the keys of a repository's evaluations begin with.
pub(super) fn prefix(repository_id: u64) -> String {
    format!("{repository_id}/reports/")
}

fn key(head: &Head, generation: u32) -> String {
    let prefix = prefix(head.repository_id);
    format!("{prefix}{}/{generation}.json", head.sha)
}

#[async_trait]
impl Evaluations for Stores {
    async fn put(
        &self,
        head: &Head,
        generation: u32,
        evaluation: &StoredEvaluation,
    ) -> Result<StoredEvaluation, StoreError> {
        let call = Call {
            operation: "put",
            table: TABLE,
        };
        let now = self.clock.now();
        let body = encode(call, evaluation, now)?;
        let mut replaced = None;
        for _ in 0..PUTS {
            let put = self
                .s3
                .put_object()
                .bucket(&self.bucket)
                .key(key(head, generation))
                .content_type("application/json")
                .body(ByteStream::from(body.clone()));
            let put = match replaced.take() {
                None => put.if_none_match("*"),
                Some(e_tag) => put.if_match(e_tag),
            };
            if put_once(call, put).await? {
                return Ok(evaluation.clone());
            }
            match self.object(call, head, generation, now).await? {
                Found::Evaluation(first) => return Ok(first),
                Found::Expired { e_tag } => replaced = Some(e_tag),
                Found::Nothing => {}
            }
        }
        let reason = format!("the object was changed by others during {PUTS} tries");
        Err(call.error(StoreErrorKind::Unavailable, reason))
    }

    async fn load(
        &self,
        head: &Head,
        generation: u32,
    ) -> Result<Option<StoredEvaluation>, StoreError> {
        let call = Call {
            operation: "load",
            table: TABLE,
        };
        let now = self.clock.now();
        match self.object(call, head, generation, now).await? {
            Found::Evaluation(evaluation) => Ok(Some(evaluation)),
            Found::Nothing | Found::Expired { .. } => Ok(None),
        }
    }
}

/// Whether the object was put; not, when the condition of the put did not hold.
async fn put_once(call: Call, put: PutObjectFluentBuilder) -> Result<bool, StoreError> {
    let Err(error) = put.send().await else {
        return Ok(true);
    };
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    match status {
        // 404: what was to be replaced is gone.
        Some(412) => Ok(false),
        Some(404) if is_missing_object(&error) => Ok(false),
        _ => Err(call.failed(&error)),
    }
}

fn is_missing_object<E>(error: &E) -> bool
where
    E: aws_sdk_s3::error::ProvideErrorMetadata,
{
    error.code() == Some("NoSuchKey")
}

impl Stores {
    async fn object(
        &self,
        call: Call,
        head: &Head,
        generation: u32,
        now: Timestamp,
    ) -> Result<Found, StoreError> {
        let answer = self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(key(head, generation))
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            // Only this, and not any 404: a bucket that is not there is no empty store.
            Err(error) if is_missing_object(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(call.failed(&error)),
        };
        let corrupt = |reason: &str| call.error(StoreErrorKind::Corrupt, reason);
        let length = object
            .content_length()
            .and_then(|n| usize::try_from(n).ok());
        if length.is_none_or(|length| length > MAX_BYTES) {
            return Err(corrupt("the object is larger than any that is written"));
        }
        let e_tag = object.e_tag.unwrap_or_default();
        let body = object.body.collect().await.map_err(|error| {
            let reason = format!("the object's transfer broke off: {error}");
            call.error(StoreErrorKind::Unavailable, reason)
        })?;
        decode(&body.into_bytes(), now, e_tag).map_err(|reason| corrupt(&reason))
    }
}

fn encode(
    call: Call,
    evaluation: &StoredEvaluation,
    now: Timestamp,
) -> Result<Vec<u8>, StoreError> {
    let written = Written {
        v: OBJECT_FORMAT,
        expires_at: after(now, retention::EVALUATIONS).as_second(),
        evaluation,
    };
    let body = serde_json::to_vec(&written)
        .map_err(|source| call.error(StoreErrorKind::Corrupt, source))?;
    if body.len() > MAX_BYTES {
        let reason = format!("{} bytes; at most {MAX_BYTES} are stored", body.len());
        return Err(call.error(StoreErrorKind::TooLarge, reason));
    }
    Ok(body)
}

fn decode(body: &[u8], now: Timestamp, e_tag: String) -> Result<Found, String> {
    // The position only: the message may quote the text.
    let damaged = |error: serde_json::Error| {
        format!(
            "the object is not the JSON that stands there (line {}, column {})",
            error.line(),
            error.column()
        )
    };
    let Format { v } = serde_json::from_slice(body).map_err(damaged)?;
    if v != OBJECT_FORMAT {
        return Err(format!(
            "the object has format {v}; this program knows only {OBJECT_FORMAT}"
        ));
    }
    let read: Read = serde_json::from_slice(body).map_err(damaged)?;
    if read.expires_at <= now.as_second() {
        Ok(Found::Expired { e_tag })
    } else {
        Ok(Found::Evaluation(read.evaluation))
    }
}
