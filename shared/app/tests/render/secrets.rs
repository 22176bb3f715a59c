//! A repository whose offending lines hold secrets: none of them is in what people and programs
//! are given.

use app::render::{
    Observed, TextOptions, check_output, report_markdown, report_sarif, report_text,
};
use oracle::Report;
use oracle::testing::Fixture;

/// Secrets, put together when the test runs, with the kind that each is shown as.
fn secrets() -> [(&'static str, String); 9] {
    let noise = "q7Rk2Zx9Lw4Vb8Nc3Tm6Yp1Hs5Jd0Gfq7Rk2Zx9L";
    [
        ("github-token", format!("ghp_{}", &noise[..36])),
        ("registry-token", format!("npm_{}", &noise[..36])),
        (
            "aws-access-key",
            format!("AKIA{}", noise[..16].to_uppercase()),
        ),
        ("stripe-key", format!("sk_live_{}", &noise[..24])),
        ("password", "correct-horse-battery".to_owned()),
        ("url-credentials", "app:hunter2hunter2".to_owned()),
        ("email", "jane.doe@example.com".to_owned()),
        ("ip", "10.20.30.40".to_owned()),
        ("private-key", format!("MIIE{noise}{}", &noise[..20])),
    ]
}

/// Names, filters and expressions that MD-001 tells of, and the lines that it shows.
fn checks() -> Fixture {
    let [token, npm, aws, stripe, password, url, mail, ip, _] = secrets().map(|(_, it)| it);
    Fixture::parse(&format!(
        "\
//@ before
//@ require \"build {token}\" by ruleset
//@ require \"lint\" from 15368 by classic
//@ require \"test {aws}\" by ruleset
//- .github/workflows/ci.yml
on:
  pull_request:
    paths: ['src/{npm}/**'] # password={password}
jobs:
  lint:
    name: lint # {mail}; psql postgres://{url}@{ip}/db
    runs-on: ubuntu-latest
    steps: [run: make]
//- .github/workflows/build.yml
on: pull_request
jobs:
  build:
    name: build it # {token}x
    runs-on: ubuntu-latest
    steps: [run: make]
  test:
    name: test ${{{{ fromJSON(format('{stripe}', github.event.x)) }}}}
    runs-on: ubuntu-latest
    steps: [run: make]
"
    ))
}

/// Files that MD-000 can't read, with what the parser says of them and the lines that it shows.
fn unreadable() -> Fixture {
    let [_, _, _, stripe, _, _, _, _, key] = secrets().map(|(_, it)| it);
    let frame = |edge: &str| format!("-----{edge} PRIVATE KEY-----");
    Fixture::parse(&format!(
        "\
//@ before
//- .github/workflows/twice.yml
on: push
env:
  {stripe}: 1
  {stripe}: 2
//- .github/workflows/key.yml
on: push
env:
  KEY: |
    {begin}
    {key}
{key}
    {end}
",
        begin = frame("BEGIN"),
        end = frame("END"),
    ))
}

#[test]
fn no_secret_of_a_repository_is_in_its_report_or_check_run() {
    let reports = [(1, checks().report()), (2, unreadable().report())];
    let rules = |report: &Report| report.items.iter().map(|it| it.rule_id.clone()).collect();
    let [first, second]: [Vec<String>; 2] = [rules(&reports[0].1), rules(&reports[1].1)];
    assert_eq!(
        (first, second),
        (vec!["MD-001".to_owned(); 2], vec!["MD-000".to_owned(); 2])
    );

    let both = |form: fn(&Report) -> String| form(&reports[0].1) + &form(&reports[1].1);
    let forms = [
        both(Report::to_json),
        both(report_sarif),
        both(report_markdown),
        both(|report| report_text(report, TextOptions::default())),
        format!("{:?}", check_output(&reports, Observed::Unsaid)),
    ];
    for shown in forms {
        for (kind, secret) in secrets() {
            let half = &secret[..secret.len() / 2];
            assert!(!shown.contains(half), "{kind} in {shown}");
            // In Markdown, brackets are escaped outside of code.
            let placeholder = format!("REDACTED:{kind}");
            assert!(shown.contains(&placeholder), "no {kind} in {shown}");
        }
    }
}
