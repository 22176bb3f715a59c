//! The fake that keeps what was measured.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::metrics::{Measurement, Metrics};

/// Adds values up by metric and dimensions.
#[derive(Debug, Default)]
pub struct Measured(Mutex<BTreeMap<String, f64>>);

impl Measured {
    /// `Metric{dimension=value}` with the sum of its values, in the order of the alphabet.
    pub fn lines(&self) -> Vec<String> {
        let sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.iter()
            .map(|(name, sum)| format!("{name} {sum}"))
            .collect()
    }
}

impl Metrics for Measured {
    fn record(&self, measurement: &Measurement<'_>) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sample in measurement.samples() {
            let dimensions: Vec<String> = sample
                .metric
                .dimensions
                .iter()
                .zip(&sample.dimensions)
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let name = format!("{}{{{}}}", sample.metric.name, dimensions.join(","));
            *sums.entry(name).or_default() += sample.value;
        }
    }
}
