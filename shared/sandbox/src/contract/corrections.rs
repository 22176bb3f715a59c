//! Where GitHub's description is wrong about GitHub, and what is right.

use serde_json::{Value, json};

/// Puts right what the description has wrong. It is pinned by digest, so every place is there;
/// one that is not would be a correction that does nothing, and the next answer would tell.
pub(super) fn apply(document: &mut Value) {
    // Its own copy of the schema wants the account to be a user and an enterprise at once, and
    // does not know `client_id`; the route for one installation has it right.
    let listed =
        "/paths/~1app~1installations/get/responses/200/content/application~1json/schema/items";
    if let Some(schema) = document.pointer_mut(listed) {
        *schema = json!({ "$ref": "#/components/schemas/installation" });
    }
    // The head of a pull request whose fork was deleted is in no repository.
    for shown in ["pull-request", "pull-request-simple"] {
        let head = format!("/components/schemas/{shown}/properties/head/properties/repo");
        if let Some(schema) = document.pointer_mut(&head) {
            *schema = json!({ "$ref": "#/components/schemas/nullable-repository" });
        }
    }
    // A repository without CODEOWNERS is answered like everything that is not found.
    let errors = "/paths/~1repos~1{owner}~1{repo}~1codeowners~1errors/get/responses/404";
    if let Some(response) = document.pointer_mut(errors) {
        *response = json!({ "$ref": "#/components/responses/not_found" });
    }
    // An App may subscribe to `merge_group`; the same list elsewhere (`requested`) has it.
    let events = "/components/schemas/webhook-check-suite-rerequested/properties/check_suite\
                  /properties/app/properties/events/items/enum";
    if let Some(Value::Array(known)) = document.pointer_mut(events) {
        known.push(json!("merge_group"));
    }
    // Since 2024 every error has its status in the body, as `basic-error` says.
    for error in ["validation-error", "validation-error-simple"] {
        let properties = format!("/components/schemas/{error}/properties");
        if let Some(properties) = document.pointer_mut(&properties) {
            properties["status"] = json!({ "type": "string" });
        }
    }
}
