//! The published JSON Schema of policy files: written here, from the parser's own lists of keys,
//! and held to agree with the parser.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::policy::lock::Lock;
use crate::policy::read::value::{MOST_FINDINGS, PATTERN};
use crate::policy::read::{self, MOST_ENTRIES};
use crate::policy::{PATH, parse};
use crate::registry::{RULES, RuleOption};

/// Printable on one line: no control character of ASCII.
const NO_CONTROL: &str = "\\u0000-\\u001f\\u007f";

/// An object with these keys, each described, and no others.
fn object(known: &[&str], described: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = described.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "the schema describes the keys that are read");
    let properties: BTreeMap<&str, &Value> = described
        .iter()
        .map(|(name, schema)| (*name, schema))
        .collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn with(mut schema: Value, more: &Value) -> Value {
    let (Value::Object(own), Value::Object(more)) = (&mut schema, more) else {
        panic!("both are objects");
    };
    own.extend(more.clone());
    schema
}

fn reference(name: &str, description: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}"), "description": description })
}

fn preset() -> Value {
    json!({
        "enum": ["default", "strict"],
        "description": "Thresholds by name. `default`: critical 0, high 3, medium 10. `strict`: \
                        critical 0, high 0, medium 5. `thresholds` beside it go before it.",
    })
}

fn thresholds() -> Value {
    let count = |severity: &str| {
        json!({
            "type": "integer", "minimum": 0, "maximum": MOST_FINDINGS,
            "description": format!("How many new {severity} findings are tolerated; one more blocks."),
        })
    };
    let keys = read::THRESHOLDS.map(|severity| (severity, count(severity)));
    object(&read::THRESHOLDS, &keys)
}

fn severity() -> Value {
    let names = json!(["low", "medium", "high", "critical"]);
    let least = json!({ "enum": names, "description": "What is less severe counts as this." });
    let most = json!({ "enum": names, "description": "What is more severe counts as this." });
    let bounds = object(&read::SEVERITY, &[("at_least", least), ("at_most", most)]);
    let reversed = |least: &str, most: Value| {
        json!({
            "properties": { "at_least": { "const": least }, "at_most": { "enum": most } },
            "required": ["at_least", "at_most"],
        })
    };
    let not = json!({ "not": { "anyOf": [
        reversed("critical", json!(["high", "medium", "low"])),
        reversed("high", json!(["medium", "low"])),
        reversed("medium", json!(["low"])),
    ] } });
    json!({ "oneOf": [{ "enum": names }, with(bounds, &not)] })
}

fn options(options: &[RuleOption]) -> Value {
    let names: Vec<&str> = options.iter().map(|option| option.name).collect();
    let described: Vec<(&str, Value)> = options
        .iter()
        .map(|option| (option.name, reference("paths", option.what)))
        .collect();
    let about = json!({ "description": "Options of this rule." });
    with(object(&names, &described), &about)
}

fn rules() -> Value {
    let mode = json!({
        "enum": ["observe", "warn", "block"],
        "description": "How much say the rule has: recorded only, shown, or counted against the \
                        thresholds.",
    });
    let rule = object(
        &read::RULE,
        &[
            ("mode", mode),
            (
                "severity",
                reference("severity", "The severity of its findings: one, or bounds."),
            ),
            (
                "exclude",
                reference("paths", "Files that this rule does not judge."),
            ),
        ],
    );
    let metas: Vec<_> = RULES.iter().map(|rule| rule.meta()).collect();
    let properties: BTreeMap<&str, Value> = metas
        .iter()
        .flat_map(|meta| {
            let described = |other: &str| {
                let default = meta.default_mode;
                let text = format!("Rule {other}; its mode is `{default}` unless named here.");
                let mut rule = with(rule.clone(), &json!({ "description": text }));
                if !meta.options.is_empty() {
                    rule["properties"][read::OPTIONS] = options(meta.options);
                }
                rule
            };
            [
                (meta.id, described(meta.name)),
                (meta.name, described(meta.id)),
            ]
        })
        .collect();
    let twice: Vec<Value> = metas
        .iter()
        .map(|meta| json!({ "required": [meta.id, meta.name] }))
        .collect();
    json!({
        "type": "object", "additionalProperties": false, "properties": properties,
        "not": { "anyOf": twice },
    })
}

