//! One filter pattern.

/// A compiled pattern. Matching takes time in proportion to the pattern's length times the
/// name's, whatever the pattern.
#[derive(Debug)]
pub(super) struct Glob {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    /// `*`: any characters but `/`.
    Star,
    /// `**`: any characters.
    DoubleStar,
    /// `**/` at the start or after a `/`: any directories, maybe none.
    Directories,
    /// One character, maybe with `?` or `+` behind it.
    One(Set, Repeat),
}

#[derive(Debug)]
enum Set {
    Character(char),
    /// `[…]`: characters and ranges, ends included.
    Ranges(Vec<(char, char)>),
}

#[derive(Debug, Clone, Copy)]
enum Repeat {
    Once,
    /// `?`
    AtMostOnce,
    /// `+`
    AtLeastOnce,
}

/// Whether a pattern matches the whole of a name. Looks at the pattern's literal beginning
/// first: most patterns of a long list differ there, and compiling one takes longer.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    name.starts_with(literal_start(pattern)) && Glob::new(pattern).matches(name)
}

/// The characters before the first that is special or is repeated by a special one.
fn literal_start(pattern: &str) -> &str {
    let Some((end, special)) = pattern
        .char_indices()
        .find(|(_, c)| matches!(c, '*' | '?' | '+' | '[' | '\\'))
    else {
        return pattern;
    };
    let start = &pattern[..end];
    match special {
        '?' | '+' => &start[..start.char_indices().next_back().map_or(0, |(last, _)| last)],
        _ => start,
    }
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = pattern;
        let mut at_directory = true;
        while let Some(next) = rest.chars().next() {
            let (piece, length) = match next {
                '*' if at_directory && rest.starts_with("**/") => (Some(Piece::Directories), 3),
                '*' if rest.starts_with("**") => (Some(Piece::DoubleStar), 2),
                '*' => (Some(Piece::Star), 1),
                '?' | '+' if !pieces.is_empty() => {
                    // Repeating a wildcard changes nothing.
                    if let Some(Piece::One(_, repeat)) = pieces.last_mut() {
                        *repeat = if next == '?' {
                            Repeat::AtMostOnce
                        } else {
                            Repeat::AtLeastOnce
                        };
                    }
                    (None, 1)
                }
                '[' => match ranges(rest) {
                    Some((ranges, length)) => {
                        (Some(Piece::One(Set::Ranges(ranges), Repeat::Once)), length)
                    }
                    None => (Some(one('[')), 1),
                },
                '\\' => match rest[1..].chars().next() {
                    Some(escaped) => (Some(one(escaped)), 1 + escaped.len_utf8()),
                    None => (Some(one('\\')), 1),
                },
                other => (Some(one(other)), other.len_utf8()),
            };
            at_directory = next == '/' || matches!(piece, Some(Piece::Directories));
            pieces.extend(piece);
            rest = &rest[length..];
        }
        Self { pieces }
    }

    /// Whether the pattern matches the whole of a name.
    pub(super) fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let end = name.len();
        // `after[p]`: whether the pieces behind the current one match the name from `p` on.
        let mut after = vec![false; end + 1];
        after[end] = true;
        for piece in self.pieces.iter().rev() {
            let mut here = vec![false; end + 1];
            let mut below_directory = false;
            for position in (0..=end).rev() {
                let next = name.get(position).copied();
                here[position] = match piece {
                    Piece::Star => {
                        after[position]
                            || next.is_some_and(|next| next != '/') && here[position + 1]
                    }
                    Piece::DoubleStar => after[position] || next.is_some() && here[position + 1],
                    Piece::Directories => {
                        below_directory |= next == Some('/') && after[position + 1];
                        after[position] || below_directory
                    }
                    Piece::One(set, repeat) => {
                        let fits = next.is_some_and(|next| set.contains(next));
                        match repeat {
                            Repeat::Once => fits && after[position + 1],
                            Repeat::AtMostOnce => after[position] || fits && after[position + 1],
                            Repeat::AtLeastOnce => {
                                fits && (after[position + 1] || here[position + 1])
                            }
                        }
                    }
                };
            }
            after = here;
        }
        after[0]
    }
}

impl Set {
    fn contains(&self, character: char) -> bool {
        match self {
            Self::Character(own) => *own == character,
            Self::Ranges(ranges) => ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&character)),
        }
    }
}

