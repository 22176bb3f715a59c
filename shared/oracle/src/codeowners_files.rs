//! The CODEOWNERS files of a tree, parsed once for all rules.

use codeowners::{Codeowners, LOCATIONS};

use crate::parsed::content;
use crate::{Fact, RepoPath, Tree};

/// The CODEOWNERS files of one tree.
#[derive(Debug, Clone, Default)]
pub struct CodeownersFiles {
    /// The one that counts: the first of [`LOCATIONS`] that is there, whether or not it can be
    /// read. GitHub falls back to no other.
    pub effective: Option<(RepoPath, Fact<Codeowners>)>,
    /// The others, which decide nothing.
    pub ignored: Vec<RepoPath>,
}

/// Parses the file that counts; unavailable where the tree's files are not all known, because
/// then which one counts is not known either.
pub(crate) fn parse(tree: &Tree) -> Fact<CodeownersFiles> {
    let entries = match &tree.entries {
        Fact::Known(entries) => entries,
        Fact::Unavailable(why) => return Fact::Unavailable(why.clone()),
    };
    let mut files = CodeownersFiles::default();
    for location in LOCATIONS {
        let Some((path, entry)) = RepoPath::new(location)
            .ok()
            .and_then(|path| entries.get_key_value(&path))
        else {
            continue;
        };
        if files.effective.is_some() {
            files.ignored.push(path.clone());
            continue;
        }
        let parsed = match content(tree, path, Some(entry)) {
            Fact::Known(content) => Fact::Known(codeowners::parse(content)),
            Fact::Unavailable(why) => Fact::Unavailable(why),
        };
        files.effective = Some((path.clone(), parsed));
    }
    Fact::Known(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use crate::testing::Fixture;

    fn files(text: &str) -> Fact<CodeownersFiles> {
        parse(&Fixture::parse(text).snapshot.after)
    }

    #[test]
    fn the_first_location_counts_even_where_it_can_not_be_read() {
        let found = files("//- docs/CODEOWNERS\n* @a\n//- CODEOWNERS size 3000000\n* @b\n");
        let found = found.known().unwrap();
        let (path, parsed) = found.effective.as_ref().unwrap();
        assert_eq!(path.as_str(), "CODEOWNERS");
        assert_eq!(parsed.known().unwrap_err().reason, Reason::TooLarge);
        assert_eq!(found.ignored[0].as_str(), "docs/CODEOWNERS");
    }

    #[test]
    fn a_file_over_a_workflows_limit_is_read() {
        let found = files("//- CODEOWNERS size 2999999\n* @b\n");
        let found = found.known().unwrap();
        let (_, parsed) = found.effective.as_ref().unwrap();
        assert_eq!(parsed.known().unwrap().rules().len(), 1);
    }

    #[test]
    fn which_file_counts_is_not_known_of_a_truncated_tree() {
        let found = files("//@ unavailable tree truncated\n//- CODEOWNERS\n* @b\n");
        assert_eq!(found.known().unwrap_err().reason, Reason::Truncated);
    }
}
