//! All rules that match, for many paths in one pass.

use crate::Codeowners;

/// How much matching a survey may take: the bytes of all paths, each times the rules that are
/// tried on it. Less than a second; a thousand rules and a hundred thousand files need a
/// thirtieth of it, unless many patterns begin with a wildcard.
const MOST_WORK: u64 = 1 << 29;

/// So many rules may be tried on every path without asking beforehand whether it is too much.
const FEW: usize = 50;

/// A survey was given up: too many rules begin with wildcards for so many paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuchWork;

impl Codeowners {
    /// Visits each path with the rules that match it, as indices into
    /// [`rules`](Self::rules), ascending: the last of them decides. Paths of one folder that
    /// follow each other, as in a sorted list, share most of the work.
    pub fn survey<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str, IntoIter: Clone>,
        visit: impl FnMut(&'p str, &[usize]),
    ) -> Result<(), TooMuchWork> {
        self.survey_within(MOST_WORK, paths, visit)
    }

    fn survey_within<'p>(
        &self,
        most: u64,
        paths: impl IntoIterator<Item = &'p str, IntoIter: Clone>,
        mut visit: impl FnMut(&'p str, &[usize]),
    ) -> Result<(), TooMuchWork> {
        let paths = paths.into_iter();
        // What is tried on every path is known beforehand, and so is that it is too much.
        let others = self.index.others();
        if others.len() > FEW {
            let bytes: u64 = paths.clone().map(|path| path.len() as u64).sum();
            if bytes.saturating_mul(others.len() as u64) > most {
                return Err(TooMuchWork);
            }
        }
        let mut left = most;
        let (mut current, mut depth) = (None, 0);
        let (mut of_folder, mut own, mut matching) = (Vec::new(), Vec::new(), Vec::new());
        for path in paths {
            let start = path.rfind('/').map_or(0, |slash| slash + 1);
            let folder = &path[..start.saturating_sub(1)];
            if current != Some(folder) {
                current = Some(folder);
                depth = path[..start].matches('/').count();
                of_folder.clear();
                self.index
                    .of_names(folder, &mut |rules| of_folder.extend_from_slice(rules));
            }
            own.clear();
            self.index.of_last_name(path, start, depth, &mut |rules| {
                own.extend_from_slice(rules);
            });
            let tries = of_folder.len() + own.len() + others.len();
            let work = (tries as u64).saturating_mul(path.len() as u64);
            left = left.checked_sub(work).ok_or(TooMuchWork)?;

            matching.clear();
            let candidates = of_folder.iter().chain(&own).chain(others).copied();
            matching.extend(candidates.filter(|at| self.rules()[*at].pattern.matches(path)));
            matching.sort_unstable();
            // A path of names that repeat (`a/a`) calls for a list more than once.
            matching.dedup();
            visit(path, &matching);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn a_survey_without_end_is_given_up() {
        let file = parse("*a*b*c @x\n".repeat(100).as_bytes());
        let paths = ["aaaa/bbbb"; 100];
        assert_eq!(file.survey_within(100_000, paths, |_, _| ()), Ok(()));
        let given_up = file.survey_within(10_000, paths, |_, _| ());
        assert_eq!(given_up, Err(TooMuchWork));

        let anchored = parse("/aaaa/*b*b*c @x\n".repeat(100).as_bytes());
        let given_up = anchored.survey_within(10_000, paths, |_, _| ());
        assert_eq!(given_up, Err(TooMuchWork));
    }
}
