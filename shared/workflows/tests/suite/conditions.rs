//! `if` of a job in a run that one supposes, and what else decides how a step ends.

use workflows::JobResult::{Failure, Skipped, Success};
use workflows::{Condition, Env, JobResult, SupposedRun, Value};

use crate::parsing::read;

/// Whether a job with this `if`, which needs `a` and `b`, runs when they end like this.
fn runs(condition: &str, event: &str, a: JobResult, b: JobResult) -> Option<bool> {
    let text = format!(
        "on: push\njobs:\n  a: &job {{runs-on: x, steps: [{{run: x}}]}}\n  b: *job\n  gate:\n    \
         needs: [a, b]\n    if: {condition}\n    runs-on: x\n    steps: [{{run: x}}]\n"
    );
    let workflow = read(&text);
    let all = if [a, b].contains(&Failure) {
        Failure
    } else {
        a.max(b)
    };
    let job = workflow.job("gate").expect("the gate");
    Condition::of(job).holds_for_job(&SupposedRun {
        event,
        needs: &[("a", Some(a)), ("b", Some(b))],
        ancestors: all,
    })
}

#[test]
fn a_failed_need_skips_unless_a_status_function_is_called() {
    for (condition, after_success, after_failure) in [
        ("", Some(true), Some(false)),
        ("'true'", Some(true), Some(false)),
        ("github.actor == 'x'", None, Some(false)),
        ("success()", Some(true), Some(false)),
        ("always()", Some(true), Some(true)),
        ("'!cancelled()'", Some(true), Some(true)),
        ("${{ !cancelled() }}", Some(true), Some(true)),
        ("failure()", Some(false), Some(true)),
        ("'!failure()'", Some(true), Some(false)),
        ("success() || failure()", Some(true), Some(true)),
        ("always() && github.actor == 'x'", None, None),
        (
            "always() && needs.a.result == 'success'",
            Some(true),
            Some(false),
        ),
        (
            "always() && needs.b.result == 'success'",
            Some(true),
            Some(true),
        ),
        (
            "always() && needs.A['result'] != 'failure'",
            Some(true),
            Some(false),
        ),
        (
            "always() && contains(needs.*.result, 'failure')",
            Some(false),
            Some(true),
        ),
        (
            "always() && !contains(needs.*.result, 'failure')",
            Some(true),
            Some(false),
        ),
        (
            "always() && join(needs.*.result, '') == 'successsuccess'",
            Some(true),
            Some(false),
        ),
        ("always() && needs.a.outputs.x == 'y'", None, None),
        ("always() && needs.c.result == 'y'", None, None),
    ] {
        assert_eq!(
            runs(condition, "push", Success, Success),
            after_success,
            "{condition}"
        );
        assert_eq!(
            runs(condition, "push", Failure, Success),
            after_failure,
            "{condition}"
        );
    }
    assert_eq!(runs("failure()", "push", Skipped, Success), Some(false));
    assert_eq!(runs("", "push", Skipped, Success), Some(false));
}

fn on_events(cases: &[(&str, &str, Option<bool>)]) {
    for (condition, event, expected) in cases {
        let found = runs(condition, event, Success, Success);
        assert_eq!(found, *expected, "{condition} on {event}");
    }
}

#[test]
fn the_event_decides_where_it_is_asked_for() {
    let push = "github.event_name == 'push'";
    on_events(&[
        (push, "pull_request", Some(false)),
        ("github.event_name == 'Push'", "push", Some(true)),
        (
            "contains('push schedule', github.event_name)",
            "push",
            Some(true),
        ),
        // One side is enough, whichever it is.
        (
            "github.event_name != 'push' && github.actor == 'x'",
            "push",
            Some(false),
        ),
        (
            "github.actor == 'x' && github.event_name != 'push'",
            "push",
            Some(false),
        ),
        (
            "github.actor == 'x' || github.event_name == 'push'",
            "push",
            Some(true),
        ),
        (
            &format!("{push} && github.event_name == 'x'"),
            "push",
            Some(false),
        ),
    ]);
}

