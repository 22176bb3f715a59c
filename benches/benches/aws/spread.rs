//! Percentiles of times, and of how far two kinds of times are apart.

use std::fmt;
use std::time::Duration;

/// How much longer the port may take than the request, at the 99th percentile.
const LIMIT: f64 = 1.2;

/// Times of one round, in order.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// In milliseconds.
    fn at(&self, percent: usize) -> f64 {
        let last = self.0.len() - 1;
        self.0[(self.0.len() * percent / 100).min(last)].as_secs_f64() * 1e3
    }
}

/// The rounds of one operation: of the port and of the request.
#[derive(Default)]
pub(crate) struct Comparison(Vec<[Spread; 2]>);

impl Comparison {
    /// What stands above the columns that are displayed.
    pub(crate) const HEADER: &str =
        "port p50      p99   SDK p50      p99   ratio p50      p99  (lowest and highest p99)";

    pub(crate) fn add(&mut self, port: Spread, request: Spread) {
        self.0.push([port, request]);
    }

    /// Whether the port takes too long beside the request.
    pub(crate) fn is_above_limit(&self) -> bool {
        self.ratio_at(99) > LIMIT
    }

    /// How many times as long the port took: the median of the rounds'.
    fn ratio_at(&self, percent: usize) -> f64 {
        let ratios = self.ratios_at(percent);
        ratios[ratios.len() / 2]
    }

    /// In order.
    fn ratios_at(&self, percent: usize) -> Vec<f64> {
        sorted(
            self.0
                .iter()
                .map(|[port, request]| port.at(percent) / request.at(percent)),
        )
    }

    /// The median of the rounds, in milliseconds: of the port (0) or of the request (1).
    fn time_at(&self, side: usize, percent: usize) -> f64 {
        let times = sorted(self.0.iter().map(|round| round[side].at(percent)));
        times[times.len() / 2]
    }
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for side in [0, 1] {
            let (median, p99) = (self.time_at(side, 50), self.time_at(side, 99));
            write!(f, "{median:8.2} {p99:8.2}  ")?;
        }
        let (median, p99) = (self.ratio_at(50), self.ratio_at(99));
        let p99s = self.ratios_at(99);
        let (lowest, highest) = (p99s[0], p99s[p99s.len() - 1]);
        write!(f, "{median:10.2} {p99:8.2}  ({lowest:.2} to {highest:.2})")?;
        if self.is_above_limit() {
            write!(f, "  above {LIMIT}")?;
        }
        Ok(())
    }
}
