//! Where the App is installed, and what is kept because of it.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::{GitHubError, StoreError};

/// Which repository came to us through which installation.
///
/// A repository is on record before anything of it is stored, so that all that is stored of an
/// account is found when the App is removed from it. Kept until it is purged. Everything here is
/// idempotent.
#[async_trait]
pub trait Installations: Send + Sync {
    /// Lets a repository be found under an installation, before GitHub is asked whether it is its.
    async fn announce(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError>;
    /// Puts an announced repository on record, under no other installation any more.
    async fn record(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError>;
    /// Takes back an announcement; what is on record stays.
    async fn withdraw(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError>;
    /// The installation that a repository is on record under; `None`: it is on none.
    async fn installation_of(&self, repository_id: u64) -> Result<Option<u64>, StoreError>;
    /// The repositories that are on record, or announced, under an installation, in order. One
    /// that [`installation_of`](Self::installation_of) gives another for has moved there.
    async fn repositories(&self, installation_id: u64) -> Result<Vec<u64>, StoreError>;
}

/// What became of a wish to purge a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purged {
    /// Nothing of it is left.
    Gone,
    /// Somebody works on a head of it until then, at the latest. It is, or is not, on record any
    /// more; whatever was removed stays so.
    Held {
        /// When the latest of its leases ends.
        until: Timestamp,
    },
}

/// Removes what is stored. Both are idempotent, and what one that was killed has left the next
/// one removes.
#[async_trait]
pub trait Purge: Send + Sync {
    /// Removes all that is stored of a repository, in every version: leases, heads, evaluations,
    /// policies, and what was not worked on and given up; last its record under this installation.
    /// Whoever had a lease writes nothing about it any more.
    async fn purge_repository(
        &self,
        installation_id: u64,
        repository_id: u64,
        now: Timestamp,
    ) -> Result<Purged, StoreError>;
    /// Removes what is stored of an installation itself: its account's policy, its pauses, and what
    /// is on record under it.
    async fn purge_installation(&self, installation_id: u64) -> Result<(), StoreError>;
}

/// GitHub's word on where the App is installed.
#[async_trait]
pub trait Access: Send + Sync {
    /// Whether the installation is there, suspended or not.
    async fn is_installed(&self, installation_id: u64) -> Result<bool, GitHubError>;
    /// Whether a repository is there and the installation's, as of now.
    /// [`Forbidden`](crate::GitHubErrorKind::Forbidden) where GitHub does not say, because the
    /// installation is suspended or lacks what nothing works without.
    async fn reaches(&self, installation_id: u64, repository_id: u64) -> Result<bool, GitHubError>;
    /// Forgets what the installation was seen to lack.
    async fn forget(&self, installation_id: u64);
}
