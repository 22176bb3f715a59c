//! Which calls were made: for `--explain-calls`.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use app::metrics::{GitHubCall, Measurement, Metrics};

/// Every attempt at a call, in the order of their ends.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Vec<GitHubCall>>);

impl Metrics for Calls {
    fn record(&self, measurement: &Measurement<'_>) {
        if let Measurement::GitHubCall(call) = measurement {
            let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(*call);
        }
    }
}

/// A line for each, and how many they are.
impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match calls.len() {
            1 => writeln!(f, "1 call of GitHub:")?,
            count => writeln!(f, "{count} calls of GitHub:")?,
        }
        let longest = calls.iter().map(|call| call.route.len()).max();
        let width = longest.unwrap_or_default();
        for call in &*calls {
            write!(f, "  {:<width$}  ", call.route)?;
            match call.status {
                Some(status) => write!(f, "{status}")?,
                None => f.write_str("no answer")?,
            }
            if call.attempt > 1 {
                write!(f, ", attempt {}", call.attempt)?;
            }
            if let Some(remaining) = call.remaining {
                write!(f, ", {remaining} left")?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_has_its_line() {
        let calls = Calls::default();
        let call = GitHubCall {
            route: "POST /graphql",
            status: None,
            attempt: 1,
            remaining: None,
        };
        calls.record(&Measurement::GitHubCall(call));
        calls.record(&Measurement::GitHubCall(GitHubCall {
            status: Some(200),
            attempt: 2,
            remaining: Some(4_999),
            ..call
        }));
        let expected = "\
2 calls of GitHub:
  POST /graphql  no answer
  POST /graphql  200, attempt 2, 4999 left
";
        assert_eq!(calls.to_string(), expected);
    }
}
