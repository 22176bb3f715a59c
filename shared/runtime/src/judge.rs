//! The oracle beside async work.

use oracle::{Policy, Report, Run, Snapshot};

/// [`oracle::evaluate`], which may take seconds on a hostile repository, where it holds up
/// nobody.
pub(crate) fn judge(snapshot: &Snapshot, policy: &Policy, run: &Run) -> Report {
    aside(|| oracle::evaluate(snapshot, policy, run))
}

/// Computes on this thread, and has another serve the tasks that waited for it.
///
/// # Panics
/// On Tokio's current-thread runtime, which has no other.
fn aside<T>(compute: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(compute)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// The computation ends only once another task has run, on a runtime with one thread.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_is_computed_aside_holds_up_nobody() {
        let (sender, receiver) = mpsc::channel();
        let computing = tokio::spawn(async move {
            tokio::spawn(async move { sender.send("served") });
            aside(|| receiver.recv_timeout(Duration::from_secs(20)))
        });
        assert_eq!(computing.await.unwrap(), Ok("served"));
    }
}
