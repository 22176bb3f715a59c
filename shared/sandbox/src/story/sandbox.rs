//! The sandbox itself.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::app::{App, NewApp};
use super::repository::Repository;
use crate::clock::Clock;
use crate::git::Content;
use crate::http::{self, Call, Exchange, Fault};
use crate::shared::Shared;
use crate::state::{AccountKind, Delivery, Ruleset, State};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The sandbox's time.
    pub clock: Clock,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The id before the first that is given to anything; delivery GUIDs are made of ids, too.
    /// Who outlives a sandbox and meets another knows them apart by it. GraphQL's ids have 31
    /// bits, and ids below 1,000,000 are those of Apps that everybody knows.
    pub ids_after: u32,
}

impl Default for Options {
    /// This machine's time, any free port of 127.0.0.1, the same ids each time.
    fn default() -> Self {
        Self {
            clock: Clock::running(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ids_after: 1_000_000,
        }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would be reachable from elsewhere.
    #[error("the sandbox listens on loopback addresses only, and {address} is none")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address can't be had.
    #[error("the sandbox can't listen on {address}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

/// A GitHub in memory. It serves until it is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    base_url: String,
    clock: Clock,
    server: JoinHandle<()>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Sandbox {
    /// Starts an empty GitHub, on the current tokio runtime.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(StartError::NotLoopback { address });
        }
        let listening = http::bind(address).await;
        let local = listening.and_then(|it| it.local_addr().map(|local| (it, local)));
        let (listener, local) = local.map_err(|source| StartError::Listen { address, source })?;
        let base_url = format!("http://{local}");
        let state = State::new(
            options.clock.clone(),
            base_url.clone(),
            options.ids_after.into(),
        );
        let shared = Arc::new(Shared::new(state, Handle::current()));
        let server = tokio::spawn(http::serve(listener, Arc::clone(&shared)));
        Ok(Self {
            shared,
            base_url,
            clock: options.clock,
            server,
        })
    }

    /// `http://127.0.0.1:PORT`: the base of REST, with GraphQL at `/graphql`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Everything behind it.
    #[cfg(feature = "contract")]
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The sandbox's time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Registers an App.
    pub fn create_app(&self, app: NewApp) -> App {
        App::register(&self.shared, app)
    }

    /// An App that is registered, by its name in addresses: one that a browser has registered by a
    /// manifest.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn app(&self, slug: &str) -> App {
        App::find(&self.shared, slug).unwrap_or_else(|| panic!("there is no App {slug}"))
    }

    /// A person's account. Accounts that a story only mentions are organizations where they own
    /// a repository and people where they do something.
    pub fn create_user(&self, login: &str) {
        self.shared
            .with(|state| state.ensure_account(login, AccountKind::User).id);
    }

    /// A repository `owner/name` whose branch `main` has one commit with these files; without
    /// files, an empty repository.
    ///
    /// # Panics
    /// When the name is not `owner/name`, or is taken.
    #[track_caller]
    pub fn create_repository<P: Into<String>, C: Into<Content>>(
        &self,
        full_name: &str,
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Repository {
        Repository::create(&self.shared, full_name, files)
    }

    /// A repository that is there.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn repository(&self, full_name: &str) -> Repository {
        Repository::find(&self.shared, full_name)
    }

    /// Adds a ruleset to an organization: it applies to all of its repositories.
    pub fn add_organization_ruleset(&self, organization: &str, ruleset: Ruleset) -> u64 {
        self.shared.with(|state| {
            let id = state.fresh_id();
            let account = state.ensure_account(organization, AccountKind::Organization);
            account.rulesets.push(Ruleset { id, ..ruleset });
            id
        })
    }

    /// Every request so far, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls().clone()
    }

    /// Forgets the requests so far.
    pub fn forget_calls(&self) {
        self.shared.calls().clear();
    }

    /// Shows every request with its answer to this function, before it is sent.
    pub fn observe(&self, observer: impl Fn(&Exchange) + Send + Sync + 'static) {
        self.shared.observe(Arc::new(observer));
    }

    /// The next request to this endpoint (`METHOD template`, as [`Call::endpoint`] gives it)
    /// meets this fault.
    pub fn fail_next(&self, endpoint: &str, fault: Fault) {
        self.shared.faults().push(endpoint, fault);
    }

    /// Puts every request to this function; where it names a fault, the request meets it. The
    /// function may look at the sandbox and may go on with the story. It replaces the last one.
    pub fn inject_faults(&self, injector: impl Fn(&Call) -> Option<Fault> + Send + Sync + 'static) {
        self.shared.faults().inject(Arc::new(injector));
    }

    /// Every webhook delivery so far, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared
            .with(|state| state.deliveries.values().cloned().collect())
    }

    /// Delivers again, with the same GUID; the new delivery's id.
    ///
    /// # Panics
    /// When there is no such delivery.
    #[track_caller]
    pub fn redeliver(&self, delivery_id: u64) -> u64 {
        let id = self.shared.with(|state| state.redeliver(delivery_id));
        id.unwrap_or_else(|| panic!("there is no delivery {delivery_id}"))
    }

    /// Waits until every webhook was answered or given up.
    pub async fn settled(&self) {
        self.shared.settled().await;
    }

    /// Cuts recursive trees after this many entries, where GitHub does after 100,000.
    pub fn limit_tree_entries(&self, limit: usize) {
        self.shared.with(|state| state.tree_entry_limit = limit);
    }
}
