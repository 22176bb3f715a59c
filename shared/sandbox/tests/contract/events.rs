//! The webhook bodies in `events/` have GitHub's shapes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sandbox::contract::Contract;

#[test]
fn our_own_bodies_are_as_github_describes_them() {
    let contract = Contract::shared().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut checked = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // `EVENT.json` or `EVENT.ACTION.json`, the action with a remark after a hyphen.
        if let Some(event) = name
            .strip_suffix(".json")
            .and_then(|name| name.split('.').next())
        {
            let violations = contract.check_webhook(event, &fs::read(&path).unwrap());
            let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
            assert!(lines.is_empty(), "{name}:\n{}", lines.join("\n"));
            checked.insert(name);
        }
    }
    assert!(checked.contains("ping.json") && checked.contains("pull_request.opened.json"));
}
