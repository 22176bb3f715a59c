//! The files as they are on the disk, as far as Git would take them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io::{self, Read as _};
use std::path::Path;

use oracle::registry::{CODEOWNERS_LOCATIONS, file_limit};
use oracle::{Entry, EntryKind, Fact, FileContent, ObjectId, Reason, RepoPath, Tree, Unavailable};

use crate::git::{self, Git};
use crate::{CheckoutError, Wants};

/// What Git writes for the id of content that it has not stored.
const NOT_STORED: &str = "0000000000000000000000000000000000000000";

/// The working tree of a repository.
pub(crate) fn tree(git: &Git, wants: Wants) -> Result<Tree, CheckoutError> {
    let tracked = git.read("ls-files", &["-z", "--stage", "--full-name"])?;
    let deleted = git.read("ls-files", &["-z", "--deleted", "--full-name"])?;
    let others = ["-z", "--others", "--exclude-standard", "--full-name"];
    let others = git.read("ls-files", &others)?;
    let deleted: BTreeSet<&[u8]> = records(&deleted).collect();
    let mut entries = BTreeMap::new();
    for record in records(&tracked) {
        let (entry, path) = staged(record)?;
        if !deleted.contains(path) {
            insert(&mut entries, path, entry);
        }
    }
    for path in records(&others) {
        // A folder is another repository inside this one that is not committed.
        if !path.ends_with(b"/")
            && let Ok(found) = git.root().join(git::path(path)).symlink_metadata()
            && let Some(entry) = entry_of(&found)
        {
            insert(&mut entries, path, entry);
        }
    }
    Ok(with_files(git.root(), entries, wants))
}

/// Entries with the contents of those that are wanted.
pub(crate) fn with_files(
    root: &Path,
    mut entries: BTreeMap<RepoPath, Entry>,
    wants: Wants,
) -> Tree {
    let mut files = BTreeMap::new();
    for (path, entry) in entries.iter_mut().filter(|(path, _)| wants(path)) {
        files.insert(path.clone(), read(root, path, entry));
    }
    whole(entries, files)
}

/// A tree of which everything is known but what only GitHub can tell.
pub(crate) fn whole(
    entries: BTreeMap<RepoPath, Entry>,
    files: BTreeMap<RepoPath, Fact<FileContent>>,
) -> Tree {
    let is_codeowners = |path: &RepoPath| CODEOWNERS_LOCATIONS.contains(&path.as_str());
    let codeowners_errors = if entries.keys().any(is_codeowners) {
        Fact::Unavailable(Unavailable {
            fact: "GitHub's list of CODEOWNERS errors".to_owned(),
            reason: Reason::NotProvided,
            detail: "A checkout does not have it; say what owners may do under `owners` of the \
                     file given with --settings."
                .to_owned(),
        })
    } else {
        Fact::Known(Vec::new())
    };
    Tree {
        entries: Fact::Known(entries),
        files,
        whole_folders: BTreeSet::new(),
        codeowners_errors,
    }
}

/// A path that no repository can have is not in the tree: GitHub would not take it either.
fn insert(entries: &mut BTreeMap<RepoPath, Entry>, path: &[u8], entry: Entry) {
    if let Ok(path) = RepoPath::new(&String::from_utf8_lossy(path)) {
        entries.insert(path, entry);
    }
}

fn records(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    let records = answer.split(|byte| *byte == 0);
    records.filter(|record| !record.is_empty())
}

/// `MODE ID STAGE<tab>PATH` of `git ls-files --stage`.
fn staged(record: &[u8]) -> Result<(Entry, &[u8]), CheckoutError> {
    let wrong = || CheckoutError::answer("ls-files", record);
    let tab = record.iter().position(|byte| *byte == b'\t');
    let (head, path) = record.split_at(tab.ok_or_else(wrong)?);
    let head = std::str::from_utf8(head).map_err(|_| wrong())?;
    let mut words = head.split(' ');
    let kind = words.next().and_then(kind_of_mode).ok_or_else(wrong)?;
    let id = words.next().and_then(|id| ObjectId::new(id).ok());
    let entry = Entry {
        kind,
        id: id.ok_or_else(wrong)?,
        size: None,
    };
    Ok((entry, &path[1..]))
}

/// The kind of an entry by the mode that Git stores.
pub(crate) fn kind_of_mode(mode: &str) -> Option<EntryKind> {
    match mode {
        "100644" => Some(EntryKind::File),
        "100755" => Some(EntryKind::Executable),
        "120000" => Some(EntryKind::Symlink),
        "160000" => Some(EntryKind::Submodule),
        _ => None,
    }
}

/// The entry that a file on the disk would be; `None` for what Git does not store (a socket).
pub(crate) fn entry_of(found: &Metadata) -> Option<Entry> {
    let kind = if found.is_symlink() {
        EntryKind::Symlink
    } else if found.is_file() && is_executable(found) {
        EntryKind::Executable
    } else if found.is_file() {
        EntryKind::File
    } else {
        return None;
    };
    Some(Entry {
        kind,
        id: ObjectId::new(NOT_STORED).ok()?,
        size: Some(found.len()),
    })
}

#[cfg(unix)]
fn is_executable(found: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

/// The content of a wanted file as it is on the disk, whatever the index says of it.
fn read(root: &Path, path: &RepoPath, entry: &mut Entry) -> Fact<FileContent> {
    if entry.kind == EntryKind::Submodule {
        return unread(
            path,
            Reason::Unreadable,
            "It is a submodule, which is not entered.",
        );
    }
    let place = root.join(path.as_str());
    let found = match place.symlink_metadata() {
        Ok(found) => found,
        Err(error) => return unread(path, Reason::Failed, &failed(&error)),
    };
    match entry_of(&found) {
        Some(now) => entry.kind = now.kind,
        None => return unread(path, Reason::Unreadable, "It is not an ordinary file."),
    }
    if entry.kind == EntryKind::Symlink {
        let why = "It is a symbolic link, which is not followed.";
        return unread(path, Reason::Unreadable, why);
    }
    entry.size = Some(found.len());
    let limit = file_limit(path);
    if found.len() > limit {
        return too_large(path);
    }
    let mut content = Vec::new();
    let read = std::fs::File::open(&place)
        // It may have grown since.
        .and_then(|file| file.take(limit + 1).read_to_end(&mut content));
    match read {
        Err(error) => unread(path, Reason::Failed, &failed(&error)),
        Ok(_) if content.len() as u64 > limit => too_large(path),
        Ok(_) => Fact::Known(content),
    }
}

fn failed(error: &io::Error) -> String {
    format!("It can't be read: {error}.")
}

/// A file that is larger than what is parsed.
pub(crate) fn too_large(path: &RepoPath) -> Fact<FileContent> {
    let limit = file_limit(path);
    let why = format!("It is larger than {limit} bytes; make it smaller.");
    unread(path, Reason::TooLarge, &why)
}

/// A file whose content is not there.
pub(crate) fn unread(path: &RepoPath, reason: Reason, detail: &str) -> Fact<FileContent> {
    Fact::Unavailable(Unavailable {
        fact: path.to_string(),
        reason,
        detail: detail.to_owned(),
    })
}
