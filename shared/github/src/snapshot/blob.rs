//! Contents of files: many in one GraphQL query, byte for byte, kept by id.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use app::GitHubError;
use app::event::Repository;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use moka::future::Cache;
use oracle::{
    BranchName, Entry, Fact, FileContent, ObjectId, Reason, RepoPath, Rollup, Unavailable,
};
use serde::Deserialize;
use serde_json::json;

use super::rollup;
use crate::GitHub;
use crate::endpoint::BLOB;
use crate::error;

/// How many blobs one query asks for, and of how many bytes: GitHub gives a query ten seconds.
const BLOBS_PER_QUERY: usize = 60;
const BYTES_PER_QUERY: u64 = 4 << 20;

/// How many queries run at the same time.
const QUERIES_AT_ONCE: usize = 4;

/// How much memory kept blobs may take.
const KEPT_BYTES: u64 = 64 << 20;

/// Blobs by repository and id. By repository, too: what one installation may read must not
/// come to another.
pub(super) struct Blobs(Cache<(u64, ObjectId), Arc<FileContent>>);

impl Blobs {
    pub(super) fn new() -> Self {
        let weigh = |_: &(u64, ObjectId), content: &Arc<FileContent>| {
            u32::try_from(content.len() + 200).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().weigher(weigh).max_capacity(KEPT_BYTES);
        Self(cache.build())
    }
}

/// A blob as it was fetched.
type Fetched = (ObjectId, Arc<FileContent>);

/// The contents of a snapshot's wanted files.
pub(super) struct Contents(BTreeMap<ObjectId, Arc<FileContent>>);

impl Contents {
    /// The content of a file that was to be read.
    pub(super) fn of(&self, path: &RepoPath, entry: &Entry) -> Fact<FileContent> {
        match self.0.get(&entry.id) {
            Some(content) => Fact::Known(content.as_ref().clone()),
            None => Fact::Unavailable(Unavailable {
                fact: path.to_string(),
                reason: Reason::Failed,
                detail: "Its content was not fetched.".to_owned(),
            }),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlobNode {
    byte_size: u64,
    #[serde(default)]
    is_truncated: bool,
    text: Option<String>,
}

#[derive(Deserialize)]
struct BlobBody {
    content: String,
}

impl GitHub {
    /// Fetches blobs that are not kept, and with the first of them the rollups.
    pub(super) async fn contents(
        &self,
        repository: &Repository,
        base: &BranchName,
        wanted: BTreeMap<ObjectId, u64>,
    ) -> Result<(Contents, Fact<Vec<Rollup>>), GitHubError> {
        let (known, missing) = self.kept_contents(repository, wanted).await;
        let mut batches = batches(missing).into_iter();
        let first = batches.next().unwrap_or_default();
        let (first, rollups) = self.first_query(repository, base, &first).await?;
        let rest = self.further_queries(repository, batches).await?;
        let fetched = rest.into_iter().flatten().chain(first);
        let contents = self.keep_contents(repository, known, fetched).await;
        Ok((contents, rollups))
    }

    /// Fetches blobs that are not kept, and nothing where all are.
    pub(super) async fn contents_alone(
        &self,
        repository: &Repository,
        wanted: BTreeMap<ObjectId, u64>,
    ) -> Result<Contents, GitHubError> {
        let (known, missing) = self.kept_contents(repository, wanted).await;
        let batches = batches(missing).into_iter();
        let fetched = self.further_queries(repository, batches).await?;
        let fetched = fetched.into_iter().flatten();
        Ok(self.keep_contents(repository, known, fetched).await)
    }

    /// Parts what is kept from what is to be fetched, of this size each.
    async fn kept_contents(
        &self,
        repository: &Repository,
        wanted: BTreeMap<ObjectId, u64>,
    ) -> (BTreeMap<ObjectId, Arc<FileContent>>, Vec<(ObjectId, u64)>) {
        let mut known = BTreeMap::new();
        let mut missing = Vec::new();
        for (id, size) in wanted {
            match self.kept.blobs.0.get(&(repository.id, id.clone())).await {
                Some(content) => {
                    known.insert(id, content);
                }
                None => missing.push((id, size)),
            }
        }
        (known, missing)
    }

    async fn keep_contents(
        &self,
        repository: &Repository,
        mut known: BTreeMap<ObjectId, Arc<FileContent>>,
        fetched: impl Iterator<Item = Fetched>,
    ) -> Contents {
        for (id, content) in fetched {
            let key = (repository.id, id.clone());
            self.kept.blobs.0.insert(key, Arc::clone(&content)).await;
            known.insert(id, content);
        }
        Contents(known)
    }

    async fn further_queries(
        &self,
        repository: &Repository,
        batches: impl Iterator<Item = Vec<ObjectId>>,
    ) -> Result<Vec<Vec<Fetched>>, GitHubError> {
        stream::iter(batches.map(|batch| self.further_query(repository, batch)))
            .buffered(QUERIES_AT_ONCE)
            .try_collect()
            .await
    }

    async fn first_query(
        &self,
        repository: &Repository,
        base: &BranchName,
        ids: &[ObjectId],
    ) -> Result<(Vec<Fetched>, Fact<Vec<Rollup>>), GitHubError> {
        let query = format!(
            "query($owner: String!, $name: String!, $base: String!) {{\n  \
             repository(owner: $owner, name: $name) {{\n{}{}  }}\n}}",
            rollup::SELECTION,
            selection(ids),
        );
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
            "base": base,
        });
        let reply = self.api.query(repository, &query, &variables).await?;
        let rollups = self.rollups(repository, base, &reply).await?;
        Ok((self.blobs(repository, ids, &reply).await?, rollups))
    }

    async fn further_query(
        &self,
        repository: &Repository,
        ids: Vec<ObjectId>,
    ) -> Result<Vec<Fetched>, GitHubError> {
        let query = format!(
            "query($owner: String!, $name: String!) {{\n  \
             repository(owner: $owner, name: $name) {{\n{}  }}\n}}",
            selection(&ids),
        );
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
        });
        let reply = self.api.query(repository, &query, &variables).await?;
        self.blobs(repository, &ids, &reply).await
    }

