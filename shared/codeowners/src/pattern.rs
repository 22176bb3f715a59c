//! Patterns: gitignore's, with GitHub's exceptions.
//!
//! A pattern without a slash (other than a last one) matches at any depth; any other is
//! anchored at the root. A match of a folder is a match of all below it, except that a last
//! segment `*` matches direct children only (`docs/*`). There is no `!`, no `[ ]` and no `\#`.

/// Why a pattern is skipped by GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternError {
    /// Starts with `!`: negation is not supported.
    Negation,
    /// Has `[` or `]`: character ranges are not supported.
    Range,
    /// Starts with `\#`: a path that starts with `#` can't be owned.
    EscapedHash,
    /// Only slashes.
    Empty,
    /// Three or more `*` in a row.
    ManyStars,
}

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<Segment>,
    /// Whether only what lies below a folder of this name matches (a trailing slash).
    folder_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// `**`: any number of folders, none included.
    AnyDepth,
    /// A name without wildcards.
    Literal(String),
    /// A name with `*` or `?`.
    Glob(String),
}

impl Pattern {
    /// Parses a pattern; `\ ` stands for a space, `\x` for `x`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.starts_with('!') {
            return Err(PatternError::Negation);
        }
        if text.starts_with("\\#") {
            return Err(PatternError::EscapedHash);
        }
        if text.contains(['[', ']']) {
            return Err(PatternError::Range);
        }
        if text.contains("***") {
            return Err(PatternError::ManyStars);
        }
        let folder_only = text.ends_with('/');
        let body = text.trim_end_matches('/');
        let anchored = body.contains('/');
        let mut segments: Vec<Segment> = body
            .split('/')
            .filter(|part| !part.is_empty())
            .map(Segment::parse)
            .collect();
        if segments.is_empty() {
            return Err(PatternError::Empty);
        }
        if !anchored {
            segments.insert(0, Segment::AnyDepth);
        }
        segments.dedup_by(|a, b| *a == Segment::AnyDepth && *b == Segment::AnyDepth);
        Ok(Self {
            segments,
            folder_only,
        })
    }

    /// Whether the pattern matches a file's path (relative, `/`-separated).
    ///
    /// Goes back only to the last `**`, so the time is at worst the product of both lengths.
    pub fn matches(&self, path: &str) -> bool {
        let (mut at, mut rest) = (0, Some(path));
        let mut any_depth: Option<(usize, &str)> = None;
        loop {
            match (self.segments.get(at), rest) {
                (None, rest) if self.ends_well(rest) => return true,
                (Some(Segment::AnyDepth), Some(here)) => {
                    if at + 1 == self.segments.len() {
                        return true;
                    }
                    any_depth = Some((at + 1, here));
                    at += 1;
                    continue;
                }
                (Some(segment), Some(here)) => {
                    let (name, below) = split_first(here);
                    if segment.matches(name) {
                        (at, rest) = (at + 1, below);
                        continue;
                    }
                }
                (None | Some(_), _) => {}
            }
            let Some((after, from)) = any_depth else {
                return false;
            };
            let (_, Some(below)) = split_first(from) else {
                return false;
            };
            any_depth = Some((after, below));
            (at, rest) = (after, Some(below));
        }
    }

    /// Paths that the pattern matches and no repository has: what a new file could be called.
    /// Whether another rule decides them tells whether this one can still decide anything.
    pub fn probes(&self) -> Vec<String> {
        let mut shallow = Vec::new();
        let mut deep = Vec::new();
        for segment in &self.segments {
            match segment {
                Segment::AnyDepth => deep.extend([FRESH.to_owned(), FRESH.to_owned()]),
                Segment::Literal(name) => {
                    shallow.push(name.clone());
                    deep.push(name.clone());
                }
                Segment::Glob(glob) => {
                    shallow.push(fresh(glob));
                    deep.push(fresh(glob));
                }
            }
        }
        let mut probes = Vec::new();
        for names in [shallow, deep] {
            let path = names.join("/");
            let below = format!("{path}/{FRESH}");
            let far_below = format!("{below}/{FRESH}");
            probes.extend([path, below, far_below]);
        }
        probes.retain(|path| !path.starts_with('/') && !path.is_empty() && self.matches(path));
        probes.sort_unstable();
        probes.dedup();
        probes
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether a path whose first names matched all segments is owned, given what is left.
    fn ends_well(&self, rest: Option<&str>) -> bool {
        match (rest, self.segments.last()) {
            (None, _) => !self.folder_only,
            // `docs/*` owns direct children only; `docs/*/` and `*` (any depth) own all below.
            (Some(_), Some(Segment::Glob(glob))) if glob == "*" => {
                self.folder_only || self.segments.first() == Some(&Segment::AnyDepth)
            }
            (Some(_), _) => true,
        }
    }
}

