//! Parameters of SSM, read again while the process lives: a secret that is replaced there is in
//! force here some minutes later, without a restart.

use std::collections::hash_map::RandomState;
use std::error::Error;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use async_trait::async_trait;
use aws::{ParameterError, ParameterSet};
use codes::Code;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

/// After this time what was read is read again.
const FRESH: Duration = Duration::from_mins(5);

/// While reading fails, what was read last stays in force for this long.
const KEPT: Duration = Duration::from_hours(1);

/// After a failure nobody asks again for this long: SSM limits the requests of a whole account,
/// and a queue that is worked off would use them up.
const PAUSE: Duration = Duration::from_secs(5);

/// Reads parameters; [`aws::Parameters`] but in tests.
#[async_trait]
pub(super) trait ReadParameters: Send + Sync {
    /// Reads these in one call.
    async fn read(&self, names: &[String]) -> Result<ParameterSet, ParameterError>;
}

#[async_trait]
impl ReadParameters for aws::Parameters {
    async fn read(&self, names: &[String]) -> Result<ParameterSet, ParameterError> {
        self.read(names).await
    }
}

/// Makes a value of parameters, or says everything that is wrong with them.
pub(super) type Understand<T> = Box<dyn Fn(&ParameterSet) -> Result<T, Vec<String>> + Send + Sync>;

/// A value made of parameters, as it was some minutes ago at most.
pub(super) struct Cached<T> {
    source: Arc<dyn ReadParameters>,
    names: Vec<String>,
    understand: Understand<T>,
    clock: Arc<dyn Clock>,
    hashes: RandomState,
    state: Mutex<State<T>>,
}

struct State<T> {
    known: Option<Known<T>>,
    /// When the source was last asked, and why that came to nothing.
    failed: Option<(Timestamp, Arc<Unavailable>)>,
}

/// What a value was made of. Versions alone are not enough: those of a parameter that was deleted
/// and made again count from 1.
#[derive(PartialEq, Eq)]
struct Identity {
    version: String,
    content: u64,
}

struct Known<T> {
    value: Arc<T>,
    identity: Identity,
    read_at: Timestamp,
}

/// The parameters can't be read, or can't be used as they are.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unavailable {
    /// They can't be read.
    #[error("the parameters can't be read")]
    Read(#[source] ParameterError),
    /// They are there and wrong.
    #[error("the parameters can't be used: {}", .0.join("; "))]
    Wrong(Vec<String>),
}

/// Nothing that is new enough.
struct Failed<T> {
    error: Arc<Unavailable>,
    /// What was read last, while it may still be used.
    last: Option<Arc<T>>,
}

impl Unavailable {
    /// The code that docs/errors.md explains.
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Read(error) => error.code(),
            Self::Wrong(_) => codes::PARAMETER_MALFORMED,
        }
    }
}

impl<T> Cached<T> {
    pub(super) fn new(
        source: Arc<dyn ReadParameters>,
        names: Vec<String>,
        clock: Arc<dyn Clock>,
        understand: Understand<T>,
    ) -> Self {
        Self {
            source,
            names,
            understand,
            clock,
            hashes: RandomState::new(),
            state: Mutex::new(State {
                known: None,
                failed: None,
            }),
        }
    }

    /// The value as it was some minutes ago at most, or up to an hour ago where it can't be read
    /// now. The same (by [`Arc::ptr_eq`]) while the parameters are the same.
    pub(super) async fn current(&self) -> Result<Arc<T>, Arc<Unavailable>> {
        let read = self.read_within(FRESH).await;
        read.or_else(|failed| failed.last.ok_or(failed.error))
    }

    /// The value as it was at most `age` ago.
    #[cfg(feature = "webhook-function")]
    pub(super) async fn within(&self, age: Duration) -> Result<Arc<T>, Arc<Unavailable>> {
        self.read_within(age).await.map_err(|failed| failed.error)
    }

    /// Whoever comes while somebody reads waits for the same answer.
    async fn read_within(&self, age: Duration) -> Result<Arc<T>, Failed<T>> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        match &state.known {
            Some(known) if is_within(now, known.read_at, age) => {
                return Ok(Arc::clone(&known.value));
            }
            _ => {}
        }
        let recent = state.failed.as_ref();
        if let Some((_, error)) = recent.filter(|(at, _)| is_within(now, *at, PAUSE)) {
            return Err(Failed {
                error: Arc::clone(error),
                last: state.last(now),
            });
        }
        match self.read().await {
            Ok((value, identity)) => Ok(state.accept(value, identity, now)),
            Err(error) => {
                let error = Arc::new(error);
                // The pause begins when nobody waits for an answer any more.
                let now = self.clock.now();
                state.failed = Some((now, Arc::clone(&error)));
                let last = state.last(now);
                tracing::error!(
                    error.code = %error.code(),
                    error = &*error as &dyn Error,
                    parameters.kept = last.is_some(),
                    "parameters not read"
                );
                Err(Failed { error, last })
            }
        }
    }

    async fn read(&self) -> Result<(T, Identity), Unavailable> {
        let set = self.source.read(&self.names).await;
        let set = set.map_err(Unavailable::Read)?;
        let value = (self.understand)(&set).map_err(Unavailable::Wrong)?;
        let identity = Identity {
            version: version(&set),
            content: self.content(&set),
        };
        Ok((value, identity))
    }

    /// A digest of the values, under a key of this process's own.
    fn content(&self, set: &ParameterSet) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        for (name, parameter) in &set.found {
            (name, parameter.value.expose_secret()).hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl<T> State<T> {
    fn accept(&mut self, value: T, identity: Identity, now: Timestamp) -> Arc<T> {
        self.failed = None;
        if let Some(known) = self
            .known
            .as_mut()
            .filter(|known| known.identity == identity)
        {
            known.read_at = now;
            return Arc::clone(&known.value);
        }
        tracing::info!(
            configuration.version = identity.version,
            "parameters in force"
        );
        let value = Arc::new(value);
        self.known = Some(Known {
            value: Arc::clone(&value),
            identity,
            read_at: now,
        });
        value
    }

    fn last(&self, now: Timestamp) -> Option<Arc<T>> {
        let known = self.known.as_ref()?;
        is_within(now, known.read_at, KEPT).then(|| Arc::clone(&known.value))
    }
}

/// Whether `then` is less than `age` before `now`, or after it: the clock was set back.
fn is_within(now: Timestamp, then: Timestamp, age: Duration) -> bool {
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    now.duration_since(then) < age
}

/// The versions of parameters, by their last part: `private_key@3 app_id@1`.
fn version(set: &ParameterSet) -> String {
    let of = |(name, parameter): (&String, &aws::Parameter)| {
        let short = name.rsplit('/').next().unwrap_or(name);
        format!("{short}@{}", parameter.version)
    };
    set.found.iter().map(of).collect::<Vec<_>>().join(" ")
}