fn one(character: char) -> Piece {
    Piece::One(Set::Character(character), Repeat::Once)
}

/// `[a-z0]` at the start of `rest`, and its length; `None` when it is not closed.
fn ranges(rest: &str) -> Option<(Vec<(char, char)>, usize)> {
    let (inside, _) = rest.strip_prefix('[')?.split_once(']')?;
    let characters: Vec<char> = inside.chars().collect();
    let mut ranges = Vec::new();
    let mut index = 0;
    while let Some(&first) = characters.get(index) {
        if let (Some('-'), Some(&last)) = (characters.get(index + 1), characters.get(index + 2)) {
            ranges.push((first, last));
            index += 3;
        } else {
            ranges.push((first, first));
            index += 1;
        }
    }
    Some((ranges, inside.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::{Glob, matches};

    /// Every row of the "filter pattern cheat sheet" in GitHub's documentation, and what those
    /// rows exclude.
    #[test]
    fn patterns_match_as_documented() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "feature/*",
                &["feature/my-branch"],
                &["feature/a/b", "feature"],
            ),
            (
                "feature/**",
                &["feature/beta-a/my-branch", "feature/my-branch"],
                &["feature"],
            ),
            ("main", &["main"], &["Main", "main2", "amain"]),
            (
                "releases/mona-the-octocat",
                &["releases/mona-the-octocat"],
                &[],
            ),
            ("*", &["main", "releases"], &["all/the/branches"]),
            ("**", &["all/the/branches", "every/tag", ""], &[]),
            (
                "*feature",
                &["mona-feature", "feature", "ver-10-feature"],
                &["a/feature"],
            ),
            ("v2*", &["v2", "v2.0", "v2.9"], &["v1"]),
            (
                "v[12].[0-9]+.[0-9]+",
                &["v1.10.1", "v2.0.0"],
                &["v3.0.0", "v1..1", "v1.1"],
            ),
            (
                "*.jsx?",
                &["page.js", "page.jsx"],
                &["page.jsxx", "a/page.js"],
            ),
            (
                "**.js",
                &["index.js", "js/index.js", "src/js/app.js"],
                &["index.jsx"],
            ),
            ("docs/*", &["docs/README.md"], &["docs/mona/file.txt"]),
            (
                "docs/**",
                &["docs/README.md", "docs/mona/octocat.txt"],
                &["docs"],
            ),
            (
                "docs/**/*.md",
                &["docs/README.md", "docs/a/markdown/file.md"],
                &["docs/a.txt"],
            ),
            (
                "**/docs/**",
                &["docs/hello.md", "dir/docs/my-file.txt"],
                &["mydocs/a"],
            ),
            (
                "**/README.md",
                &["README.md", "js/README.md"],
                &["js/MYREADME.md"],
            ),
            (
                "**/*src/**",
                &["a/src/app.js", "my-src/code/js/app.js"],
                &["src"],
            ),
            (
                "**/*-post.md",
                &["my-post.md", "path/their-post.md"],
                &["post.md"],
            ),
            (
                "**/migrate-*.sql",
                &["migrate-10909.sql", "db/sept/migrate-v1.0.sql"],
                &[],
            ),
            ("a\\*b", &["a*b"], &["axb"]),
            ("[open", &["[open"], &["o"]),
        ];
        for (pattern, yes, no) in cases {
            let glob = Glob::new(pattern);
            for name in *yes {
                assert!(glob.matches(name), "`{pattern}` should match `{name}`");
            }
            for name in *no {
                assert!(!glob.matches(name), "`{pattern}` should not match `{name}`");
            }
        }
    }

    #[test]
    fn the_look_at_the_literal_beginning_changes_no_answer() {
        let patterns = [
            "ab?c", "ab+", "a", "*a", "a[bc]", "a\\\\*", "?", "+a", "äb?", "a/**/b",
        ];
        let names = [
            "", "a", "ab", "abb", "ac", "abc", "a*", "xa", "ä", "äb", "a/b", "+a", "?",
        ];
        for (pattern, name) in patterns
            .iter()
            .flat_map(|p| names.iter().map(move |n| (p, n)))
        {
            let expected = Glob::new(pattern).matches(name);
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
