//! Metrics as log lines: CloudWatch's embedded metric format.
//!
//! What one invocation measures is added up and written by [`Emf::flush`] at its end, in as few
//! lines as the format allows: a line holds one value per dimension, so there are as many as the
//! dimension with the most values has.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use app::metrics::{Measurement, Metric, Metrics, Sample, Unit};
use app::ports::Clock;
use serde_json::{Map, Value, json};

/// The namespace of every metric.
pub const NAMESPACE: &str = "PhaseMirror";

/// The dimension that every metric has: what wrote it.
const FUNCTION: &str = "function";

/// The most metrics of one line, and the most values of one metric in it.
const MOST: usize = 100;

/// Adds measurements up, and writes them as lines of JSON.
pub struct Emf {
    function: &'static str,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    pending: BTreeMap<Key, Pending>,
    output: Box<dyn Write + Send>,
}

/// A metric's name, and the values of its dimensions.
type Key = (&'static str, Vec<String>);

struct Pending {
    metric: &'static Metric,
    values: Vec<f64>,
}

impl Emf {
    /// Writes to `output` (standard output on Lambda) as this function. `clock` dates the lines.
    pub fn new(
        function: &'static str,
        clock: Arc<dyn Clock>,
        output: impl Write + Send + 'static,
    ) -> Self {
        Self {
            function,
            clock,
            state: Mutex::new(State {
                pending: BTreeMap::new(),
                output: Box::new(output),
            }),
        }
    }

    /// Writes what was measured since the last time. To be called at the end of an invocation:
    /// afterwards the process may be frozen, and what is not written then comes late or never.
    pub fn flush(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(&mut state);
    }

    fn add(&self, state: &mut State, sample: Sample) {
        let key = (sample.metric.name, sample.dimensions);
        let pending = state.pending.entry(key).or_insert_with(|| Pending {
            metric: sample.metric,
            values: Vec::new(),
        });
        match (sample.metric.unit, pending.values.first_mut()) {
            (Unit::Count, Some(sum)) => *sum += sample.value,
            (Unit::Count | Unit::Level | Unit::Milliseconds, _) => {
                pending.values.push(sample.value);
            }
        }
        if pending.values.len() == MOST {
            self.write(state);
        }
    }

    fn write(&self, state: &mut State) {
        let timestamp = self.clock.now().as_millisecond();
        for line in lines(std::mem::take(&mut state.pending)) {
            let mut text = line.render(self.function, timestamp).to_string();
            text.push('\n');
            // In one piece, so that no other line gets in between. Where standard output is
            // closed nobody is left to tell.
            let _ = state.output.write_all(text.as_bytes());
        }
        let _ = state.output.flush();
    }
}

impl Metrics for Emf {
    fn record(&self, measurement: &Measurement<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for sample in measurement.samples() {
            self.add(&mut state, sample);
        }
    }
}

/// A line in the making.
#[derive(Default)]
struct Line {
    dimensions: BTreeMap<&'static str, String>,
    metrics: BTreeMap<&'static str, Pending>,
}

/// Puts each metric into the first line that has room for it.
fn lines(pending: BTreeMap<Key, Pending>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for ((name, values), pending) in pending {
        let dimensions: Vec<_> = pending.metric.dimensions.iter().zip(values).collect();
        let room = lines.iter_mut().find(|line| {
            line.metrics.len() < MOST
                && !line.metrics.contains_key(name)
                && dimensions.iter().all(|(dimension, value)| {
                    line.dimensions
                        .get(*dimension)
                        .is_none_or(|known| known == value)
                })
        });
        let line = match room {
            Some(line) => line,
            None => lines.push_mut(Line::default()),
        };
        line.dimensions
            .extend(dimensions.into_iter().map(|(name, value)| (*name, value)));
        line.metrics.insert(name, pending);
    }
    lines
}

impl Line {
    fn render(self, function: &str, timestamp: i64) -> Value {
        let mut directives = BTreeMap::<&[&str], Vec<Value>>::new();
        let mut root = Map::new();
        for (name, Pending { metric, values }) in self.metrics {
            let definition = json!({"Name": name, "Unit": metric.unit.as_str()});
            directives
                .entry(metric.dimensions)
                .or_default()
                .push(definition);
            root.insert(
                name.to_owned(),
                match *values {
                    [value] => json!(value),
                    _ => json!(values),
                },
            );
        }
        for (name, value) in self.dimensions {
            root.insert(name.to_owned(), json!(value));
        }
        root.insert(FUNCTION.to_owned(), json!(function));
        let directives: Vec<Value> = directives
            .into_iter()
            .map(|(dimensions, metrics)| {
                json!({
                    "Namespace": NAMESPACE,
                    "Dimensions": dimension_sets(dimensions),
                    "Metrics": metrics,
                })
            })
            .collect();
        root.insert(
            "_aws".to_owned(),
            json!({"Timestamp": timestamp, "CloudWatchMetrics": directives}),
        );
        Value::Object(root)
    }
}

/// With the function alone, for alarms on the whole, and with all dimensions, for looking closer.
fn dimension_sets(dimensions: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut sets = vec![vec![FUNCTION]];
    if !dimensions.is_empty() {
        sets.push([&[FUNCTION], dimensions].concat());
    }
    sets
}
