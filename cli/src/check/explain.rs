//! `phase-mirror check --explain`: what a rule is about.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::anyhow;
use oracle::registry::{RULES, RuleMeta};

use crate::exit::Failure;
use crate::terminal::{BOLD, markdown, styled};

/// Explains a rule, by its id or name.
pub(super) fn run(wanted: &str) -> Result<(), Failure> {
    let Some(meta) = find(wanted) else {
        let known: Vec<String> = RULES
            .iter()
            .map(|rule| format!("{} ({})", rule.meta().id, rule.meta().name))
            .collect();
        let error = anyhow!(
            "there is no rule {wanted:?}; there are {}",
            known.join(", ")
        );
        return Err(Failure::usage(error, "name one of these"));
    };
    // A closed standard output leaves nobody to tell.
    let _ = write!(anstream::stdout(), "{}", page(meta));
    Ok(())
}

fn find(wanted: &str) -> Option<&'static RuleMeta> {
    let mut rules = RULES.iter().map(|rule| rule.meta());
    rules.find(|meta| meta.id.eq_ignore_ascii_case(wanted) || meta.name == wanted)
}

fn page(meta: &RuleMeta) -> String {
    let mut page = format!("{} {}\n", styled(BOLD, meta.id), styled(BOLD, meta.name));
    let mode = serde_json::to_value(meta.default_mode).unwrap_or_default();
    let mode = mode.as_str().unwrap_or_default();
    // Writing to a string can't fail.
    let _ = writeln!(
        page,
        "version {}, mode {mode} unless policy says otherwise",
        meta.version
    );
    let facts: String = meta.facts.iter().fold(String::new(), |mut all, fact| {
        let _ = writeln!(all, "- {fact}");
        all
    });
    let example = |title: &str, text: &str| (title.to_owned(), format!("```text\n{text}```"));
    let options: String = meta.options.iter().fold(String::new(), |mut all, option| {
        let _ = writeln!(all, "- `{}`: {}", option.name, option.what);
        all
    });
    let options = (!options.is_empty()).then(|| ("Options, in the policy".to_owned(), options));
    let parts = [
        ("What it checks".to_owned(), meta.what.to_owned()),
        ("Why it matters".to_owned(), meta.why.to_owned()),
        ("How to fix".to_owned(), meta.fix.to_owned()),
        example("A finding", meta.bad_example),
        example("None", meta.good_example),
        ("Facts it reads".to_owned(), facts),
    ];
    for (title, text) in parts.into_iter().chain(options) {
        let text = markdown::render(&text, "  ");
        let _ = write!(page, "\n{}\n{text}", styled(BOLD, &title));
    }
    page
}
