//! What is being done, on a terminal, once it takes over a second.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Before this nobody wonders.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is drawn anew.
const BEAT: Duration = Duration::from_millis(120);

const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// What is being done, in words.
type Work = Cow<'static, str>;

/// A line on standard error that is gone when the work is done.
pub(crate) struct Progress {
    /// `None` where nobody would see it.
    line: Option<(Sender<Work>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins with the first piece of work.
    pub(crate) fn begin(work: impl Into<Work>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { line: None };
        }
        let work = work.into();
        let (sender, receiver) = channel();
        let drawing = std::thread::spawn(move || draw(work, &receiver));
        Self {
            line: Some((sender, drawing)),
        }
    }

    /// Goes on with another piece of work.
    pub(crate) fn now(&self, work: impl Into<Work>) {
        if let Some((sender, _)) = &self.line {
            // Who draws is there until the sender is dropped.
            let _ = sender.send(work.into());
        }
    }
}

/// The work is done, or has failed: the line is gone before anything else is said.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, drawing)) = self.line.take() {
            drop(sender);
            // It can't panic, and if it did, only a line would be left.
            let _ = drawing.join();
        }
    }
}

fn draw(mut work: Work, news: &Receiver<Work>) {
    let mut wait = PATIENCE;
    let mut drawn = false;
    for frame in FRAMES.iter().cycle() {
        loop {
            match news.recv_timeout(wait) {
                Ok(next) => work = next,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    if drawn {
                        let _ = write!(std::io::stderr(), "\r\x1b[K");
                    }
                    return;
                }
            }
        }
        let _ = write!(std::io::stderr(), "\r\x1b[K{frame} {work}");
        drawn = true;
        wait = BEAT;
    }
}