impl Segment {
    fn parse(part: &str) -> Self {
        if part == "**" {
            return Self::AnyDepth;
        }
        if part.contains(['*', '?']) {
            return Self::Glob(part.to_owned());
        }
        let mut literal = String::with_capacity(part.len());
        let mut escaped = false;
        for c in part.chars() {
            if c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            literal.push(c);
            escaped = false;
        }
        Self::Literal(literal)
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::AnyDepth => true,
            Self::Literal(literal) => literal == name,
            Self::Glob(glob) => glob_matches(glob, name),
        }
    }
}

/// A name that no file has: a private-use character.
const FRESH: &str = "\u{F8FF}";

/// A name that a glob matches and no file has.
fn fresh(glob: &str) -> String {
    let mut name = String::new();
    let mut escaped = false;
    for c in glob.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '*' | '?' if !escaped => name.push_str(FRESH),
            c => name.push(c),
        }
        escaped = false;
    }
    name
}

fn split_first(path: &str) -> (&str, Option<&str>) {
    match path.split_once('/') {
        Some((name, below)) => (name, Some(below)),
        None => (path, None),
    }
}

/// Matches one name against a glob of `*`, `?` and `\x`. Linear for one star, and at worst the
/// product of both lengths: the matcher goes back only to the last star.
fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        let (wanted, width) = match glob.get(g) {
            Some(b'\\') if g + 1 < glob.len() => (glob.get(g + 1), 2),
            other => (other, 1),
        };
        match wanted {
            Some(b'*') if width == 1 => {
                star = Some((g + 1, n));
                g += 1;
            }
            Some(b'?') if width == 1 => {
                g += 1;
                n += char_width(name, n);
            }
            Some(byte) if *byte == name[n] => {
                g += width;
                n += 1;
            }
            _ => {
                let Some((after_star, from)) = star else {
                    return false;
                };
                star = Some((after_star, from + 1));
                (g, n) = (after_star, from + 1);
            }
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

/// `?` is one character, not one byte.
fn char_width(name: &[u8], at: usize) -> usize {
    let continuation = name[at + 1..].iter().take_while(|b| **b & 0xC0 == 0x80);
    1 + continuation.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pattern, what it owns, what it does not.
    const TABLE: &[(&str, &[&str], &[&str])] = &[
        // GitHub's own examples.
        ("*", &["a", "a/b/c"], &[]),
        ("*.js", &["x.js", "a/b/x.js"], &["x.jsx", "x.js.map"]),
        (
            "/build/logs/",
            &["build/logs/x", "build/logs/a/b"],
            &["build/logs", "a/build/logs/x"],
        ),
        (
            "docs/*",
            &["docs/a.md"],
            &["docs/build/a.md", "x/docs/a.md"],
        ),
        ("apps/", &["apps/x", "a/apps/x/y"], &["apps", "apps.md"]),
        ("/docs/", &["docs/x", "docs/a/b"], &["a/docs/x"]),
        ("/scripts/", &["scripts/x"], &["a/scripts/x"]),
        (
            "**/logs",
            &["logs", "build/logs", "logs/a", "deeply/nested/logs/x/y"],
            &["logs2"],
        ),
        (
            "/apps/github",
            &["apps/github", "apps/github/x"],
            &["a/apps/github"],
        ),
        // gitignore's.
        ("docs", &["docs", "docs/a/b", "a/docs/x"], &["docs2"]),
        ("a/**/z", &["a/z", "a/b/z", "a/b/c/z/x"], &["z", "x/a/z"]),
        ("a/**", &["a/x", "a/b/c"], &["a", "b/a/x"]),
        ("**", &["a", "a/b"], &[]),
        ("a/b*", &["a/b", "a/bc", "a/bc/d"], &["a/c", "x/a/b"]),
        ("?.md", &["a.md", "ü.md", "x/a.md"], &["ab.md", ".md"]),
        ("*.min.*", &["a.min.js", "d/a.min.css"], &["a.js"]),
        ("/*", &["a"], &["a/b"]),
        ("docs/*/", &["docs/a/b", "docs/a/b/c"], &["docs/a"]),
        ("with\\ space/", &["with space/x"], &["with\\ space/x"]),
        ("star\\*.md", &["star*.md"], &["starx.md"]),
        // Case counts.
        ("README.md", &["README.md", "a/README.md"], &["readme.md"]),
    ];

    #[test]
    fn patterns_own_what_github_says() {
        for (text, owned, not_owned) in TABLE {
            let pattern = Pattern::parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            for path in *owned {
                assert!(pattern.matches(path), "{text} owns {path}");
            }
            for path in *not_owned {
                assert!(!pattern.matches(path), "{text} does not own {path}");
            }
        }
    }

    #[test]
    fn what_github_does_not_support_is_told_apart() {
        for (text, error) in [
            ("!docs/", PatternError::Negation),
            ("[ab].md", PatternError::Range),
            ("\\#x", PatternError::EscapedHash),
            ("/", PatternError::Empty),
            ("a/***/b", PatternError::ManyStars),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = Pattern::parse(&format!("{}b", "*a".repeat(200))).unwrap();
        assert!(!pattern.matches(&"a".repeat(4000)));
        let deep = Pattern::parse(&format!("{}b", "**/a/".repeat(12))).unwrap();
        assert!(!deep.matches(&"a/".repeat(40)));
    }
}
