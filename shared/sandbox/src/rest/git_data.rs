//! Git's objects (<https://docs.github.com/en/rest/git>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::git::{Mode, ObjectId, TreeEntry};
use crate::http::{Refusal, Reply, Request};
use crate::json::extend;
use crate::state::{Repository, object_node_id};

/// How many bytes of entries GitHub gives of a recursive tree.
const LARGEST_TREE: usize = 7 << 20;

/// A tree, by its own id, a commit's, or a branch's name; with everything below it where
/// `recursive` is set to anything.
pub(super) fn tree(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    refuse_empty(request)?;
    let id = tree_id(request)?;
    let url = request.state.repository_url(request.repository);
    let objects = request.objects();
    let mut items = Vec::new();
    if request.asked("recursive").is_some() {
        objects.walk(id, "", &mut |path, entry| {
            items.push((path.to_owned(), entry.clone()));
        });
    } else {
        let entries = objects.tree(id).unwrap_or_default();
        items.extend(
            entries
                .iter()
                .map(|entry| (entry.name.clone(), entry.clone())),
        );
    }
    let limit = request.state.tree_entry_limit;
    let (mut entries, mut bytes, mut truncated) = (Vec::new(), 0, false);
    for (path, entry) in &items {
        let json = entry_json(request, &url, path, entry);
        bytes += json.to_string().len() + 1;
        if entries.len() == limit || bytes > LARGEST_TREE {
            truncated = true;
            break;
        }
        entries.push(json);
    }
    Ok(Reply::ok(json!({
        "sha": id.to_string(),
        "url": format!("{url}/git/trees/{id}"),
        "tree": entries,
        "truncated": truncated,
    })))
}

fn tree_id(request: &Request<'_>) -> Result<ObjectId, Refusal> {
    let name = request.parameter("tree_sha");
    let objects = request.objects();
    if let Some(commit) = request.state.resolve(request.repository, name) {
        return objects
            .commit(commit)
            .map(|it| it.tree)
            .ok_or_else(Refusal::not_found);
    }
    let id = name.parse().ok().filter(|id| objects.tree(*id).is_some());
    id.ok_or_else(Refusal::not_found)
}

fn entry_json(request: &Request<'_>, url: &str, path: &str, entry: &TreeEntry) -> Value {
    let id = entry.id;
    let mut json = json!({
        "path": path,
        "mode": entry.mode.as_str(),
        "type": entry.mode.kind(),
        "sha": id.to_string(),
    });
    if let Some(bytes) = request.objects().blob(id) {
        extend(&mut json, json!({"size": bytes.len()}));
    }
    if entry.mode != Mode::Submodule {
        let url = format!("{url}/git/{}s/{id}", entry.mode.kind());
        extend(&mut json, json!({"url": url}));
    }
    json
}

/// A blob, in base64 with a line break after every 60 digits, as GitHub gives it.
pub(super) fn blob(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    refuse_empty(request)?;
    let id = request.object_id("file_sha")?;
    let bytes = request.objects().blob(id).ok_or_else(Refusal::not_found)?;
    let encoded = STANDARD.encode(bytes);
    let mut content = String::with_capacity(encoded.len() + encoded.len() / 60 + 1);
    for (index, digit) in encoded.chars().enumerate() {
        content.push(digit);
        if index % 60 == 59 {
            content.push('\n');
        }
    }
    if !content.is_empty() && !content.ends_with('\n') {
        content.push('\n');
    }
    let url = request.state.repository_url(request.repository);
    Ok(Reply::ok(json!({
        "sha": id.to_string(),
        "node_id": object_node_id("B", id),
        "size": bytes.len(),
        "url": format!("{url}/git/blobs/{id}"),
        "content": content,
        "encoding": "base64",
    })))
}

/// A commit.
pub(super) fn commit(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    refuse_empty(request)?;
    let id = request.object_id("commit_sha")?;
    match request.state.git_commit_json(request.repository, id) {
        Value::Null => Err(Refusal::not_found()),
        json => Ok(Reply::ok(json)),
    }
}

fn refuse_empty(request: &Request<'_>) -> Result<(), Refusal> {
    let repository = request.state.repositories.get(&request.repository);
    let empty = |it: &Repository| it.branches.is_empty();
    if repository.is_none_or(empty) {
        return Err(Refusal::new(409, "Git Repository is empty."));
    }
    Ok(())
}
