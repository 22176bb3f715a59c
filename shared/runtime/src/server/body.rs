//! Reads a request's body within its limits.

use std::time::Duration;

use axum::body::Body;
use futures_util::StreamExt;

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It has more bytes than the limit.
    TooLarge,
    /// The client took longer than it may.
    TooSlow,
    /// The connection broke, or the transfer encoding is malformed.
    Broken,
}

/// Reads a body; stops at the first byte over `limit`, whatever length was announced.
pub(super) async fn read(
    body: Body,
    announced: Option<u64>,
    limit: usize,
    time: Duration,
) -> Result<Vec<u8>, BodyError> {
    let announced = announced.map_or(Ok(0), usize::try_from);
    let capacity = announced
        .ok()
        .filter(|length| *length <= limit)
        .ok_or(BodyError::TooLarge)?;
    let collect = async {
        // An announced length costs memory only as the bytes arrive.
        let mut bytes = Vec::with_capacity(capacity.min(64 * 1024));
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| BodyError::Broken)?;
            if bytes.len() + chunk.len() > limit {
                return Err(BodyError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(time, collect)
        .await
        .unwrap_or(Err(BodyError::TooSlow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use futures_util::stream;

    const SECOND: Duration = Duration::from_secs(1);

    fn chunked(chunks: &'static [&'static str]) -> Body {
        let chunks = chunks
            .iter()
            .map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk.as_bytes())));
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn the_limit_is_exact() {
        let ten = || chunked(&["01234", "56789"]);
        assert_eq!(read(ten(), None, 10, SECOND).await.unwrap(), b"0123456789");
        let nine = read(ten(), None, 9, SECOND).await;
        assert_eq!(nine.unwrap_err(), BodyError::TooLarge);
    }

    #[tokio::test]
    async fn an_announced_length_over_the_limit_is_refused_unread() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let error = read(never, Some(11), 10, SECOND).await.unwrap_err();
        assert_eq!(error, BodyError::TooLarge);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stalls_is_given_up() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let error = read(never, None, 10, SECOND).await.unwrap_err();
        assert_eq!(error, BodyError::TooSlow);
    }
}
