//! Jobs that wait for a runner which nobody provides any more.
//!
//! Only what the file itself tells: which labels self-hosted runners have is not among the
//! facts (`GET /repos/{o}/{r}/actions/runners` needs `administration`, and does not list the
//! runners that an organisation shares), so that a label of one's own is never doubted.

use workflows::{Job, Spanned};

/// Labels of images that GitHub has taken away, with the announcement. `macos-14` was announced
/// to go on 2026-11-02 (actions/runner-images#13518); it belongs here once it is seen to be gone.
const RETIRED: &[(&str, &str)] = &[
    ("macos-10.15", "actions/runner-images#5583"),
    ("macos-11", "actions/runner-images#9255"),
    ("macos-12", "actions/runner-images#10721"),
    ("macos-12-large", "actions/runner-images#10721"),
    ("macos-12-xl", "actions/runner-images#10721"),
    ("macos-13", "actions/runner-images#13046"),
    ("macos-13-large", "actions/runner-images#13046"),
    ("macos-13-xlarge", "actions/runner-images#13046"),
    ("ubuntu-16.04", "actions/runner-images#3287"),
    ("ubuntu-18.04", "actions/runner-images#6002"),
    ("ubuntu-20.04", "actions/runner-images#11101"),
    ("windows-2016", "actions/runner-images#4312"),
    ("windows-2019", "actions/runner-images#12045"),
];

/// The label of a retired image that is all a job asks for, and where GitHub announced its end.
/// With a group or a second label (`self-hosted`) it asks for a runner of its owner's.
pub(super) fn retired(job: &Job) -> Option<(&Spanned<String>, &'static str)> {
    let runs_on = job.runs_on.as_ref()?;
    let [label] = runs_on.labels.as_slice() else {
        return None;
    };
    let mut images = RETIRED.iter();
    let (_, announcement) = images.find(|(image, _)| image.eq_ignore_ascii_case(label))?;
    runs_on.group.is_none().then_some((label, *announcement))
}