#[test]
fn the_event_tells_how_the_ref_begins() {
    let main = "github.ref == 'refs/heads/main'";
    on_events(&[
        (main, "pull_request", Some(false)),
        (main, "push", None),
        (
            "github.ref != 'refs/heads/main'",
            "pull_request",
            Some(true),
        ),
        (
            "\"'refs/heads/main' == github.ref\"",
            "merge_group",
            Some(false),
        ),
        ("github.ref == 'refs/pull/1/merge'", "pull_request", None),
        (
            "startsWith(github.ref, 'refs/tags/')",
            "pull_request",
            Some(false),
        ),
        (
            "startsWith(github.ref, 'refs/')",
            "pull_request",
            Some(true),
        ),
        (
            "startsWith(github.ref, 'refs/pull/1')",
            "pull_request",
            None,
        ),
        (
            "startsWith(github.ref, 'refs/tags/')",
            "pull_request_target",
            None,
        ),
    ]);
}

#[test]
fn text_around_an_expression_is_always_true() {
    for condition in [
        "${{ false }} || false",
        "${{ false }} and more",
        "\"${{ false }} \"",
    ] {
        assert_eq!(
            runs(condition, "push", Success, Success),
            Some(true),
            "{condition}"
        );
    }
    for condition in [
        "false",
        "'false'",
        "${{ false }}",
        "0",
        "\"''\"",
        "${{ null }}",
    ] {
        assert_eq!(
            runs(condition, "push", Success, Success),
            Some(false),
            "{condition}"
        );
    }
    assert_eq!(
        runs(
            "${{ github.actor }}${{ github.sha }}",
            "push",
            Success,
            Success
        ),
        None
    );
}

#[test]
fn a_steps_condition_is_known_where_it_is_constant() {
    let holds = |text: &str| Condition::parse(text).holds_for_step();
    assert_eq!(holds("false"), Some(false));
    assert_eq!(holds("${{ true }}"), Some(true));
    assert_eq!(holds("always()"), Some(true));
    for unknown in [
        "failure()",
        "github.event_name == 'push'",
        "steps.a.outcome == 'failure'",
        "not an expression",
    ] {
        assert_eq!(holds(unknown), None, "{unknown}");
    }
}

#[test]
fn shells_and_variables_of_every_level_are_read() {
    let workflow = read(
        "\
on: push
env: {TOP: '${{ secrets.TOKEN }}', N: 3}
defaults: {run: {shell: bash, working-directory: x}}
jobs:
  a:
    runs-on: x
    env: '${{ fromJSON(vars.ENV) }}'
    defaults: {run: {shell: sh}}
    steps: [{run: x, env: {A: '${{ needs.b.result }}'}}, {uses: y}]
  b: {runs-on: x, defaults: {run: }, steps: [{run: x}]}
",
    );
    let texts = |env: Option<&workflows::Spanned<Env>>| -> Vec<String> {
        let env = env.expect("an env");
        env.texts().map(str::to_owned).collect()
    };
    let a = workflow.job("a").expect("a");
    assert_eq!(
        workflow.default_shell.as_deref().map(String::as_str),
        Some("bash")
    );
    assert_eq!(a.default_shell.as_deref().map(String::as_str), Some("sh"));
    assert_eq!(workflow.job("b").expect("b").default_shell, None);
    assert_eq!(
        texts(workflow.env.as_ref()),
        ["TOP", "${{ secrets.TOKEN }}", "N"]
    );
    assert_eq!(texts(a.env.as_ref()), ["${{ fromJSON(vars.ENV) }}"]);
    assert_eq!(
        texts(a.steps[0].env.as_ref()),
        ["A", "${{ needs.b.result }}"]
    );
    assert_eq!(a.steps[1].env, None);
    let Some(Env::Variables(variables)) = workflow.env.as_deref() else {
        panic!("variables");
    };
    assert_eq!(variables[1].1.value, Value::Number(3.0));
    assert_eq!(workflow.problems, []);
}