    /// Takes blobs out of a reply. What GraphQL does not give byte for byte (binary, cut, not
    /// UTF-8) is read over REST.
    async fn blobs(
        &self,
        repository: &Repository,
        ids: &[ObjectId],
        reply: &crate::graphql::Reply,
    ) -> Result<Vec<Fetched>, GitHubError> {
        let mut blobs = Vec::with_capacity(ids.len());
        for (index, id) in ids.iter().enumerate() {
            let node: Option<BlobNode> = reply.field(&format!("b{index}"))?;
            let content = match node.and_then(BlobNode::exact) {
                Some(content) => content,
                None => self.raw_blob(repository, id).await?,
            };
            blobs.push((id.clone(), Arc::new(content)));
        }
        Ok(blobs)
    }

    async fn raw_blob(
        &self,
        repository: &Repository,
        id: &ObjectId,
    ) -> Result<FileContent, GitHubError> {
        let body: BlobBody = self.api.read(repository, BLOB, &[id.as_str()], "").await?;
        let digits: String = body.content.split_ascii_whitespace().collect();
        STANDARD
            .decode(digits)
            .map_err(|_| error::unexpected(BLOB, "the content is not base64"))
    }
}

impl BlobNode {
    /// The bytes, if the text is them. GitHub replaces what is not UTF-8, which shows in the
    /// length.
    pub(super) fn exact(self) -> Option<FileContent> {
        let text = self.text.filter(|_| !self.is_truncated)?;
        (text.len() as u64 == self.byte_size && !text.contains('\u{FFFD}'))
            .then(|| text.into_bytes())
    }
}

fn selection(ids: &[ObjectId]) -> String {
    let mut selection = String::new();
    for (index, id) in ids.iter().enumerate() {
        // An object id is hex, so it can't end its string. Writing to a string can't fail.
        let _ = writeln!(
            selection,
            "    b{index}: object(oid: \"{id}\") {{ ... on Blob {{ byteSize isTruncated text }} }}"
        );
    }
    selection
}

/// Cuts a list into what one query may ask for.
fn batches(blobs: Vec<(ObjectId, u64)>) -> Vec<Vec<ObjectId>> {
    let mut batches: Vec<Vec<ObjectId>> = Vec::new();
    let mut bytes = 0;
    for (id, size) in blobs {
        match batches.last_mut() {
            Some(batch) if batch.len() < BLOBS_PER_QUERY && bytes + size <= BYTES_PER_QUERY => {
                bytes += size;
                batch.push(id);
            }
            _ => {
                bytes = size;
                batches.push(vec![id]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs(sizes: &[u64]) -> Vec<(ObjectId, u64)> {
        let blob = |(index, size): (usize, &u64)| {
            let id = ObjectId::new(&format!("{index:040x}")).unwrap();
            (id, *size)
        };
        sizes.iter().enumerate().map(blob).collect()
    }

    fn lengths(sizes: &[u64]) -> Vec<usize> {
        batches(blobs(sizes)).iter().map(Vec::len).collect()
    }

    #[test]
    fn queries_are_bounded_by_count_and_bytes() {
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&[10; 61]), [60, 1]);
        assert_eq!(lengths(&[BYTES_PER_QUERY, 1, 1]), [1, 2]);
        assert_eq!(lengths(&[BYTES_PER_QUERY / 2; 3]), [2, 1]);
    }

    #[test]
    fn text_counts_only_where_it_is_the_bytes() {
        let node = |byte_size, is_truncated, text: Option<&str>| BlobNode {
            byte_size,
            is_truncated,
            text: text.map(str::to_owned),
        };
        assert_eq!(node(2, false, Some("ab")).exact(), Some(b"ab".to_vec()));
        assert_eq!(node(0, false, Some("")).exact(), Some(Vec::new()));
        assert_eq!(node(2, false, None).exact(), None);
        assert_eq!(node(9, true, Some("ab")).exact(), None);
        // Three bytes that were no UTF-8, replaced by one character of three bytes.
        assert_eq!(node(3, false, Some("\u{FFFD}")).exact(), None);
    }
}