fn suppression() -> Value {
    let line = |most: usize, description: &str| {
        json!({
            "type": "string", "maxLength": most, "description": description,
            "pattern": format!("^[^{NO_CONTROL}]*[^\\s{NO_CONTROL}][^{NO_CONTROL}]*$"),
        })
    };
    let ids: Vec<&str> = RULES
        .iter()
        .flat_map(|rule| [rule.meta().id, rule.meta().name])
        .collect();
    let finding = json!({
        "type": "string", "pattern": "^(PM-[0-9A-HJKMNP-TV-Z]{5,51}|[0-9a-f]{64})$",
        "description": "The finding's id as the check shows it, or its fingerprint as the report \
                        has it.",
    });
    let until = json!({
        "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "description": "The last day, in UTC, on which it holds; for ever without one.",
    });
    let path = reference(
        "path",
        "With `rule`: the files in which its findings do not count.",
    );
    let keys = object(
        &read::SUPPRESSION,
        &[
            ("finding", finding),
            (
                "rule",
                json!({ "enum": ids, "description": "With `path`: the rule's id or name." }),
            ),
            ("path", path),
            ("reason", line(500, "Why the finding does not count.")),
            ("until", until),
            ("by", line(100, "Who decided it.")),
        ],
    );
    let either = json!({
        "required": ["reason"],
        "oneOf": [
            { "required": ["finding"], "not": { "anyOf": [{ "required": ["rule"] }, { "required": ["path"] }] } },
            { "required": ["rule", "path"], "not": { "required": ["finding"] } },
        ],
    });
    with(keys, &either)
}

fn definitions() -> Value {
    let pattern = format!("^!?[^!/{NO_CONTROL}]([^{NO_CONTROL}]*[^/{NO_CONTROL}])?$");
    let path = json!({ "type": "string", "maxLength": PATTERN, "pattern": pattern });
    let branch = with(
        path.clone(),
        &json!({ "not": { "pattern": "^!?refs/heads/" } }),
    );
    let list = |item: &str| {
        let item = json!({ "$ref": format!("#/$defs/{item}") });
        json!({ "oneOf": [item, { "type": "array", "maxItems": MOST_ENTRIES, "items": item }] })
    };
    json!({
        "path": path, "paths": list("path"), "branch": branch, "branches": list("branch"),
        "severity": severity(), "thresholds": thresholds(),
    })
}

fn branches() -> Value {
    let entry = object(
        &read::BRANCHES,
        &[
            (
                "patterns",
                reference(
                    "branches",
                    "The branches; the last pattern that matches decides.",
                ),
            ),
            ("preset", preset()),
            (
                "thresholds",
                reference("thresholds", "Thresholds for these branches."),
            ),
        ],
    );
    with(entry, &json!({ "required": ["patterns"] }))
}

fn schema() -> Value {
    let array = |item: &Value, description: &str| {
        json!({
            "type": "array", "maxItems": MOST_ENTRIES, "items": item, "description": description,
        })
    };
    let top = object(
        &read::TOP,
        &[
            (
                "version",
                json!({ "const": 1, "description": "The version of this format." }),
            ),
            ("preset", preset()),
            (
                "thresholds",
                reference("thresholds", "How many new findings are tolerated."),
            ),
            (
                "branches",
                array(
                    &branches(),
                    "Thresholds by base branch; the first entry that matches.",
                ),
            ),
            (
                "rules",
                with(rules(), &json!({ "description": "Rules by id or name." })),
            ),
            ("exclude", reference("paths", "Files that no rule judges.")),
            (
                "suppressions",
                array(&suppression(), "Findings that do not count."),
            ),
            (
                "dry_run",
                json!({ "type": "boolean", "description": "Turns every block into a warning." }),
            ),
            (
                "locked",
                array(
                    &json!({ "enum": Lock::all() }),
                    "Organisation only: keys that its repositories may tighten and not loosen.",
                ),
            ),
        ],
    );
    let about = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://github.com/phase-mirror/phase-mirror/schemas/phase-mirror-policy.v1.schema.json",
        "title": "Phase Mirror policy",
        "description": "What maintainers decide for Phase Mirror, in .github/phase-mirror.yml.",
        "required": ["version"],
        "$defs": definitions(),
    });
    with(top, &about)
}

