//! Where verdicts are kept between runs, or that they are not: a backtest can do without.

use std::fmt::{self, Write as _};

use github::Merged;
use oracle::{Fact, Settings, registry};
use runtime::{environment, wiring};
use sha2::{Digest, Sha256};

use super::journal::{Journal, Place, hex};
use super::today::Today;
use super::verdict::{Fate, Verdict};
use crate::args::Backtest;
use crate::exit;

/// The journal, if there is one.
pub(super) struct Kept(Option<Journal>);

impl Kept {
    /// Opens the journal of what holds today. Whatever is in the way is said, and then nothing is
    /// kept.
    pub(super) fn open(args: &Backtest, today: &Today) -> Self {
        let Some(cache) = environment::cache_folder() else {
            exit::warn(
                &"no verdict is kept for a later run: neither XDG_CACHE_HOME nor HOME names a folder",
            );
            return Self(None);
        };
        let (owner, name) = (today.name.owner(), today.name.name());
        let place = Place {
            folder: cache.join("backtest"),
            name: format!("{owner}.{name}"),
            key: key(args, today),
        };
        let now = wiring::now();
        let journal = if args.fresh {
            Journal::begin(&place, now)
        } else {
            Journal::open(&place, now)
        };
        match journal {
            Ok((journal, found)) => {
                if found.unusable > 0 {
                    let lines = match found.unusable {
                        1 => "1 line".to_owned(),
                        n => format!("{n} lines"),
                    };
                    exit::warn(&format!(
                        "{lines} of {} can't be used; what was kept there is judged anew",
                        found.path.display()
                    ));
                }
                Self(Some(journal))
            }
            Err(error) => {
                let folder = place.folder.display();
                exit::warn(&format!(
                    "no verdict is kept for a later run: {folder}: {error}"
                ));
                Self(None)
            }
        }
    }

    /// Whether a later run can go on from here.
    pub(super) fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// The verdict of an earlier run.
    pub(super) fn verdict(&self, merged: &Merged) -> Option<&Verdict> {
        self.0.as_ref()?.verdict(merged)
    }

    /// Keeps a verdict. One that could not be given is none: the next run looks again.
    pub(super) fn keep(&mut self, merged: &Merged, verdict: &Verdict) {
        if verdict.outcome == Fate::NotSeen {
            return;
        }
        let Some(journal) = &mut self.0 else { return };
        if let Err(error) = journal.keep(merged, verdict, wiring::now()) {
            exit::warn(&format!(
                "no more verdicts are kept for a later run: {error}"
            ));
            self.0 = None;
        }
    }
}

/// SHA-256, hex, over everything that decides besides the pull request: what is judged by which
/// rules, policy and settings. What recent pull requests reported is left out: it changes with each
/// one that is merged, and then nobody's run would ever go on. That is why a verdict ages.
fn key(args: &Backtest, today: &Today) -> String {
    let mut hashed = Hashed(Sha256::new());
    let settings = Settings {
        rollups: Fact::Known(Vec::new()),
        ..today.snapshot.settings.clone()
    };
    // Hashing can't fail.
    let _ = writeln!(
        hashed,
        "{}\n{}\n{}\n{}\n{}\n{settings:?}\n{:?}",
        env!("CARGO_PKG_VERSION"),
        registry::rules_hash(),
        oracle::policy_hash(&today.policy),
        args.api_url.as_str(),
        today.name,
        today.snapshot.default_branch,
    );
    hex(&hashed.0.finalize())
}

/// Takes text and keeps its hash only.
struct Hashed(Sha256);

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
