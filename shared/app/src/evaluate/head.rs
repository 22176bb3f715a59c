//! One head under a lease: which pull requests have it, and which generation judges them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use oracle::{ObjectId, Run};

use super::end::{Postponed, Stop};
use super::publish::CheckRunAt;
use super::{Cause, Job, Mention, Ports, Rerun};
use crate::check::{Conclusion, ExternalId};
use crate::error::GitHubErrorKind;
use crate::event::{Head, MergeGroup};
use crate::metrics::{Measurement, Phase};
use crate::ports::{
    Acquired, DeliveryOutcome, Generation, HeadPullRequest, Lease, MERGE_GROUP, PullRequest,
    StoredEvaluation, TestMerge,
};
use crate::render::{self, Observed};

/// Work on one head, by the holder of its lease.
pub(super) struct HeadWork<'a> {
    pub(super) job: Job<'a>,
    pub(super) lease: Lease,
}

/// What the pull requests of a head are now.
pub(super) struct Called {
    /// Open, with this head, by number; a merge group is the first.
    open: Vec<PullRequest>,
    /// That group.
    group: Option<MergeGroup>,
    /// The one that the event is about, whatever became of it.
    mentioned: Option<PullRequest>,
}

/// A merge group that a head has, or had.
struct Group {
    group: MergeGroup,
    /// Whether GitHub has shown it to us before.
    is_known: bool,
}

impl Group {
    fn of(cause: Cause<'_>, latest: Option<&Generation>) -> Option<Self> {
        let known = latest.and_then(|latest| latest.merge_group.clone());
        match cause {
            Cause::Queue(group) => Some(Self {
                is_known: known.is_some(),
                group: group.clone(),
            }),
            // Whoever wants a group's check again names its head only.
            _ => known.map(|group| Self {
                group,
                is_known: true,
            }),
        }
    }
}

impl Called {
    /// Whether GitHub shows this tip of its base, which is not the latest, or a test merge with
    /// an earlier one, for any of them.
    pub(super) fn is_behind(&self, before: Option<&ObjectId>) -> bool {
        let merged_before = |now: &PullRequest| match &now.test_merge {
            TestMerge::Clean { base, .. } => *base != now.base_tip,
            TestMerge::Conflicting | TestMerge::Pending => false,
        };
        let behind = |now: &PullRequest| before == Some(&now.base_tip) || merged_before(now);
        self.open.iter().any(behind)
    }

    /// The open pull requests, as a generation keeps them.
    fn pull_requests(&self) -> impl Iterator<Item = HeadPullRequest> {
        let all = self.open.iter().filter(|now| now.number != MERGE_GROUP);
        all.map(as_judged)
    }

    /// Whether a generation judges exactly these.
    fn is_what(&self, generation: &Generation) -> bool {
        let wanted = self.pull_requests();
        wanted.eq(generation.pull_requests.iter().cloned()) && self.group == generation.merge_group
    }
}

impl Job<'_> {
    /// Takes the head's lease, brings its Check Run to what its pull requests call for, and
    /// lets go.
    pub(super) async fn bring_up_to_date(
        self,
        head: Head,
        cause: Cause<'_>,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let leases = &self.worker.ports.leases;
        let now = self.worker.ports.clock.now();
        let lease = match leases.acquire(&head, now, self.worker.lease).await? {
            Acquired::Granted(lease) => lease,
            Acquired::Held { until } => {
                // The other worker usually needs seconds; what remains of its lease is only
                // how long it takes when it was killed.
                let remains = Duration::try_from(now.duration_until(until)).unwrap_or_default();
                let delay = remains.min(self.attempt.delay());
                let delay = delay.max(Duration::from_secs(1));
                return Err(Stop::Postponed(delay, Postponed::HeadTaken));
            }
        };
        let mut work = HeadWork { job: self, lease };
        let brought = async {
            work.put_on_record().await?;
            work.bring_up_to_date(cause).await
        };
        let result = self.in_time(brought).await;
        if let Err(stop) = &result
            && let Some(reason) = stop.give_up_reason(self.attempt)
            && let Err(error) = work.give_up(reason).await
        {
            tracing::warn!(stopped_by = ?error, "the check run could not be completed");
        }
        // A lease that is not released only makes others wait for its end.
        let let_go = match &result {
            Err(Stop::NotInstalled) => leases.abandon(&work.lease).await,
            _ => leases.release(&work.lease).await,
        };
        if let Err(error) = let_go {
            tracing::warn!(
                error.code = %error.code(),
                error = &error as &dyn std::error::Error,
                "a lease was not released; it runs out"
            );
        }
        result
    }

    /// Breaks work off at the worker's deadline. What it did stays done, as when a worker is
    /// killed; unlike then its head is let go of, so that the next attempt need not wait.
    async fn in_time<T>(self, work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        match self.worker.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, work)
                .await
                .unwrap_or(Err(Stop::TimeOver)),
            None => work.await,
        }
    }
}

