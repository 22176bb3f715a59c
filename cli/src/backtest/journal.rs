//! What earlier runs have seen, so that none is asked for twice: a file with a line for each pull
//! request.
//!
//! A line is a checksum and a verdict with what it is about. The checksum is also over the key: what
//! decides besides the pull request itself. What is cut short, changed, of another key or out of
//! date does not count, and is judged anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use github::{Change, Merged};
use jiff::Timestamp;
use oracle::ObjectId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::verdict::Verdict;

/// How long a verdict counts: who may push, which checks are reported and on which day a suppression
/// ends is not part of the key.
const GOOD_FOR: Duration = Duration::from_hours(24);

/// How journals' names end.
const ENDING: &str = "journal";

/// No journal that we write is larger: a thousand lines of some kilobytes.
const MOST_BYTES: u64 = 64 << 20;

/// Where verdicts are kept, under which name, and what they depend on.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The folder.
    pub(super) folder: PathBuf,
    /// What the file's name begins with, for people.
    pub(super) name: String,
    /// SHA-256 over everything that decides besides the pull request, hex.
    pub(super) key: String,
}

/// The verdicts that are kept.
pub(super) struct Journal {
    key: String,
    file: File,
    known: BTreeMap<u64, Entry>,
}

/// What a journal was when it was opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The file.
    pub(super) path: PathBuf,
    /// How many lines can't be used.
    pub(super) unusable: usize,
}

/// A verdict with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// When it was judged.
    at: Timestamp,
    number: u64,
    /// Its head, and the commit that GitHub compares or merged: another one is another change.
    commits: [ObjectId; 2],
    verdict: Verdict,
}

/// The commits that say which change it was.
fn commits(merged: &Merged) -> [ObjectId; 2] {
    let other = match &merged.change {
        Change::Merge { commit, .. } => commit,
        Change::Head { base } => base,
    };
    [merged.head.clone(), other.clone()]
}

impl Place {
    fn path(&self) -> PathBuf {
        // Enough of the key to tell policies apart; the checksums are over all of it.
        let key: String = self.key.chars().take(16).collect();
        self.folder.join(format!("{}-{key}.{ENDING}", self.name))
    }
}

impl Journal {
    /// Opens the journal, for its owner only, and drops of it what can't be used. Journals that are
    /// out of date as a whole are removed from the folder.
    pub(super) fn open(place: &Place, now: Timestamp) -> io::Result<(Self, Found)> {
        make_folder(&place.folder)?;
        remove_old(&place.folder)?;
        let path = place.path();
        let text = read(&path)?;
        let Read {
            known,
            lines,
            unusable,
        } = understood(&place.key, &text, now);
        let whole = text.is_empty() || text.ends_with(b"\n");
        if !whole || lines > known.len() {
            rewrite(&path, &place.key, &known)?;
        }
        let file = for_its_owner().append(true).create(true).open(&path)?;
        let journal = Self {
            key: place.key.clone(),
            file,
            known,
        };
        Ok((journal, Found { path, unusable }))
    }

    /// As [`open`](Self::open), with nothing in it.
    pub(super) fn begin(place: &Place, now: Timestamp) -> io::Result<(Self, Found)> {
        match fs::remove_file(place.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Self::open(place, now),
        }
    }

    /// The verdict of an earlier run.
    pub(super) fn verdict(&self, merged: &Merged) -> Option<&Verdict> {
        let entry = self.known.get(&merged.number)?;
        (entry.commits == commits(merged)).then_some(&entry.verdict)
    }

    /// Keeps a verdict; it is on the disk afterwards.
    pub(super) fn keep(
        &mut self,
        merged: &Merged,
        verdict: &Verdict,
        at: Timestamp,
    ) -> io::Result<()> {
        let entry = Entry {
            at,
            number: merged.number,
            commits: commits(merged),
            verdict: verdict.clone(),
        };
        // In one piece, so that two runs do not mix their lines.
        self.file.write_all(line(&self.key, &entry)?.as_bytes())?;
        self.file.sync_data()
    }
}

/// A journal's lines.
struct Read {
    known: BTreeMap<u64, Entry>,
    lines: usize,
    unusable: usize,
}

fn understood(key: &str, text: &[u8], now: Timestamp) -> Read {
    let mut read = Read {
        known: BTreeMap::new(),
        lines: 0,
        unusable: 0,
    };
    for line in text.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        read.lines += 1;
        match entry(key, line) {
            Some(entry) if is_good(entry.at, now) => {
                read.known.insert(entry.number, entry);
            }
            // That it is old is nothing to be told of.
            Some(_) => {}
            None => read.unusable += 1,
        }
    }
    read
}

/// From the future is no better than too old: one of the clocks was wrong.
fn is_good(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.duration_since(at).unsigned_abs() < GOOD_FOR
}

fn line(key: &str, entry: &Entry) -> io::Result<String> {
    let json = serde_json::to_string(entry)?;
    Ok(format!("{} {json}\n", checksum(key, json.as_bytes())))
}

/// A line without its end, if it is whole and of this key.
fn entry(key: &str, line: &[u8]) -> Option<Entry> {
    let space = line.iter().position(|byte| *byte == b' ')?;
    let (sum, json) = (&line[..space], &line[space + 1..]);
    let right = checksum(key, json).as_bytes() == sum;
    right.then(|| serde_json::from_slice(json).ok()).flatten()
}

fn checksum(key: &str, json: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update("\n")
        .chain_update(json);
    hex(&digest.finalize())
}

/// Lower-case digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn for_its_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Removes journals that nobody wrote to for as long as a verdict counts.
fn remove_old(folder: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    for file in fs::read_dir(folder)? {
        let file = file?;
        let path = file.path();
        let is_journal = path.extension().is_some_and(|it| it == ENDING);
        let written = file.metadata().and_then(|it| it.modified());
        let age = written.ok().and_then(|it| now.duration_since(it).ok());
        if is_journal && age.is_some_and(|age| age > GOOD_FOR) {
            // Another run may have removed it.
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

/// What the file holds; nothing where it is not there, or is none of ours.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut text = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(MOST_BYTES).read_to_end(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(text)
}

/// Writes the file anew; whoever reads in between finds the old one or the new one.
fn rewrite(path: &Path, key: &str, known: &BTreeMap<u64, Entry>) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut options = for_its_owner();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part)?;
    for entry in known.values() {
        file.write_all(line(key, entry)?.as_bytes())?;
    }
    file.sync_all()?;
    fs::rename(part, path)
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
