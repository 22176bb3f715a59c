//! Users, organizations and bots. They exist as soon as a story mentions them.

use super::{Ruleset, State};

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountKind {
    /// A person.
    User,
    /// An organization.
    Organization,
    /// An App acting.
    Bot,
}

impl AccountKind {
    /// GitHub's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Organization => "Organization",
            Self::Bot => "Bot",
        }
    }

    /// The prefix of its node ids.
    pub(crate) fn node_prefix(self) -> &'static str {
        match self {
            Self::User => "U",
            Self::Organization => "O",
            Self::Bot => "BOT",
        }
    }
}

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// GitHub's id.
    pub(crate) id: u64,
    /// Its name.
    pub(crate) login: String,
    /// What it is.
    pub(crate) kind: AccountKind,
    /// The rulesets of an organization.
    pub(crate) rulesets: Vec<Ruleset>,
}

impl State {
    /// The account with this login, created if need be.
    pub(crate) fn ensure_account(&mut self, login: &str, kind: AccountKind) -> &mut Account {
        if !self.accounts.contains_key(login) {
            let id = self.fresh_id();
            let account = Account {
                id,
                login: login.to_owned(),
                kind,
                rulesets: Vec::new(),
            };
            self.accounts.insert(login.to_owned(), account);
        }
        self.accounts
            .get_mut(login)
            .expect("was inserted above if it was not there")
    }
}
