//! template.yaml against the code that it deploys: names, variables, and for each function a
//! policy that allows what its code can call and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use app::evaluate::MAX_RECEIVES;
use aws::actions::{Action, Resource};
use aws::names::{FunctionName, ParameterName, QueueName};
use runtime::functions::{Readers, VARIABLES, redelivery, webhook, worker};
use serde_json::Value;
use yaml::{Node, Source, View};

const FUNCTIONS: [(FunctionName, &str); 5] = [
    (FunctionName::Webhook, "Webhook"),
    (FunctionName::PullRequest, "PullRequest"),
    (FunctionName::CheckRun, "CheckRun"),
    (FunctionName::Lifecycle, "Lifecycle"),
    (FunctionName::Redelivery, "Redelivery"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The template as JSON; of a tag such as `!Sub` only what it is applied to is left.
fn template() -> Value {
    let text = read("template.yaml");
    let mut tags = Vec::new();
    let source = Source::new(&text);
    let tree = yaml::load(&text, &source, "a template", &mut tags).expect("YAML");
    json(tree.root())
}

fn json(node: Node<'_>) -> Value {
    match node.view() {
        View::Null => Value::Null,
        View::Bool(value) => value.into(),
        View::Number(value) => value.into(),
        View::String(text) => text.into(),
        View::Sequence(items) => items.map(json).collect(),
        View::Mapping(pairs) => pairs
            .map(|(key, value)| (key.text.to_owned(), json(value)))
            .collect(),
    }
}

fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// Every (action, resource) that a function's role allows.
fn allowed(template: &Value, logical: &str) -> BTreeSet<(String, String)> {
    let role = &template["Resources"][format!("{logical}Role")]["Properties"];
    let policies = role["Policies"].as_array().expect("policies");
    let mut allowed = BTreeSet::new();
    for policy in policies {
        let statements = policy["PolicyDocument"]["Statement"].as_array();
        for statement in statements.expect("statements") {
            assert_eq!(statement["Effect"], "Allow");
            for action in list(&statement["Action"]) {
                for resource in list(&statement["Resource"]) {
                    let fresh = allowed.insert((action.to_owned(), resource.to_owned()));
                    assert!(fresh, "{logical}: {action} on {resource} is allowed twice");
                }
            }
        }
    }
    assert!(
        role.get("ManagedPolicyArns").is_none(),
        "{logical}: a managed policy allows what nobody listed here"
    );
    allowed
}

/// The same, of what the function's code says it does.
fn called(
    logical: &str,
    actions: &[&[Action]],
    parameters: &[ParameterName],
) -> BTreeSet<(String, String)> {
    let arn = |service: &str, rest: &str| {
        format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
    };
    let bucket =
        "arn:${AWS::Partition}:s3:::phase-mirror-${Environment}-baselines-${AWS::AccountId}";
    let resources = |on: Resource| match on {
        Resource::Table(table) => {
            let name = format!("table/phase-mirror-${{Environment}}-{}", table.as_str());
            vec![arn("dynamodb", &name)]
        }
        Resource::Bucket => vec![bucket.to_owned()],
        Resource::Objects => vec![format!("{bucket}/*")],
        Resource::Queues => vec![
            "PullRequestQueue.Arn".into(),
            "CheckRunQueue.Arn".into(),
            "LifecycleQueue.Arn".into(),
        ],
        Resource::OwnQueue => vec![format!("{logical}Queue.Arn")],
        Resource::Parameters => {
            let path = |name: &ParameterName| {
                let path = "parameter/phase-mirror/${Environment}/github";
                arn("ssm", &format!("{path}/{}", name.as_str()))
            };
            parameters.iter().map(path).collect()
        }
        Resource::Key => vec!["KeyArn".into()],
    };
    let log = format!("{logical}Logs.Arn");
    let mut called = BTreeSet::from([
        ("logs:CreateLogStream".to_owned(), log.clone()),
        ("logs:PutLogEvents".to_owned(), log),
    ]);
    for action in actions.iter().copied().flatten() {
        for resource in resources(action.on) {
            called.insert((action.name.to_owned(), resource));
        }
    }
    called
}

#[test]
fn each_function_may_do_what_its_code_calls_and_nothing_else() {
    let template = template();
    for (function, logical) in FUNCTIONS {
        let (actions, parameters) = match function {
            FunctionName::Webhook => (webhook::ACTIONS.to_vec(), webhook::PARAMETERS),
            FunctionName::PullRequest | FunctionName::CheckRun => {
                (worker::ACTIONS.to_vec(), worker::PARAMETERS)
            }
            FunctionName::Lifecycle => {
                let actions = [worker::ACTIONS, worker::LIFECYCLE_ACTIONS].concat();
                (actions, worker::PARAMETERS)
            }
            FunctionName::Redelivery => (redelivery::ACTIONS.to_vec(), redelivery::PARAMETERS),
        };
        let (allowed, called) = (
            allowed(&template, logical),
            called(logical, &actions, parameters),
        );
        let missing: Vec<_> = called.difference(&allowed).collect();
        let excess: Vec<_> = allowed.difference(&called).collect();
        assert!(
            missing.is_empty() && excess.is_empty(),
            "{logical}: not allowed and called: {missing:#?}\nallowed and never called: {excess:#?}"
        );
    }
}

#[test]
fn every_name_is_one_of_the_list() {
    let template = template();
    let names: Value = serde_json::from_str(&read("infra/names.json")).expect("JSON");
    let name_of =
        |logical: String, key: &str| template["Resources"][logical]["Properties"][key].clone();
    for (function, logical) in FUNCTIONS {
        assert_eq!(
            name_of(format!("{logical}Function"), "FunctionName"),
            names["functions"][function.as_str()]
        );
    }
    for (queue, logical) in [
        (QueueName::PullRequest, "PullRequest"),
        (QueueName::CheckRun, "CheckRun"),
        (QueueName::Lifecycle, "Lifecycle"),
    ] {
        let listed = &names["queues"][queue.as_str()];
        assert_eq!(
            name_of(format!("{logical}Queue"), "QueueName"),
            listed["name"]
        );
        assert_eq!(
            name_of(format!("{logical}DeadLetters"), "QueueName"),
            listed["dead_letter_name"]
        );
    }
}

#[test]
fn functions_are_told_every_variable_that_they_read() {
    let template = template();
    let told = |properties: &Value| -> BTreeSet<String> {
        let variables = properties["Environment"]["Variables"].as_object();
        variables
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let everybody = told(&template["Globals"]["Function"]);
    for (function, logical) in FUNCTIONS {
        let own = told(&template["Resources"][format!("{logical}Function")]["Properties"]);
        let told: BTreeSet<String> = everybody.union(&own).cloned().collect();
        let reads = match function {
            FunctionName::Webhook => Readers::Everybody,
            FunctionName::Redelivery => Readers::CallersOfGitHub,
            FunctionName::PullRequest | FunctionName::CheckRun | FunctionName::Lifecycle => {
                Readers::Workers
            }
        };
        let read: BTreeSet<String> = VARIABLES
            .iter()
            .filter(|variable| variable.readers <= reads)
            .map(|variable| variable.name.to_owned())
            .collect();
        assert_eq!(told, read, "{logical}");
    }
}

#[test]
fn queues_hand_out_as_the_functions_count_on() {
    let template = template();
    assert_eq!(
        template["Parameters"]["MaxReceives"]["Default"],
        f64::from(MAX_RECEIVES)
    );
    let resources = template["Resources"].as_object().expect("resources");
    let number = |value: &Value| value.as_f64().expect("a number");
    for (_, logical) in FUNCTIONS
        .iter()
        .filter(|(_, logical)| resources.contains_key(&format!("{logical}Queue")))
    {
        let function = &resources[&format!("{logical}Function")]["Properties"];
        let queue = &resources[&format!("{logical}Queue")]["Properties"];
        let source = &function["Events"]["Queue"]["Properties"];
        assert_eq!(
            source["FunctionResponseTypes"][0],
            "ReportBatchItemFailures"
        );
        assert!(
            source["ScalingConfig"]["MaximumConcurrency"].is_string(),
            "a parameter"
        );
        assert_eq!(queue["RedrivePolicy"]["maxReceiveCount"], "MaxReceives");
        assert!(
            number(&queue["VisibilityTimeout"]) >= 6.0 * number(&function["Timeout"]),
            "{logical}: Lambda asks for six times the function's time-out"
        );
        let watched = resources.values().any(|resource| {
            resource["Type"] == "AWS::CloudWatch::Alarm"
                && resource["Properties"]["Dimensions"][0]["Value"]
                    == format!("{logical}DeadLetters.QueueName")
        });
        assert!(watched, "{logical}: an alarm watches the dead letters");
    }
}

/// What differs between the two functions that work on messages is their names, and nothing else.
#[test]
fn the_workers_are_twins() {
    let template = template();
    let of = |logical: &str, name: &str| -> BTreeMap<String, String> {
        let resources = template["Resources"].as_object().expect("resources");
        let own = resources.iter().filter(|(id, _)| id.starts_with(logical));
        own.map(|(id, resource)| {
            let text = resource
                .to_string()
                .replace(logical, "Worker")
                .replace(name, "worker");
            (id.replace(logical, "Worker"), text)
        })
        .collect()
    };
    assert_eq!(
        of("PullRequest", "pull-request"),
        of("CheckRun", "check-run")
    );
}
