//! The fake stores.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::world::{HeldLease, State, World, later};
use crate::error::{StoreError, StoreErrorKind, Table};
use crate::event::{DeliveryId, Head, Message};
use crate::ports::{
    Acquired, Budget, Budgets, Deliveries, Evaluations, EventQueue, FinishedDelivery, Generation,
    HeadPullRequest, Heads, Installations, Lease, Leases, Pause, Policies, PolicyOf, Purge, Purged,
    StoredEvaluation, StoredPolicy,
};
use crate::retention;

const fn table(name: &'static str, key: &'static str) -> Table {
    Table { name, key }
}

const QUEUE: Table = table("queue", "delivery");
const DELIVERIES: Table = table("deliveries", "delivery");
const LEASES: Table = table("leases", "head");
const HEADS: Table = table("heads", "head");
const EVALUATIONS: Table = table("evaluations", "head and generation");
const POLICIES: Table = table("policies", "account or branch");
const PAUSES: Table = table("pauses", "installation");
const INSTALLATIONS: Table = table("installations", "repository");

fn error(operation: &'static str, table: Table, kind: StoreErrorKind) -> StoreError {
    StoreError {
        operation,
        table,
        kind,
        source: None,
    }
}

impl World {
    async fn store<R>(
        &self,
        operation: &'static str,
        table: Table,
        effect: impl FnOnce(&mut State) -> R,
    ) -> Result<R, StoreError> {
        // Stores fence what arrives late, so that nothing here has to be in time.
        self.call(operation, Duration::MAX, effect)
            .await
            .ok_or_else(|| error(operation, table, StoreErrorKind::Unavailable))
    }

    /// A write about a head that only the latest epoch may make.
    async fn fenced(
        &self,
        operation: &'static str,
        lease: &Lease,
        effect: impl FnOnce(&mut State),
    ) -> Result<(), StoreError> {
        let written = self
            .store(operation, HEADS, |state| {
                let current = state.leases.get(&lease.head).map(|held| held.epoch);
                let ours = current == Some(lease.epoch);
                if ours {
                    effect(state);
                }
                ours
            })
            .await?;
        if written {
            Ok(())
        } else {
            Err(error(operation, HEADS, StoreErrorKind::Stale))
        }
    }
}

#[async_trait]
impl EventQueue for World {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.store("EventQueue::send", QUEUE, |state| {
            state.queue.push(message.clone());
        })
        .await
    }
}

#[async_trait]
impl Deliveries for World {
    async fn finished(&self, id: &DeliveryId) -> Result<Option<FinishedDelivery>, StoreError> {
        self.store("Deliveries::finished", DELIVERIES, |state| {
            state.deliveries.get(id).cloned()
        })
        .await
    }

    async fn finish(&self, id: &DeliveryId, end: &FinishedDelivery) -> Result<(), StoreError> {
        self.store("Deliveries::finish", DELIVERIES, |state| {
            state
                .deliveries
                .entry(id.clone())
                .or_insert_with(|| end.clone());
        })
        .await
    }
}

#[async_trait]
impl Leases for World {
    async fn acquire(
        &self,
        head: &Head,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Acquired, StoreError> {
        self.store("Leases::acquire", LEASES, |state| {
            let kept = state.leases.entry(head.clone()).or_insert(HeldLease {
                epoch: 0,
                until: None,
            });
            if let Some(until) = kept.until.filter(|until| *until > now) {
                return Acquired::Held { until };
            }
            kept.epoch += 1;
            kept.until = Some(later(now, ttl));
            Acquired::Granted(Lease {
                head: head.clone(),
                epoch: kept.epoch,
                until: later(now, ttl),
            })
        })
        .await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let renewed = self
            .store("Leases::renew", LEASES, |state| {
                let kept = state.leases.get_mut(&lease.head)?;
                if kept.epoch != lease.epoch || kept.until.is_none() {
                    return None;
                }
                kept.until = Some(later(now, ttl));
                Some(Lease {
                    until: later(now, ttl),
                    ..lease.clone()
                })
            })
            .await?;
        renewed.ok_or_else(|| error("Leases::renew", LEASES, StoreErrorKind::Stale))
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.store("Leases::release", LEASES, |state| {
            if let Some(kept) = state.leases.get_mut(&lease.head)
                && kept.epoch == lease.epoch
            {
                kept.until = None;
            }
        })
        .await
    }

    async fn abandon(&self, lease: &Lease) -> Result<(), StoreError> {
        self.store("Leases::abandon", LEASES, |state| {
            let is_ours = |held: &HeldLease| held.epoch == lease.epoch;
            if state.leases.get(&lease.head).is_some_and(is_ours) {
                state.leases.remove(&lease.head);
            }
        })
        .await
    }
}

#[async_trait]
impl Heads for World {
    async fn watch(&self, lease: &Lease, pull_request: &HeadPullRequest) -> Result<(), StoreError> {
        self.fenced("Heads::watch", lease, |state| {
            let watched = state.watched.entry(lease.head.clone()).or_default();
            watched.insert(pull_request.number, pull_request.clone());
        })
        .await
    }

    async fn forget(&self, lease: &Lease, number: u64) -> Result<(), StoreError> {
        self.fenced("Heads::forget", lease, |state| {
            if let Some(watched) = state.watched.get_mut(&lease.head) {
                watched.remove(&number);
            }
        })
        .await
    }

    async fn watched(&self, head: &Head) -> Result<Vec<HeadPullRequest>, StoreError> {
        self.store("Heads::watched", HEADS, |state| {
            let watched = state.watched.get(head);
            watched.map_or_else(Vec::new, |watched| watched.values().cloned().collect())
        })
        .await
    }

