//! Metrics as CloudWatch reads them: against its own schema, and as few lines.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::evaluate::Postponed;
use app::ingest::{BadRequest, IngestOutcome};
use app::metrics::{GitHubCall, METRICS, Measurement, Metrics, Phase};
use app::ports::DeliveryOutcome;
use app::testing::World;
use expect_test::expect;
use runtime::telemetry::emf::Emf;
use serde_json::Value;

/// Standard output, kept.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    /// The lines so far, each valid by the specification's own schema and by what it says beside:
    /// every metric and dimension that is named is there, at most 100 of either kind.
    fn lines(&self) -> Vec<String> {
        let schema = serde_json::from_str(include_str!("data/emf.schema.json")).expect("JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let text = String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8");
        for line in text.lines() {
            let json: Value = serde_json::from_str(line).expect("JSON");
            let errors: Vec<_> = schema.iter_errors(&json).map(|it| it.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?} in {line}");
            for directive in list(&json["_aws"]["CloudWatchMetrics"]) {
                for name in list(&directive["Dimensions"]).iter().flat_map(list) {
                    let value = json[name.as_str().expect("a name")]
                        .as_str()
                        .expect("a value of it");
                    assert!((1..=1024).contains(&value.len()), "{name} in {line}");
                }
                assert!((1..=100).contains(&list(&directive["Metrics"]).len()));
                for metric in list(&directive["Metrics"]) {
                    let value = &json[metric["Name"].as_str().expect("a name")];
                    let values = value.as_array().map_or(1, Vec::len);
                    assert!((1..=100).contains(&values), "{metric} in {line}");
                    let first = value.get(0).unwrap_or(value);
                    assert!(first.is_number(), "{metric} in {line}");
                }
            }
        }
        text.lines().map(str::to_owned).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn emf() -> (Emf, Output) {
    let output = Output::default();
    let emf = Emf::new("pull-request", World::new(), output.clone());
    (emf, output)
}

fn call(route: &'static str, status: Option<u16>) -> Measurement<'static> {
    Measurement::GitHubCall(GitHubCall {
        route,
        status,
        attempt: 1,
        remaining: Some(4_999),
    })
}

#[test]
fn an_invocation_is_a_line() {
    let (emf, output) = emf();
    for _ in 0..3 {
        emf.record(&call("POST /graphql", Some(200)));
    }
    emf.record(&Measurement::Took(
        Phase::Snapshot,
        Duration::from_micros(1_500),
    ));
    emf.record(&Measurement::Finished(DeliveryOutcome::Done));
    assert_eq!(
        output.lines(),
        [""; 0],
        "nothing is written in the midst of it"
    );
    emf.flush();
    emf.flush();
    expect![[r#"{"DeliveriesFinished":1.0,"GitHubCalls":3.0,"GitHubRemainingCalls":[4999.0,4999.0,4999.0],"SnapshotTime":1.5,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["function"]],"Metrics":[{"Name":"GitHubRemainingCalls","Unit":"Count"},{"Name":"SnapshotTime","Unit":"Milliseconds"}],"Namespace":"PhaseMirror"},{"Dimensions":[["function"],["function","outcome"]],"Metrics":[{"Name":"DeliveriesFinished","Unit":"Count"}],"Namespace":"PhaseMirror"},{"Dimensions":[["function"],["function","route"]],"Metrics":[{"Name":"GitHubCalls","Unit":"Count"}],"Namespace":"PhaseMirror"}],"Timestamp":1767225600000},"function":"pull-request","outcome":"done","route":"POST /graphql"}"#]].assert_eq(&output.lines().join("\n"));
}

#[test]
fn values_of_one_dimension_need_a_line_each() {
    let (emf, output) = emf();
    emf.record(&call("POST /graphql", Some(502)));
    emf.record(&call("GET /repos/{owner}/{repo}", None));
    emf.record(&Measurement::Postponed(Postponed::RateLimited));
    emf.record(&Measurement::Received(IngestOutcome::BadRequest(
        BadRequest::ContentType,
    )));
    emf.flush();
    assert_eq!(output.lines().len(), 2);
}

#[test]
fn many_values_of_one_metric_are_all_written() {
    let (emf, output) = emf();
    for milliseconds in 0..250 {
        let took = Duration::from_millis(milliseconds);
        emf.record(&Measurement::Took(Phase::Evaluate, took));
        emf.record(&Measurement::Failed);
    }
    emf.flush();
    let lines: Vec<Value> = output
        .lines()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let times: usize = lines.iter().map(|it| list(&it["EvaluateTime"]).len()).sum();
    let failures: f64 = lines
        .iter()
        .filter_map(|it| it["DeliveriesFailed"].as_f64())
        .sum();
    assert_eq!((lines.len(), times), (3, 250));
    assert!((failures - 250.0).abs() < f64::EPSILON);
}

/// A metric's and a dimension's value are members of one object.
#[test]
fn no_metric_has_the_name_of_a_dimension() {
    for metric in METRICS {
        for dimension in metric.dimensions {
            assert!(METRICS.iter().all(|other| other.name != *dimension));
            assert_ne!(*dimension, "function");
        }
    }
}
