"""What a request to AWS asks for: (action, resource ARN, context) for each permission it needs, read off the wire.

Only what the functions call is known; anything else is an error, so that a new call is met here before it is met on AWS.
"""

import json
import urllib.parse

from stack import ACCOUNT, REGION

# One request, one action of the same name unless listed here.
SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
# A transaction needs the permission of each of its parts.
PARTS = {"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}


class Unknown(Exception):
    """A request that is not understood."""


def service_of(headers, query):
    """(access key id, service) out of the signature, in a header or presigned in the query."""
    credential = urllib.parse.parse_qs(query).get("X-Amz-Credential", [""])[0]
    authorization = headers.get("Authorization", "")
    if "Credential=" in authorization:
        credential = authorization.split("Credential=", 1)[1].split(",", 1)[0]
    parts = credential.split("/")
    if len(parts) != 5:
        raise Unknown("the request is not signed")
    return parts[0], parts[3]


def needs(service, method, path, query, headers, body):
    """The permissions a request needs."""
    if service == "s3":
        return [s3(method, path, urllib.parse.parse_qs(query, keep_blank_values=True))]
    operation = headers.get("X-Amz-Target", "").rsplit(".", 1)[-1]
    if service == "dynamodb":
        return dynamodb(operation, json.loads(body))
    if service == "sqs":
        name = json.loads(body)["QueueUrl"].rsplit("/", 1)[-1]
        return [(f"sqs:{SQS_ACTIONS.get(operation, operation)}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", {})]
    raise Unknown(f"no function calls {service}")


def dynamodb(operation, request):
    def table(name):
        return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"

    if operation in ("TransactWriteItems", "TransactGetItems"):
        return [(f"dynamodb:{PARTS[kind]}", table(part["TableName"]), {})
                for item in request["TransactItems"] for kind, part in item.items()]
    if operation == "BatchGetItem":
        return [("dynamodb:BatchGetItem", table(name), {}) for name in request["RequestItems"]]
    return [(f"dynamodb:{operation}", table(request["TableName"]), {})]


def bucket_and_key(path):
    """Of a path-style address."""
    bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
    return bucket, key


def s3(method, path, query):
    bucket, key = bucket_and_key(path)
    if key:
        multipart = {"uploads", "uploadId"} & set(query)
        actions = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
        actions |= {"POST": "PutObject", "DELETE": "AbortMultipartUpload"} if multipart else {}
        if method not in actions:
            raise Unknown(f"S3 {method} {path}")
        return f"s3:{actions[method]}", f"arn:aws:s3:::{bucket}/{key}", {}
    if method == "GET" and ("list-type" in query or "prefix" in query):
        return "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": query.get("prefix", [""])[0]}
    raise Unknown(f"S3 {method} {path} {sorted(query)}")
