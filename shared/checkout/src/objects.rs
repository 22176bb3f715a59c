//! A commit's tree, from Git's objects.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{ChildStdout, Stdio};

use oracle::registry::file_limit;
use oracle::{Entry, EntryKind, Fact, FileContent, ObjectId, Reason, RepoPath, Tree};

use crate::git::Git;
use crate::working_tree::{kind_of_mode, too_large, unread, whole};
use crate::{CheckoutError, Wants};

/// The tree of a commit.
pub(crate) fn tree(git: &Git, commit: &ObjectId, wants: Wants) -> Result<Tree, CheckoutError> {
    let arguments = ["-r", "-z", "--full-tree", commit.as_str()];
    let answer = git.read("ls-tree", &arguments)?;
    let mut entries = BTreeMap::new();
    for record in answer.split(|byte| *byte == 0).filter(|it| !it.is_empty()) {
        let (path, entry) = listed(record)?;
        if let Ok(path) = RepoPath::new(&String::from_utf8_lossy(path)) {
            entries.insert(path, entry);
        }
    }
    let mut files = BTreeMap::new();
    // Of each blob the largest size that one of its paths may have.
    let mut small = BTreeMap::new();
    for (path, entry) in entries.iter().filter(|(path, _)| wants(path)) {
        if let Some(why) = unfit(path, entry) {
            files.insert(path.clone(), why);
        } else {
            let limit = small.entry(&entry.id).or_insert(0);
            *limit = file_limit(path).max(*limit);
        }
    }
    let contents = if small.is_empty() {
        Contents::new()
    } else {
        contents(git, &small)?
    };
    for (path, entry) in entries.iter().filter(|(path, _)| wants(path)) {
        let content = match contents.get(&entry.id) {
            None => continue,
            Some(Answer::Content(content)) if content.len() as u64 > file_limit(path) => {
                too_large(path)
            }
            Some(Answer::Content(content)) => Fact::Known(content.clone()),
            Some(Answer::TooLarge) => too_large(path),
            Some(Answer::Missing) => {
                let why = "Git does not have its content here, as in a partial clone.";
                unread(path, Reason::Failed, why)
            }
        };
        files.entry(path.clone()).or_insert(content);
    }
    Ok(whole(entries, files))
}

/// `MODE TYPE ID<tab>PATH` of `git ls-tree`. Its `--long` would add the size, and make a partial
/// clone fetch every blob that it lacks.
fn listed(record: &[u8]) -> Result<(&[u8], Entry), CheckoutError> {
    let wrong = || CheckoutError::answer("ls-tree", record);
    let tab = record.iter().position(|byte| *byte == b'\t');
    let (head, path) = record.split_at(tab.ok_or_else(wrong)?);
    let head = std::str::from_utf8(head).map_err(|_| wrong())?;
    let mut words = head.split(' ');
    let kind = words.next().and_then(kind_of_mode).ok_or_else(wrong)?;
    let id = words.nth(1).and_then(|id| ObjectId::new(id).ok());
    let entry = Entry {
        kind,
        id: id.ok_or_else(wrong)?,
        size: None,
    };
    Ok((&path[1..], entry))
}

/// Why a wanted file's content is not fetched.
fn unfit(path: &RepoPath, entry: &Entry) -> Option<Fact<FileContent>> {
    match entry.kind {
        EntryKind::Symlink => {
            let why = "It is a symbolic link, which is not followed.";
            Some(unread(path, Reason::Unreadable, why))
        }
        EntryKind::Submodule => {
            let why = "It is a submodule, which is not entered.";
            Some(unread(path, Reason::Unreadable, why))
        }
        EntryKind::File | EntryKind::Executable => None,
    }
}

/// What Git has under an id.
enum Answer {
    Content(FileContent),
    TooLarge,
    Missing,
}

type Contents = BTreeMap<ObjectId, Answer>;

/// The contents of blobs, all from one process.
fn contents(git: &Git, ids: &BTreeMap<&ObjectId, u64>) -> Result<Contents, CheckoutError> {
    let failed = |source: io::Error| CheckoutError::Git {
        command: "cat-file",
        message: source.to_string(),
    };
    let mut batch = git
        .command("cat-file", &["--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| CheckoutError::Start { source })?;
    let question = ids
        .keys()
        .fold(String::new(), |all, id| all + id.as_str() + "\n");
    let (input, output) = (batch.stdin.take(), batch.stdout.take());
    let contents = std::thread::scope(|scope| {
        // Beside the reading: both pipes are smaller than what goes through them.
        scope.spawn(move || input.map(|mut input| input.write_all(question.as_bytes())));
        let mut output = BufReader::new(output.ok_or(io::ErrorKind::BrokenPipe)?);
        let answers = ids
            .iter()
            .map(|(id, limit)| Ok(((*id).clone(), answer(&mut output, *limit)?)));
        answers.collect::<io::Result<Contents>>()
    });
    batch.wait().map_err(failed)?;
    contents.map_err(failed)
}

/// `ID blob SIZE\n` with the content and a line break, or `ID missing\n`.
fn answer(output: &mut BufReader<ChildStdout>, limit: u64) -> io::Result<Answer> {
    let mut head = String::new();
    output.read_line(&mut head)?;
    let head = head.trim_end();
    if head.ends_with(" missing") {
        return Ok(Answer::Missing);
    }
    let size = head.rsplit(' ').next().and_then(|size| size.parse().ok());
    let size: u64 = size.ok_or_else(|| {
        let message = format!("it gave {head:?} instead of an object");
        io::Error::new(io::ErrorKind::InvalidData, message)
    })?;
    let mut object = output.by_ref().take(size.saturating_add(1));
    if size > limit {
        io::copy(&mut object, &mut io::sink())?;
        return Ok(Answer::TooLarge);
    }
    let mut content = Vec::new();
    object.read_to_end(&mut content)?;
    if content.pop() != Some(b'\n') || content.len() as u64 != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Answer::Content(content))
}
