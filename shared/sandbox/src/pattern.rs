//! Branch name patterns in the manner of Ruby's `File.fnmatch` with `FNM_PATHNAME`
//! (<https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax>).
//! Brackets are not supported.

/// Whether a name fits: `*` and `?` stop at slashes, `**` does not.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    matches_bytes(pattern.as_bytes(), name.as_bytes())
}

fn matches_bytes(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', b'*', b'/', rest @ ..] => {
            matches_bytes(rest, name)
                || (0..name.len())
                    .any(|end| name[end] == b'/' && matches_bytes(rest, &name[end + 1..]))
        }
        [b'*', b'*', rest @ ..] => (0..=name.len()).any(|end| matches_bytes(rest, &name[end..])),
        [b'*', rest @ ..] => {
            let segment = name
                .iter()
                .position(|byte| *byte == b'/')
                .unwrap_or(name.len());
            (0..=segment).any(|end| matches_bytes(rest, &name[end..]))
        }
        [b'?', rest @ ..] => {
            name.first().is_some_and(|byte| *byte != b'/') && matches_bytes(rest, &name[1..])
        }
        [literal, rest @ ..] => name.first() == Some(literal) && matches_bytes(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stops_at_a_slash_and_two_do_not() {
        assert!(matches("release/*", "release/1.0"));
        assert!(!matches("release/*", "release/1/0"));
        assert!(matches("release/**", "release/1/0"));
        assert!(matches("refs/heads/**/main", "refs/heads/main"));
        assert!(matches("refs/heads/**/main", "refs/heads/a/b/main"));
        assert!(matches("v?", "v1") && !matches("v?", "v") && !matches("v?", "v12"));
        assert!(matches("main", "main") && !matches("main", "mainline"));
    }
}