impl HeadWork<'_> {
    pub(super) fn ports(&self) -> &Ports {
        &self.job.worker.ports
    }

    pub(super) fn head(&self) -> &Head {
        &self.lease.head
    }

    /// Measures what has taken since then.
    pub(super) fn took(&self, phase: Phase, began: Timestamp) {
        let took = began.duration_until(self.ports().clock.now());
        // A clock that was set back took no time.
        let took = Duration::try_from(took).unwrap_or_default();
        let metrics = &self.job.worker.metrics;
        metrics.record(&Measurement::Took(phase, took));
    }

    async fn bring_up_to_date(
        &mut self,
        cause: Cause<'_>,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let heads = &self.ports().heads;
        let watched = heads.watched(self.head()).await?;
        let latest = heads.generation(self.head()).await?;
        let short = self.head().sha.short().to_owned();
        let (mention, rerun) = match cause {
            Cause::Event(mention) => (Some(mention), None),
            Cause::Rerun(rerun) => (None, Some(rerun)),
            Cause::Queue(_) => (None, None),
            Cause::LeftBy(number) => {
                // The usual push leaves nothing behind, and then GitHub is not asked. Only the
                // lease makes this true: nobody is about to judge the head with this one.
                let is_left_alone = watched.iter().all(|other| other.number == number);
                if is_left_alone && latest.as_ref().is_none_or(Generation::is_finished) {
                    let detail = format!("No open pull request has the head {short}.");
                    return Ok((DeliveryOutcome::Ignored, detail));
                }
                (None, None)
            }
        };
        let group = Group::of(cause, latest.as_ref());
        let had_group = group.is_some();
        let called = self.callers(watched, mention, rerun, group).await?;
        if let Some(pushed) = rerun.and_then(|rerun| rerun.pushed) {
            self.wait_for_test_merges(&called, pushed)?;
        }
        let conclusion = if called.open.is_empty() {
            if let Some(unfinished) = latest.filter(|generation| !generation.is_finished()) {
                self.resume(unfinished, &called).await?;
            }
            None
        } else {
            let latest = self.judge_once(latest, &called, rerun).await?;
            latest.conclusion
        };
        let moved_on = called
            .mentioned
            .is_some_and(|now| now.open && now.head != self.head().sha);
        Ok(match conclusion {
            _ if moved_on => {
                let detail = format!("The pull request's head is not {short} any more.");
                (DeliveryOutcome::Superseded, detail)
            }
            Some(conclusion) => {
                let detail = format!("The check of {short} says {conclusion}.");
                (DeliveryOutcome::Done, detail)
            }
            None if had_group => {
                let detail = format!("The merge group with the head {short} is gone.");
                (DeliveryOutcome::Superseded, detail)
            }
            None => {
                let detail = format!("No open pull request has the head {short}.");
                (DeliveryOutcome::Ignored, detail)
            }
        })
    }

    /// Who calls for the check of this head now.
    async fn callers(
        &self,
        watched: Vec<HeadPullRequest>,
        mention: Option<Mention<'_>>,
        rerun: Option<Rerun<'_>>,
        group: Option<Group>,
    ) -> Result<Called, Stop> {
        let named = rerun.map_or(&[][..], |rerun| rerun.named);
        let mut called = self.called(watched, named, mention).await?;
        let Some(Group { group, is_known }) = group else {
            if rerun.is_some() && called.open.is_empty() {
                return self.look_for_open().await;
            }
            return Ok(called);
        };
        let pull_requests = &self.ports().pull_requests;
        let (repository, sha) = (self.job.repository, &self.head().sha);
        if let Some(now) = pull_requests.merge_group(repository, sha, &group).await? {
            called.open.insert(0, now);
            called.group = Some(group);
        } else if !is_known {
            // Maybe not there yet.
            self.wait_for_github()?;
        }
        Ok(called)
    }

    /// Reads every pull request that may have this head, and remembers those that have.
    pub(super) async fn called(
        &self,
        watched: Vec<HeadPullRequest>,
        named: &[u64],
        mention: Option<Mention<'_>>,
    ) -> Result<Called, Stop> {
        let heads = &self.ports().heads;
        let watched: BTreeMap<u64, HeadPullRequest> = watched
            .into_iter()
            .map(|pull_request| (pull_request.number, pull_request))
            .collect();
        let numbers: BTreeSet<u64> = watched
            .keys()
            .chain(named)
            .copied()
            .chain(mention.map(|mention| mention.number))
            .collect();
        let mut called = Called {
            open: Vec::new(),
            group: None,
            mentioned: None,
        };
        for number in numbers {
            let mention = mention.filter(|mention| mention.number == number);
            let now = self.read(number, mention).await?;
            if mention.is_some() {
                called.mentioned.clone_from(&now);
            }
            match now.filter(|now| now.open && now.head == self.head().sha) {
                Some(now) => {
                    let seen = as_judged(&now);
                    if watched.get(&number) != Some(&seen) {
                        heads.watch(&self.lease, &seen).await?;
                    }
                    called.open.push(now);
                }
                None if watched.contains_key(&number) => {
                    heads.forget(&self.lease, number).await?;
                }
                None => {}
            }
        }
        Ok(called)
    }

    /// The pull request now; `None`: gone, which is for the event's own to complain about. Waits
    /// for a GitHub that does not show yet what it told us of.
    async fn read(
        &self,
        number: u64,
        mention: Option<Mention<'_>>,
    ) -> Result<Option<PullRequest>, Stop> {
        let pull_requests = &self.ports().pull_requests;
        let read = pull_requests.pull_request(self.job.repository, number);
        let now = match (read.await, mention) {
            (Ok(now), mention) => {
                if mention.is_some_and(|mention| self.is_before(&now, mention)) {
                    self.wait_for_github()?;
                }
                now
            }
            (Err(error), None) if error.kind == GitHubErrorKind::NotFound => return Ok(None),
            (Err(error), mention) => {
                if mention.is_some() && error.kind == GitHubErrorKind::NotFound {
                    self.wait_for_github()?;
                }
                return Err(error.into());
            }
        };
        Ok(Some(now))
    }

    /// Whether a pull request is shown as it was before the event.
    fn is_before(&self, now: &PullRequest, mention: Mention<'_>) -> bool {
        let is_before_push = now.head != self.head().sha && mention.before == Some(&now.head);
        let is_before_edit = mention.base_before == Some(&now.base);
        now.open && (is_before_push || is_before_edit)
    }

    /// Lets GitHub catch up with what it told us of, as long as that may help.
    fn wait_for_github(&self) -> Result<(), Stop> {
        let attempt = self.job.attempt;
        if attempt.may_wait() {
            return Err(Stop::Postponed(attempt.delay(), Postponed::GitHubLags));
        }
        Ok(())
    }

    /// Goes on until the latest generation has judged these pull requests, and answers the
    /// delivery that wants it to.
    async fn judge_once(
        &mut self,
        mut latest: Option<Generation>,
        called: &Called,
        asked: Option<Rerun<'_>>,
    ) -> Result<Generation, Stop> {
        loop {
            latest = match latest {
                Some(latest) if !latest.is_finished() => {
                    let latest = self.join(latest, asked).await?;
                    Some(self.resume(latest, called).await?)
                }
                Some(latest)
                    if latest.is_judged()
                        && called.is_what(&latest)
                        && asked.is_none_or(|asked| latest.answers(asked.delivery)) =>
                {
                    return Ok(latest);
                }
                latest => {
                    let begun = self.begin(latest.as_ref(), called, asked).await?;
                    let run = self.create(&begun).await?;
                    Some(self.judge(begun, run, &called.open).await?)
                }
            }
        }
    }

    /// Begins the next generation.
    async fn begin(
        &self,
        latest: Option<&Generation>,
        called: &Called,
        asked: Option<Rerun<'_>>,
    ) -> Result<Generation, Stop> {
        let mut begun = Generation {
            number: latest.map_or(1, |latest| latest.number.saturating_add(1)),
            pull_requests: called.pull_requests().collect(),
            merge_group: called.group.clone(),
            began_at: self.ports().clock.now(),
            check_run_id: None,
            conclusion: None,
            reruns: latest.map_or_else(Vec::new, |latest| latest.reruns.clone()),
            shows_observed: asked.is_some_and(|asked| asked.shows_observed),
        };
        if let Some(asked) = asked {
            begun = begun.answering(asked.delivery);
        }
        let heads = &self.ports().heads;
        heads.save_generation(&self.lease, &begun).await?;
        Ok(begun)
    }

    /// Finishes a generation that somebody did not: says what was going to be said, or judges
    /// what is still called for, or else cancels it, so that no run stays in progress.
    async fn resume(
        &mut self,
        unfinished: Generation,
        called: &Called,
    ) -> Result<Generation, Stop> {
        let evaluations = &self.ports().evaluations;
        let said = evaluations.load(self.head(), unfinished.number).await?;
        let open = &called.open;
        let called_for = called.is_what(&unfinished);
        let run = self.existing(&unfinished).await?;
        match (said, run) {
            (Some(said), run) => {
                let run = match run {
                    Some(run) => run,
                    None => self.create(&unfinished).await?,
                };
                self.conclude(unfinished, run, &said).await
            }
            (None, Some(run)) if called_for => self.judge(unfinished, run, open).await,
            (None, None) if called_for => {
                let run = self.create(&unfinished).await?;
                self.judge(unfinished, run, open).await
            }
            (None, Some(run)) => {
                let cancelled = StoredEvaluation {
                    reports: Vec::new(),
                    output: render::cancelled(),
                };
                self.conclude(unfinished, run, &cancelled).await
            }
            (None, None) => self.finish(unfinished, Conclusion::Cancelled).await,
        }
    }

    /// The generation's run, if it has one: recorded, or created and not recorded.
    pub(super) async fn existing(
        &self,
        generation: &Generation,
    ) -> Result<Option<CheckRunAt>, Stop> {
        if let Some(id) = generation.check_run_id {
            return Ok(Some(CheckRunAt::unknown(id)));
        }
        let external_id = ExternalId::new(&self.head().sha, generation.number);
        let check_runs = &self.ports().check_runs;
        let found = check_runs.find(self.job.repository, &self.head().sha, &external_id);
        Ok(found.await?.map(CheckRunAt::from))
    }

    /// Creates the generation's run. Only for one of which [`existing`](Self::existing) knows
    /// nothing, or that has just begun.
    async fn create(&mut self, generation: &Generation) -> Result<CheckRunAt, Stop> {
        self.renew().await?;
        let external_id = ExternalId::new(&self.head().sha, generation.number);
        let check_runs = &self.ports().check_runs;
        let id = check_runs.create(self.job.repository, &self.head().sha, &external_id);
        Ok(CheckRunAt::created(id.await?))
    }

    /// Fetches, evaluates and publishes.
    async fn judge(
        &mut self,
        mut generation: Generation,
        run: CheckRunAt,
        open: &[PullRequest],
    ) -> Result<Generation, Stop> {
        if generation.check_run_id.is_none() {
            generation.check_run_id = Some(run.id);
            let heads = &self.ports().heads;
            heads.save_generation(&self.lease, &generation).await?;
        }
        let evaluation = self.assess(&generation, open).await?;
        self.conclude(generation, run, &evaluation).await
    }

    /// Judges each pull request by its own base.
    async fn assess(
        &mut self,
        generation: &Generation,
        open: &[PullRequest],
    ) -> Result<StoredEvaluation, Stop> {
        let pending = |now: &PullRequest| now.test_merge == TestMerge::Pending;
        if open.iter().any(pending) && self.job.attempt.may_wait() {
            let delay = self.job.attempt.delay();
            return Err(Stop::Postponed(delay, Postponed::TestMergePending));
        }
        let worker = self.job.worker;
        let mut reports = Vec::new();
        for pull_request in open {
            self.renew().await?;
            let snapshots = &self.ports().snapshots;
            let repository = self.job.repository;
            let began = self.ports().clock.now();
            let snapshot = snapshots
                .snapshot(repository, pull_request, oracle::registry::wants)
                .await?;
            self.took(Phase::Snapshot, began);
            let (sha, number) = (&self.head().sha, pull_request.number);
            let run = Run {
                id: format!("{sha}/{}#{number}", generation.number),
                timestamp: generation.began_at,
            };
            let policy = self.policy(pull_request, &snapshot).await?;
            let began = self.ports().clock.now();
            reports.push((number, (worker.judge)(&snapshot, &policy, &run)));
            self.took(Phase::Evaluate, began);
        }
        let observed = if generation.shows_observed {
            Observed::Listed
        } else {
            Observed::Unsaid
        };
        let output = render::check_output(&reports, observed);
        Ok(StoredEvaluation { reports, output })
    }
}

fn as_judged(now: &PullRequest) -> HeadPullRequest {
    HeadPullRequest {
        number: now.number,
        base: now.base.clone(),
    }
}
