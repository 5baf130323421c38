"""The template as a local stack: resources that moto can hold are created from it, the rest is read by whoever stands in.

The functions' environment, their roles' policies and the event-source mappings come from the same transformed template, so a
mistake in it shows here before it shows on AWS.
"""

import copy
import dataclasses
import json

import boto3
from resolve import Resolver
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "us-east-1"
ACCOUNT = "123456789012"

# What moto's CloudFormation creates, with the properties it honours; what a template says beyond them is listed.
EMULATED = {
    "AWS::DynamoDB::Table": {"BillingMode", "AttributeDefinitions", "KeySchema", "DeletionProtectionEnabled"},
    "AWS::S3::Bucket": {"BucketName", "BucketEncryption", "Tags"},
    "AWS::SQS::Queue": {
        "QueueName", "VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "ReceiveMessageWaitTimeSeconds",
        "DelaySeconds", "RedriveAllowPolicy", "SqsManagedSseEnabled",
    },
}
# What is not created, and why nothing is missed.
STOOD_IN = {
    "AWS::Lambda::Function": "the binaries run under cargo lambda",
    "AWS::Lambda::Url": "the router",
    "AWS::Lambda::EventSourceMapping": "the mappings",
    "AWS::IAM::Role": "the gateway reads the policies and enforces them",
    "AWS::Lambda::Permission": "the router is the only caller",
    "AWS::Logs::LogGroup": "logs are files",
    "AWS::Logs::MetricFilter": "no metrics",
    "AWS::CloudWatch::Alarm": "no metrics",
    "AWS::CloudWatch::Dashboard": "no metrics",
    "AWS::SNS::Topic": "no alarms",
    "AWS::SNS::Subscription": "no alarms",
    "AWS::S3::BucketPolicy": "everything is on loopback, without TLS",
}
# Says to a function what its timeout is.
TIMEOUT_VARIABLE = "FUNCTION_TIMEOUT_SECONDS"
# Which property names a resource that is stood in for.
NAMED_BY = {"AWS::Lambda::Function": "FunctionName", "AWS::Logs::LogGroup": "LogGroupName"}


@dataclasses.dataclass
class Function:
    """A function of the template."""

    name: str  # the name on AWS
    binary: str
    logical_id: str
    memory_mb: int
    timeout_seconds: int
    environment: dict
    statements: list


@dataclasses.dataclass
class Mapping:
    """An event-source mapping of the template."""

    function: Function
    queue_arn: str
    queue_name: str
    batch_size: int
    reports_item_failures: bool
    concurrency_max: int


def read(path):
    """The template as written."""
    return yaml_parse(path.read_text())