/// Keys in order, because theirs depends on features of `serde_json` that any crate of a build
/// may turn on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<_, _> = map
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// Regenerate with `UPDATE_EXPECT=1 cargo test -p oracle policy`.
#[test]
fn the_published_schema_is_the_one_of_the_parser() {
    let json = serde_json::to_string_pretty(&sorted(schema())).expect("a schema is JSON") + "\n";
    expect_test::expect_file!["../../../../../schemas/phase-mirror-policy.v1.schema.json"]
        .assert_eq(&json);
}

fn validator() -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema()).expect("the schema is a schema")
}

/// YAML as JSON, as an editor's validator sees it.
fn as_json(text: &str) -> Value {
    fn convert(value: yaml::Value) -> Value {
        match value {
            yaml::Value::Null => Value::Null,
            yaml::Value::Bool(value) => json!(value),
            yaml::Value::Number(value) => json!(value),
            yaml::Value::String(value) => json!(value),
            yaml::Value::Sequence(items) => items.into_iter().map(convert).collect(),
            yaml::Value::Mapping(pairs) => pairs
                .into_iter()
                .map(|(key, value)| (key, convert(value)))
                .collect(),
        }
    }
    let tree = yaml::load(text, &yaml::Source::new(text), "a test", &mut Vec::new());
    convert(tree.expect("YAML").root().to_value())
}

/// Every file here is judged alike by the parser and by the schema; the first word says how.
const CORPUS: &str = include_str!("corpus.txt");

#[test]
fn schema_and_parser_agree() {
    let validator = validator();
    let mut seen = BTreeMap::new();
    for case in CORPUS.split("\n---\n") {
        let (verdict, text) = case
            .trim_start()
            .split_once('\n')
            .expect("a verdict and a file");
        let expected = match verdict {
            "valid" => true,
            "invalid" => false,
            other => panic!("{other:?} is no verdict"),
        };
        let parsed = parse(PATH, text.as_bytes());
        assert_eq!(
            parsed.is_ok(),
            expected,
            "the parser says of\n{text}\n{parsed:#?}"
        );
        let errors: Vec<String> = validator
            .iter_errors(&as_json(text))
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert_eq!(
            errors.is_empty(),
            expected,
            "the schema says of\n{text}\n{errors:#?}"
        );
        *seen.entry(expected).or_insert(0) += 1;
    }
    assert!(seen[&true] >= 10 && seen[&false] >= 40, "{seen:?}");
}

#[test]
fn the_documents_examples_are_valid() {
    let document = include_str!("../../../../../docs/policy.md");
    let validator = validator();
    let examples: Vec<&str> = document
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|text| text.contains("version: 1"))
        .collect();
    assert!(examples.len() >= 3, "{} examples", examples.len());
    for text in examples {
        parse(PATH, text.as_bytes()).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"));
        assert!(validator.is_valid(&as_json(text)), "{text}");
    }
}

#[test]
fn the_document_names_every_key() {
    let document = include_str!("../../../../../docs/policy.md");
    let groups: [&[&str]; 7] = [
        &read::TOP,
        &read::THRESHOLDS,
        &read::BRANCHES,
        &read::RULE,
        &[read::OPTIONS],
        &read::SEVERITY,
        &read::SUPPRESSION,
    ];
    for key in groups.concat() {
        assert!(
            document.contains(&format!("`{key}`")),
            "docs/policy.md does not name `{key}`"
        );
    }
}
