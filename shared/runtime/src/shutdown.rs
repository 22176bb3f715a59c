//! Signals: the first asks for a shutdown in order, the second ends the process at once.

use tokio_util::sync::CancellationToken;

/// The exit code of a process that was asked twice to end (128 + SIGINT, as shells have it).
const ENDED_AT_ONCE: i32 = 130;

/// Cancels the token at the first SIGINT or SIGTERM and ends the process at the second.
///
/// Ending at once is safe: a killed delivery is taken up again at the next start.
pub fn on_signals(stop: CancellationToken) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping; a second signal ends the process at once");
        stop.cancel();
        signals.next().await;
        std::process::exit(ENDED_AT_ONCE);
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a way to hear Ctrl-C there is nothing to wait for but the process's end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
