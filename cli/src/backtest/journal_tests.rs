//! What is kept comes back as it was, or not at all.

use oracle::{Mode, Reason, Severity, Unavailable};
use proptest::prelude::*;

use super::*;
use crate::backtest::verdict::{Fate, Found as Finding, Place as Where};

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-25T12:00:00Z")
}

fn id(digit: char) -> ObjectId {
    ObjectId::new(&digit.to_string().repeat(40)).unwrap()
}

fn merged(number: u64) -> Merged {
    Merged {
        number,
        title: "Tidy up".to_owned(),
        author: None,
        url: String::new(),
        merged_at: now(),
        head: id('a'),
        change: Change::Merge {
            commit: id('b'),
            before: id('c'),
        },
    }
}

fn verdict(title: &str) -> Verdict {
    let fingerprint = "0".repeat(64);
    let report_id = serde_json::from_value(serde_json::json!("PM-00000")).unwrap();
    Verdict {
        outcome: Fate::Block,
        reasons: vec![format!("{title}.")],
        base_commit: Some(id('c')),
        findings: vec![Finding {
            rule_id: "MD-001".to_owned(),
            mode: Mode::Block,
            blocks: true,
            severity: Severity::High,
            id: report_id,
            fingerprint,
            title: title.to_owned(),
            place: Some(Where {
                path: "a b".to_owned(),
                line: 7,
            }),
        }],
        unavailable: vec![Unavailable {
            fact: title.to_owned(),
            reason: Reason::NotPermitted,
            detail: String::new(),
        }],
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    place: Place,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            folder: folder.path().join("phase-mirror/backtest"),
            name: "octo-org.hello".to_owned(),
            key: "f".repeat(64),
        };
        Self {
            _folder: folder,
            place,
        }
    }

    fn open(&self) -> (Journal, usize) {
        self.open_at(now())
    }

    fn open_at(&self, now: Timestamp) -> (Journal, usize) {
        let (journal, found) = Journal::open(&self.place, now).unwrap();
        assert_eq!(found.path, self.place.path());
        (journal, found.unusable)
    }

    fn keep(&self, numbers: &[u64]) {
        let (mut journal, _) = self.open();
        for number in numbers {
            let title = format!("of {number}");
            journal
                .keep(&merged(*number), &verdict(&title), now())
                .unwrap();
        }
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.place.path()).unwrap()
    }

    fn write(&self, bytes: &[u8]) {
        fs::write(self.place.path(), bytes).unwrap();
    }

    fn known(&self) -> Vec<u64> {
        self.open().0.known.into_keys().collect()
    }
}

#[test]
fn what_is_kept_comes_back() {
    let desk = Desk::new();
    desk.keep(&[1, 2]);
    let (journal, unusable) = desk.open();
    assert_eq!(unusable, 0);
    assert_eq!(journal.verdict(&merged(1)), Some(&verdict("of 1")));
    assert_eq!(journal.verdict(&merged(3)), None);
    // Another head, or another merge, is another change.
    for changed in [
        Merged {
            head: id('e'),
            ..merged(1)
        },
        Merged {
            change: Change::Head { base: id('c') },
            ..merged(1)
        },
    ] {
        assert_eq!(journal.verdict(&changed), None);
    }
}

#[test]
fn to_begin_anew_is_to_forget() {
    let desk = Desk::new();
    desk.keep(&[1]);
    let (journal, found) = Journal::begin(&desk.place, now()).unwrap();
    assert_eq!((journal.known.len(), found.unusable), (0, 0));
    assert_eq!(desk.known(), [0; 0]);
}

#[test]
fn a_line_that_was_cut_short_is_told_and_does_not_spoil_the_next() {
    let desk = Desk::new();
    desk.keep(&[1, 2]);
    let bytes = desk.bytes();
    desk.write(&bytes[..bytes.len() - 9]);
    assert_eq!(desk.open().1, 1);
    desk.keep(&[3]);
    assert_eq!(desk.open().1, 0, "it was dropped");
    assert_eq!(desk.known(), [1, 3]);
    // Nothing but the end of the line is missing: whole, and yet the next must not join it.
    let bytes = desk.bytes();
    desk.write(&bytes[..bytes.len() - 1]);
    desk.keep(&[4]);
    assert_eq!(desk.known(), [1, 3, 4]);
}

#[test]
fn what_is_of_another_key_is_told() {
    let desk = Desk::new();
    desk.keep(&[1]);
    let bytes = desk.bytes();
    let mut other = Desk::new();
    other.place.key = "e".repeat(64);
    other.keep(&[2]);
    let mut mixed = other.bytes();
    mixed.extend(bytes);
    other.write(&mixed);
    assert_eq!(other.open().1, 1);
    assert_eq!(other.known(), [2]);
}

#[test]
fn a_verdict_counts_for_a_day() {
    let desk = Desk::new();
    desk.keep(&[1]);
    let known = |time: &str| desk.open_at(at(time)).0.known.len();
    assert_eq!(known("2026-11-26T11:59:59Z"), 1);
    // A clock that was ahead.
    assert_eq!(known("2026-11-25T11:59:59Z"), 0);
    desk.keep(&[1]);
    assert_eq!(known("2026-11-26T12:00:00Z"), 0);
}

#[test]
fn journals_that_nobody_writes_to_are_removed() {
    let desk = Desk::new();
    desk.keep(&[1]);
    let old = desk.place.folder.join("octo-org.other-0.journal");
    let strange = desk.place.folder.join("notes.txt");
    let long_ago = SystemTime::now() - 2 * GOOD_FOR;
    for path in [&old, &strange] {
        let file = File::create(path).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    assert_eq!(desk.known(), [1]);
    assert!(!old.exists());
    assert!(strange.exists(), "it is none of ours");
}

#[cfg(unix)]
#[test]
fn it_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.keep(&[1]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.place.folder), 0o700);
    assert_eq!(mode(&desk.place.path()), 0o600);
    // Also when it is written anew.
    desk.write(b"nonsense\n");
    desk.open();
    assert_eq!(mode(&desk.place.path()), 0o600);
}

proptest! {
    #[test]
    fn any_verdict_comes_back_and_a_changed_byte_never_does(
        title in any::<String>(), number in any::<u64>(), at in any::<prop::sample::Index>(),
        other in any::<u8>(),
    ) {
        let key = "f".repeat(64);
        let kept = Entry {
            at: now(),
            number,
            commits: [id('a'), id('b')],
            verdict: verdict(&title),
        };
        let text = line(&key, &kept).unwrap();
        let read = understood(&key, text.as_bytes(), now());
        prop_assert_eq!((read.lines, read.unusable), (1, 0));
        prop_assert_eq!(read.known.get(&number), Some(&kept));

        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len() - 1);
        prop_assume!(bytes[at] != other);
        bytes[at] = other;
        let read = understood(&key, &bytes, now());
        prop_assert_eq!(read.known.len(), 0);
        prop_assert!(read.unusable > 0);
    }
}
