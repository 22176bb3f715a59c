//! `merge_group`
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group>).

use serde_json::{Value, json};

use crate::json::extend;
use crate::state::{MergeGroup, State};

impl State {
    /// A `merge_group` event with what is special to its action.
    pub(crate) fn emit_merge_group(
        &mut self,
        group: &MergeGroup,
        action: &str,
        sender: &str,
        extra: Value,
    ) {
        let mut body = json!({
            "action": action,
            "merge_group": {
                "head_sha": group.head.to_string(),
                "head_ref": format!("refs/heads/{}", group.branch),
                "base_sha": group.base_sha.to_string(),
                "base_ref": format!("refs/heads/{}", group.base),
                "head_commit": self.simple_commit_json(group.repository, group.head),
            },
        });
        extend(&mut body, extra);
        self.emit(group.repository, "merge_group", sender, &body);
    }
}
