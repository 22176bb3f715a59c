//! How long stores keep what they are given. Readers filter on time; that a store also removes
//! what is over only gives space back.

use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// GitHub redelivers for 3 days.
pub const DELIVERIES: Duration = DAY.saturating_mul(7);
/// Counted from the last write about a head.
pub const HEADS: Duration = DAY.saturating_mul(30);
/// As long as the reports are kept.
pub const EVALUATIONS: Duration = DAY.saturating_mul(90);
/// Longer than evaluations, which are stored after their generation was begun: with the
/// generation forgotten the next one would have its number, and say again what that one said.
pub const GENERATIONS: Duration = DAY.saturating_mul(91);
/// Longer than whatever an epoch fences, so that one is never granted twice. Counted from the
/// lease's end.
pub const LEASES: Duration = DAY.saturating_mul(92);
/// Counted from the pause's end. As long as the longest wait after a secondary limit that names
/// none, so that one which follows is known to follow.
pub const PAUSES: Duration = Duration::from_mins(15);
