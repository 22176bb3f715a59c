//! How our types stand in columns. What can't be read back is a conversion failure, which the
//! database reports as corrupt.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Error, Result, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A time, exact to the nanosecond; one outside 1677 to 2262 is kept as the nearest within.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At(pub(crate) Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let nanoseconds = self.0.as_nanosecond();
        let nearest = nanoseconds.clamp(i64::MIN.into(), i64::MAX.into());
        Ok(ToSqlOutput::from(
            i64::try_from(nearest).unwrap_or(i64::MAX),
        ))
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let nanoseconds = value.as_i64()?;
        Timestamp::from_nanosecond(i128::from(nanoseconds))
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A value as JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(ToSqlOutput::from)
            .map_err(|source| Error::ToSqlConversionFailure(Box::new(source)))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A name or id that checks itself when it is made from text.
pub(crate) struct Text<T>(pub(crate) T);

impl<T> FromSql for Text<T>
where
    T: TryFrom<String>,
    T::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        T::try_from(value.as_str()?.to_owned())
            .map(Self)
            .map_err(|source| FromSqlError::Other(source.into()))
    }
}

/// `now + later`, at most the end of time.
pub(crate) fn after(now: Timestamp, later: Duration) -> Timestamp {
    now.saturating_add(later).unwrap_or(Timestamp::MAX)
}
