//! Renders docs/errors.md from the table.

use std::fmt::Write as _;

use crate::{ALL, AREAS, RETIRED};

const HEAD: &str = "\
# Error codes

<!-- Rendered from shared/codes/src/lib.rs; a test says how to render it again. -->

Every error that leaves Phase Mirror has a code: log lines carry it as `error.code`, answers of the
webhook as `code`, and the command prints it (`error[PM-E601]: …`). A code keeps its meaning; the
words around it may become better.
";

/// The text of docs/errors.md.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    // Writing to a string can't fail.
    for (area, title) in AREAS {
        let _ = writeln!(text, "\n## {area}xx: {title}\n");
        let _ = writeln!(
            text,
            "| code | what | cause | what helps |\n|---|---|---|---|"
        );
        for code in ALL.iter().filter(|code| code.number / 100 == *area) {
            let (what, cause, remedy) = (code.title, code.cause, code.remedy);
            let _ = writeln!(text, "| `{code}` | {what} | {cause} | {remedy} |");
        }
        for number in RETIRED.iter().filter(|number| *number / 100 == *area) {
            let _ = writeln!(text, "| `PM-E{number:03}` | no longer used | | |");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    /// `UPDATE_EXPECT=1 cargo test -p codes` renders it again.
    #[test]
    fn the_document_is_in_step() {
        expect_file!["../../../docs/errors.md"].assert_eq(&super::document());
    }
}