def transformed(template):
    """The template after the serverless transform. Code is elsewhere: its address only has to look like one."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://unused/unused"
    session = boto3.Session(region_name=REGION)
    translator = Translator({}, Parser(), boto_session=session)
    return translator.translate(template, {})


def emulated(template, url, visibility_scale):
    """The part of a transformed template that moto creates, and lines on what it leaves out."""
    resources, left_out = {}, []
    for name, resource in template["Resources"].items():
        kind = resource["Type"]
        if kind in STOOD_IN:
            continue
        if kind not in EMULATED:
            raise ValueError(f"{name} is a {kind}: infra/local has no stand-in for it (infra/local/stack.py)")
        resource = copy.deepcopy(resource)
        ignored = sorted(set(resource["Properties"]) - EMULATED[kind])
        if ignored:
            left_out.append(f"{name}: {', '.join(ignored)}")
        if kind == "AWS::SQS::Queue":
            seconds = resource["Properties"].get("VisibilityTimeout", 30)
            resource["Properties"]["VisibilityTimeout"] = max(1, round(seconds * visibility_scale))
        resources[name] = resource
    parameters = {
        name: {key: item for key, item in parameter.items() if key in ("Type", "Default")}
        for name, parameter in template.get("Parameters", {}).items()
    }
    outputs = with_function_urls(template.get("Outputs", {}), template, url)
    kept = {"Parameters": parameters, "Conditions": template.get("Conditions", {}), "Resources": resources}
    return {"AWSTemplateFormatVersion": "2010-09-09", **kept, "Outputs": outputs}, left_out


def with_function_urls(node, template, url):
    """`node` with the address of every function URL written in."""
    urls = {name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Lambda::Url"}
    if isinstance(node, list):
        return [with_function_urls(item, template, url) for item in node]
    if isinstance(node, str):
        for name in urls:
            node = node.replace("${" + name + ".FunctionUrl}", f"{url}/")
        return node
    if not isinstance(node, dict):
        return node
    path = node.get("Fn::GetAtt")
    if path is not None and (path.split(".") if isinstance(path, str) else path)[0] in urls:
        return f"{url}/"
    return {key: with_function_urls(item, template, url) for key, item in node.items()}


def create(cloudformation, name, template, parameters):
    """Creates the stack; physical ids by logical id, and the outputs."""
    given = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in parameters.items()]
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Parameters=given)
    made = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    if made["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"the stack is {made['StackStatus']}")
    listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
    missing = set(template["Resources"]) - set(ids)
    if missing:
        raise RuntimeError(f"moto did not create {', '.join(sorted(missing))}")
    return ids, {output["OutputKey"]: output["OutputValue"] for output in made.get("Outputs", [])}


def resolver(template, name, ids, parameters):
    """What values of the template are, once its resources exist. A resource that is stood in for is called by its name."""
    names = {
        "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::StackName": name,
        "AWS::URLSuffix": "amazonaws.com",
    }
    names |= {key: parameter.get("Default", "") for key, parameter in template.get("Parameters", {}).items()}
    names |= parameters
    attributes = {}
    made = Resolver(names, attributes, template.get("Conditions", {}))
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        own = properties.get(NAMED_BY.get(resource["Type"]))
        named = f"{name}-{logical_id}" if own is None else made.value(own)
        identity = ids.get(logical_id, named)
        names[logical_id] = identity
        attributes[f"{logical_id}.Arn"] = arn(resource["Type"], identity)
        attributes[f"{logical_id}.QueueName"] = identity.rsplit("/", 1)[-1]
    return made


def arn(kind, identity):
    """The ARN of a resource by its type and physical id."""
    if kind == "AWS::S3::Bucket":
        return f"arn:aws:s3:::{identity}"
    service, prefix = {
        "AWS::DynamoDB::Table": ("dynamodb", "table/"),
        "AWS::SQS::Queue": ("sqs", ""),
        "AWS::Lambda::Function": ("lambda", "function:"),
        "AWS::Logs::LogGroup": ("logs", "log-group:"),
        "AWS::IAM::Role": ("iam", "role/"),
    }.get(kind, ("none", ""))
    name = identity.rsplit("/", 1)[-1] if service == "sqs" else identity
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{prefix}{name}"


def functions(written, template, made, timeout_scale):
    """The functions by logical id; the binary is what `sam build` is told to build."""
    found = {}
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        properties = resource["Properties"]
        role = next(iter(properties["Role"].values()))
        role = template["Resources"][role[0] if isinstance(role, list) else role.split(".")[0]]
        policies = [policy["PolicyDocument"] for policy in made.value(role["Properties"]["Policies"])]
        environment = {key: str(made.value(item)) for key, item in properties["Environment"]["Variables"].items()}
        timeout_seconds = round(int(made.value(properties["Timeout"])) * timeout_scale)
        if TIMEOUT_VARIABLE in environment:
            environment[TIMEOUT_VARIABLE] = str(timeout_seconds)
        found[logical_id] = Function(
            name=made.names[logical_id],
            binary=written["Resources"][logical_id]["Metadata"]["BuildProperties"]["Binary"],
            logical_id=logical_id,
            memory_mb=int(made.value(properties["MemorySize"])),
            timeout_seconds=timeout_seconds,
            environment=environment,
            statements=[statement for policy in policies for statement in policy["Statement"]],
        )
    return found


def mappings(template, made, by_id):
    """The event-source mappings."""
    by_name = {function.name: function for function in by_id.values()}
    found = []
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Lambda::EventSourceMapping":
            continue
        properties = made.value(resource["Properties"])
        queue_arn = properties["EventSourceArn"]
        found.append(Mapping(
            function=by_name[properties["FunctionName"]],
            queue_arn=queue_arn,
            queue_name=queue_arn.rsplit(":", 1)[-1],
            batch_size=int(properties.get("BatchSize", 10)),
            reports_item_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            concurrency_max=int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 5)),
        ))
    return found
