//! Why GitHub's descriptions could not be loaded.

use std::path::PathBuf;

/// Why GitHub's descriptions could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// No environment variable says where they are.
    #[error(
        "the folder of GitHub's API descriptions is unknown: neither PHASE_MIRROR_CONTRACTS, \
         PHASE_MIRROR_CACHE, XDG_CACHE_HOME nor HOME is set; set one and run scripts/contracts"
    )]
    NoFolder,
    /// A description can't be read.
    #[error("GitHub's API description {} cannot be read; run scripts/contracts to fetch it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A description is not what it should be.
    #[error("GitHub's API description {} is damaged; delete it and run scripts/contracts", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}
