#!/usr/bin/env python3
"""Deploys template.yaml, and what must be there before it, to an emulator of AWS.

Usage: deploy.py ENDPOINT FOLDER <<< '{"api_url": …, "private_key": …, …}'

FOLDER holds what scripts/functions packs. Names come from infra/names.json. On
standard output: one JSON object with the webhook's URL and the queues' URLs. What differs from a real
deployment: no canary (the emulator has no CodeDeploy), no schedule, a shorter visibility time-out, and what
infra/ makes on AWS (tables, bucket, key, parameters) is made here.
"""

import json
import pathlib
import sys

import boto3
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "000000000000"
CODE = "phase-mirror-code"


def main() -> None:
    endpoint, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    told = json.load(sys.stdin)
    environment = told["environment"]
    session = boto3.session.Session("test", "test", region_name=REGION)

    def client(service: str):
        return session.client(service, endpoint_url=endpoint)

    def name(text: str) -> str:
        return text.replace("${Environment}", environment)

    names = json.loads((ROOT / "infra/names.json").read_text())
    for table in names["tables"].values():
        make_table(client("dynamodb"), table, name)
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    bucket = f"{name(names['bucket_prefix'])}-{ACCOUNT}"
    s3 = client("s3")
    for made in (bucket, CODE):
        s3.create_bucket(
            Bucket=made, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    for parameter, value in told["parameters"].items():
        client("ssm").put_parameter(
            Name=name(names["parameters"][parameter]),
            Value=value,
            Type="SecureString",
            KeyId=key,
        )
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in resource["Properties"]:
            # Nobody waits six minutes for a test.
            resource["Properties"]["VisibilityTimeout"] = told["visibility_timeout"]
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            archive = f"{pathlib.PurePosixPath(properties['CodeUri']).name}.zip"
            s3.upload_file(str(folder / archive), CODE, archive)
            properties["CodeUri"] = f"s3://{CODE}/{archive}"
            properties.pop("DeploymentPreference", None)
            # What the clock wakes would be woken in the midst of a story; and is nobody's to retry.
            properties.pop("EventInvokeConfig", None)
            sources = properties.get("Events", {})
            for name_of, source in list(sources.items()):
                if source["Type"] != "SQS":
                    del sources[name_of]
                    continue
                # The emulator takes what a parameter holds for text, and fails to count with it.
                limit = source["Properties"]["ScalingConfig"]["MaximumConcurrency"]["Ref"]
                source["Properties"]["ScalingConfig"] = {
                    "MaximumConcurrency": template["Parameters"][limit]["Default"]
                }
    print(json.dumps(make_stack(client, template, told, key) | {"bucket": bucket}))


def make_table(dynamodb, table: dict, name) -> None:
    keys = [(table["partition_key"], "HASH")]
    if table["sort_key"]:
        keys.append((table["sort_key"], "RANGE"))
    dynamodb.create_table(
        TableName=name(table["name"]),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key, _ in keys
        ],
    )
    dynamodb.update_time_to_live(
        TableName=name(table["name"]),
        TimeToLiveSpecification={
            "Enabled": True,
            "AttributeName": table["ttl_attribute"],
        },
    )


def make_stack(client, template: dict, told: dict, key: str) -> dict:
    environment = told["environment"]
    stack = f"phase-mirror-{environment}"
    given = {
        "Environment": environment,
        "KeyArn": key,
        "Architecture": "x86_64",
        "GitHubApiUrl": told["api_url"],
        "MaxReceives": str(told["max_receives"]),
    }
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in given.items()
        ],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    except Exception:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        for event in events:
            if "FAILED" in event["ResourceStatus"]:
                resource = event["LogicalResourceId"]
                print(resource, event.get("ResourceStatusReason"), file=sys.stderr)
        raise
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
    sqs = client("sqs")

    def queue(name: str) -> str:
        return sqs.get_queue_url(QueueName=f"{stack}-{name}")["QueueUrl"]

    policy = client("lambda").get_policy(
        FunctionName=f"{stack}-webhook", Qualifier="live"
    )
    statements = json.loads(policy["Policy"])["Statement"]
    return {
        "webhook": outputs["WebhookUrl"],
        "queues": {
            name: queue(name)
            for name in (
                "pull-request",
                "pull-request-dead",
                "check-run",
                "check-run-dead",
                "lifecycle",
                "lifecycle-dead",
            )
        },
        "public_actions": sorted(statement["Action"] for statement in statements),
    }


if __name__ == "__main__":
    main()
