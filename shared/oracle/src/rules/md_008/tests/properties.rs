//! What holds for every repository.

use proptest::prelude::*;
use proptest::sample::select;

use crate::rules::md_008::MD_008;
use crate::rules::md_008::commands::{kind, only_sums_up};
use crate::rules::md_008::script::lists;
use crate::testing::{Fixture, render};

const EVENTS: [&str; 7] = [
    "push",
    "pull_request",
    "[push, pull_request, merge_group, schedule]",
    "pull_request_target",
    "{push: {branches: [main]}, pull_request: {paths: ['src/**']}}",
    "{push: {tags: ['v*']}, workflow_dispatch: }",
    "workflow_call",
];

const CONDITIONS: [&str; 9] = [
    "",
    "if: false, ",
    "if: always(), ",
    "if: '!cancelled()', ",
    "if: failure(), ",
    "if: \"github.event_name == 'push'\", ",
    "if: \"always() && needs.a.result == 'success'\", ",
    "if: \"contains(needs.*.result, 'failure')\", ",
    "if: '${{ false }} x', ",
];

const STEPS: [&str; 10] = [
    "{run: make}",
    "{run: make || true}",
    "{run: 'make | tee x'}",
    "{run: echo}",
    "{run: 'set +e; make; exit 0', shell: sh}",
    "{run: make, continue-on-error: true}",
    "{uses: actions/checkout@v4}",
    "{uses: x/y@v1, with: {needs: '${{ toJSON(needs) }}'}}",
    "{if: false, run: make}",
    "{run: '[ ${{ needs.b.result }} = x ]'}",
];

const NEEDS: [&str; 5] = [
    "",
    "needs: a, ",
    "needs: [a, b], ",
    "needs: c, ",
    "needs: [b, gone], ",
];

const PIECES: [&str; 30] = [
    "make", " ", "||", "&&", "|", ";", "\n", "true", "exit 0", "exit 1", "'", "\"", "\\", "$(",
    ")", "`", "${{", "}}", "${", "}", "#", "<<EOF\n", ">", "2>&1", "&", "set +e", "é", "tee x",
    "echo", "$'",
];

prop_compose! {
    fn job()(
        needs in select(&NEEDS[..]),
        condition in select(&CONDITIONS[..]),
        runner in select(&["ubuntu-latest", "windows-latest", "x"][..]),
        steps in prop::collection::vec(select(&STEPS[..]), 0..4),
        calls in prop::bool::weighted(0.1),
    ) -> String {
        if calls {
            return format!("{{{needs}{condition}uses: ./.github/workflows/b.yml}}");
        }
        format!("{{{needs}{condition}runs-on: {runner}, steps: [{}]}}", steps.join(", "))
    }
}

prop_compose! {
    fn workflow()(
        on in select(&EVENTS[..]),
        jobs in prop::collection::btree_map(select(&["a", "b", "c", "d"][..]), job(), 1..4),
    ) -> String {
        let jobs: Vec<String> = jobs.iter().map(|(id, job)| format!("  {id}: {job}\n")).collect();
        format!("on: {on}\njobs:\n{}", jobs.concat())
    }
}

prop_compose! {
    fn repository()(
        required in prop::collection::vec(
            (select(&["a", "b", "c", "d", "a / b", "c / a"][..]),
             select(&["", " from 15368", " from 99"][..])), 1..4),
        trees in prop::collection::vec(
            (select(&["", "before: ", "both: "][..]), select(&["a", "b"][..]), workflow()), 1..4),
    ) -> String {
        let required = required
            .iter()
            .map(|(context, pin)| format!("//@ require \"{context}\"{pin} by ruleset\n"));
        let files = trees
            .iter()
            .map(|(tree, name, text)| format!("//- {tree}.github/workflows/{name}.yml\n{text}"));
        required.chain(files).collect()
    }
}

proptest! {
    #[test]
    fn reports_keep_their_promises(text in repository()) {
        let mut fixture = Fixture::parse(&text);
        let report = fixture.report_by(&[&MD_008]);
        prop_assert!(report.meta.rule_errors.is_empty(), "{}", render(&report));
        for item in &report.items {
            prop_assert!(item.title.chars().count() <= 90, "{}", item.title);
            prop_assert!(!item.why.is_empty() && !item.fix.is_empty());
            for evidence in &item.evidence {
                prop_assert!(fixture.snapshot.after.files.contains_key(&evidence.path));
            }
        }
        // A pull request that changes nothing is never blamed for anything.
        fixture.snapshot.before = Some(fixture.snapshot.after.clone());
        let report = fixture.report_by(&[&MD_008]);
        prop_assert_eq!(report.summary.by_status.new, 0, "{}", render(&report));
    }

    #[test]
    fn any_text_is_a_script_or_is_not(text in any::<String>()) {
        only_sums_up(&text);
        lists(&text);
    }

    #[test]
    fn shell_soup_is_a_script_or_is_not(pieces in prop::collection::vec(select(&PIECES[..]), 0..24)) {
        let text = pieces.concat();
        only_sums_up(&text);
        for list in lists(&text).into_iter().flatten() {
            prop_assert!(!list.pipelines.is_empty());
            prop_assert!(list.line <= text.matches('\n').count());
            for command in list.pipelines.iter().flat_map(|(_, pipeline)| pipeline) {
                prop_assert!(!command.words.is_empty());
                kind(command);
            }
        }
    }
}