    async fn generation(&self, head: &Head) -> Result<Option<Generation>, StoreError> {
        self.store("Heads::generation", HEADS, |state| {
            state.generations.get(head).cloned()
        })
        .await
    }

    async fn save_generation(
        &self,
        lease: &Lease,
        generation: &Generation,
    ) -> Result<(), StoreError> {
        self.fenced("Heads::save_generation", lease, |state| {
            state
                .generations
                .insert(lease.head.clone(), generation.clone());
        })
        .await
    }
}

#[async_trait]
impl Evaluations for World {
    async fn put(
        &self,
        head: &Head,
        generation: u32,
        evaluation: &StoredEvaluation,
    ) -> Result<StoredEvaluation, StoreError> {
        self.store("Evaluations::put", EVALUATIONS, |state| {
            state
                .evaluations
                .entry((head.clone(), generation))
                .or_insert_with(|| evaluation.clone())
                .clone()
        })
        .await
    }

    async fn load(
        &self,
        head: &Head,
        generation: u32,
    ) -> Result<Option<StoredEvaluation>, StoreError> {
        self.store("Evaluations::load", EVALUATIONS, |state| {
            state.evaluations.get(&(head.clone(), generation)).cloned()
        })
        .await
    }
}

#[async_trait]
impl Policies for World {
    async fn last_valid(&self, of: &PolicyOf) -> Result<Option<StoredPolicy>, StoreError> {
        self.store("Policies::last_valid", POLICIES, |state| {
            state.policies.get(of).cloned()
        })
        .await
    }

    async fn keep(&self, of: &PolicyOf, policy: &StoredPolicy) -> Result<(), StoreError> {
        self.store("Policies::keep", POLICIES, |state| {
            state.policies.insert(of.clone(), policy.clone());
        })
        .await
    }
}

#[async_trait]
impl Budgets for World {
    async fn pauses(&self, installation_id: u64, now: Timestamp) -> Result<Vec<Pause>, StoreError> {
        self.store("Budgets::pauses", PAUSES, |state| {
            let kept = Budget::EACH
                .iter()
                .filter_map(|budget| state.pauses.get(&(installation_id, *budget)));
            kept.filter(|pause| later(pause.until, retention::PAUSES) > now)
                .copied()
                .collect()
        })
        .await
    }

    async fn pause(&self, installation_id: u64, pause: &Pause) -> Result<Pause, StoreError> {
        self.store("Budgets::pause", PAUSES, |state| {
            let key = (installation_id, pause.budget);
            let kept = state.pauses.entry(key).or_insert(*pause);
            if kept.until < pause.until {
                *kept = *pause;
            }
            *kept
        })
        .await
    }
}

#[async_trait]
impl Installations for World {
    async fn announce(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.store("Installations::announce", INSTALLATIONS, |state| {
            state.announced.insert((installation_id, repository_id));
        })
        .await
    }

    async fn record(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.store("Installations::record", INSTALLATIONS, |state| {
            state.on_record.insert(repository_id, installation_id);
            let is_other = |it: &(u64, u64)| it.1 != repository_id || it.0 == installation_id;
            state.announced.retain(is_other);
        })
        .await
    }

    async fn withdraw(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.store("Installations::withdraw", INSTALLATIONS, |state| {
            if state.on_record.get(&repository_id) != Some(&installation_id) {
                state.announced.remove(&(installation_id, repository_id));
            }
        })
        .await
    }

    async fn installation_of(&self, repository_id: u64) -> Result<Option<u64>, StoreError> {
        self.store("Installations::installation_of", INSTALLATIONS, |state| {
            state.on_record.get(&repository_id).copied()
        })
        .await
    }

    async fn repositories(&self, installation_id: u64) -> Result<Vec<u64>, StoreError> {
        self.store("Installations::repositories", INSTALLATIONS, |state| {
            let all = state.announced.iter();
            let of_it = all.filter(|(under, _)| *under == installation_id);
            of_it.map(|(_, repository)| *repository).collect()
        })
        .await
    }
}

#[async_trait]
impl Purge for World {
    async fn purge_repository(
        &self,
        installation_id: u64,
        repository_id: u64,
        now: Timestamp,
    ) -> Result<Purged, StoreError> {
        self.store("Purge::purge_repository", INSTALLATIONS, |state| {
            let is_kept = |head: &Head| head.repository_id != repository_id;
            let leases = state.leases.iter().filter(|(head, _)| !is_kept(head));
            let held = leases.filter_map(|(_, lease)| lease.until).max();
            if let Some(until) = held.filter(|until| *until > now) {
                return Purged::Held { until };
            }
            state.leases.retain(|head, _| is_kept(head));
            state.watched.retain(|head, _| is_kept(head));
            state.generations.retain(|head, _| is_kept(head));
            state.evaluations.retain(|(head, _), _| is_kept(head));
            state.policies.retain(|of, _| match of {
                PolicyOf::Account { .. } => true,
                PolicyOf::Branch {
                    repository_id: of, ..
                } => *of != repository_id,
            });
            state.on_record.remove(&repository_id);
            state.announced.remove(&(installation_id, repository_id));
            Purged::Gone
        })
        .await
    }

    async fn purge_installation(&self, installation_id: u64) -> Result<(), StoreError> {
        self.store("Purge::purge_installation", INSTALLATIONS, |state| {
            state
                .policies
                .remove(&PolicyOf::Account { installation_id });
            state.pauses.retain(|(of, _), _| *of != installation_id);
            state.announced.retain(|it| it.0 != installation_id);
        })
        .await
    }
}
