//! The operations by the ports of `shared/aws`.

use app::StoreError;
use app::ports::{Acquired, Deliveries, Evaluations, EventQueue, Heads, Leases, Policies};
use aws::{Queue, Stores};

use crate::operation::{GENERATION, NOW, Operation, Subject, TTL};

/// The adapter on its two emulators.
pub(crate) struct Ports {
    /// For what is in DynamoDB.
    pub(crate) tables: Stores,
    /// For what is in S3.
    pub(crate) objects: Stores,
    pub(crate) queue: Queue,
}

impl Ports {
    /// Makes what the operation needs to find.
    pub(crate) async fn prepare(&self, operation: Operation, subject: &Subject) {
        let needed: &[Operation] = match operation {
            Operation::Finish
            | Operation::Acquire
            | Operation::Keep
            | Operation::Put
            | Operation::Send => &[],
            Operation::Finished => &[Operation::Finish],
            Operation::Renew
            | Operation::Release
            | Operation::Watch
            | Operation::SaveGeneration => &[Operation::Acquire],
            Operation::Forget => &[Operation::Acquire, Operation::Watch],
            Operation::Watched => {
                let second = &subject.pull_requests[1];
                self.do_it(Operation::Acquire, subject).await;
                let watched = self.tables.watch(&subject.lease, second).await;
                watched.expect("the emulator does it");
                &[Operation::Watch]
            }
            Operation::Generation => &[Operation::Acquire, Operation::SaveGeneration],
            Operation::LastValid => &[Operation::Keep],
            Operation::Load => &[Operation::Put],
        };
        for operation in needed {
            self.do_it(*operation, subject).await;
        }
    }

    async fn do_it(&self, operation: Operation, subject: &Subject) {
        let done = self.call(operation, subject).await;
        done.expect("the emulator does it");
    }

    /// Does it once, and holds the answer against what is to be found.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        let (tables, objects) = (&self.tables, &self.objects);
        let (lease, head) = (&subject.lease, subject.head());
        match operation {
            Operation::Finish => tables.finish(&subject.delivery, &subject.end).await?,
            Operation::Finished => {
                let found = tables.finished(&subject.delivery).await?;
                assert_eq!(found.as_ref(), Some(&subject.end));
            }
            Operation::Acquire => {
                let acquired = tables.acquire(head, NOW, TTL).await?;
                assert!(matches!(acquired, Acquired::Granted(lease) if lease == subject.lease));
            }
            Operation::Renew => {
                tables.renew(lease, NOW, TTL).await?;
            }
            Operation::Release => tables.release(lease).await?,
            Operation::Watch => tables.watch(lease, &subject.pull_requests[0]).await?,
            Operation::Forget => {
                let number = subject.pull_requests[0].number;
                tables.forget(lease, number).await?;
            }
            Operation::Watched => {
                assert_eq!(tables.watched(head).await?, subject.pull_requests);
            }
            Operation::SaveGeneration => tables.save_generation(lease, &subject.generation).await?,
            Operation::Generation => {
                let found = tables.generation(head).await?;
                assert_eq!(found.as_ref(), Some(&subject.generation));
            }
            Operation::Keep => tables.keep(&subject.policy_of, &subject.policy).await?,
            Operation::LastValid => {
                let found = tables.last_valid(&subject.policy_of).await?;
                assert_eq!(found.as_ref(), Some(&subject.policy));
            }
            Operation::Put => {
                objects.put(head, GENERATION, &subject.evaluation).await?;
            }
            Operation::Load => {
                let found = objects.load(head, GENERATION).await?;
                assert_eq!(found.as_ref(), Some(&subject.evaluation));
            }
            Operation::Send => self.queue.send(&subject.message).await?,
        }
        Ok(())
    }
}
