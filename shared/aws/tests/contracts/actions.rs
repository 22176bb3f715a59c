//! The listed IAM actions are exactly those that the calls need.

use std::collections::BTreeSet;

use aws::actions::{Action, Need, Resource};
use aws::names::Names;

use crate::recorder::{Recorded, Recorder};

/// Holds what was called against what the ports say they call.
pub(crate) fn assert_listed(recorder: &Recorder, names: &Names, ports: &[&[Action]]) {
    let listed: BTreeSet<Recorded> = ports
        .iter()
        .copied()
        .flatten()
        .filter(|action| action.need == Need::Call)
        .map(|action| {
            let table = match action.on {
                Resource::Table(table) => Some(names.table(table)),
                _ => None,
            };
            (action.name.to_owned(), table)
        })
        .collect();
    assert_eq!(
        recorder.recorded(),
        listed,
        "aws::actions lists exactly what is called"
    );
}
