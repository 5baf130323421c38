"""What infra/local/ stands in for, each a table over one check: `python rules.py`."""

import json
import pathlib
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "infra/local"))

import gateway  # noqa: E402
import mappings  # noqa: E402
import policy  # noqa: E402
import stack  # noqa: E402
import wire  # noqa: E402
from resolve import Resolver, Unresolved  # noqa: E402

BUCKET, TABLE = "arn:aws:s3:::lake", "arn:aws:dynamodb:us-east-1:123456789012:table/t"
STEPS = "arn:aws:sqs:us-east-1:123456789012:barlake-steps"
ROLE = [
    {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": TABLE},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{BUCKET}/lake/*"]},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET, "Condition": {"StringLike": {"s3:prefix": ["lake/*"]}}},
    {"Effect": "Deny", "Action": "s3:*", "Resource": f"{BUCKET}/lake/secret"},
]


class Policies(unittest.TestCase):
    def test_what_a_role_allows(self):
        cases = [
            ("dynamodb:GetItem", TABLE, {}, True),
            ("dynamodb:getitem", TABLE, {}, True),
            ("dynamodb:DeleteItem", TABLE, {}, False),
            ("dynamodb:GetItem", TABLE + "2", {}, False),
            ("s3:GetObject", f"{BUCKET}/lake/a/b", {}, True),
            ("s3:GetObject", f"{BUCKET}/other/a", {}, False),
            ("s3:GetObject", f"{BUCKET}/lake/secret", {}, False),
            ("s3:ListBucket", BUCKET, {"s3:prefix": "lake/ES/"}, True),
            ("s3:ListBucket", BUCKET, {"s3:prefix": ""}, False),
            ("s3:ListBucket", BUCKET, {}, False),
        ]
        for action, resource, context, expected in cases:
            with self.subTest(action=action, resource=resource, context=context):
                self.assertEqual(policy.allowed(ROLE, action, resource, context), expected)

    def test_what_is_not_understood_is_an_error(self):
        for extra in ({"NotAction": "s3:*"}, {"Condition": {"IpAddress": {"aws:SourceIp": "::"}}}):
            statement = {"Effect": "Allow", "Action": "*", "Resource": "*"} | extra
            with self.subTest(extra=extra), self.assertRaises(ValueError):
                policy.allowed([statement], "s3:GetObject", BUCKET, {})


class Requests(unittest.TestCase):
    def test_what_a_request_needs(self):
        def json_call(service, target, body):
            return service, "POST", "/", "", {"X-Amz-Target": target}, json.dumps(body).encode()

        queue = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/barlake-steps"}
        parts = [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "t"}}]
        cases = [
            (json_call("dynamodb", "DynamoDB_20120810.Query", {"TableName": "t"}), [("dynamodb:Query", TABLE, {})]),
            (json_call("dynamodb", "DynamoDB_20120810.TransactWriteItems", {"TransactItems": parts}),
             [("dynamodb:PutItem", TABLE, {}), ("dynamodb:ConditionCheckItem", TABLE, {})]),
            (json_call("sqs", "AmazonSQS.SendMessageBatch", queue), [("sqs:SendMessage", STEPS, {})]),
            (json_call("sqs", "AmazonSQS.ChangeMessageVisibility", queue), [("sqs:ChangeMessageVisibility", STEPS, {})]),
            (("s3", "GET", "/lake/lake/a%20b", "x-id=GetObject", {}, b""), [("s3:GetObject", f"{BUCKET}/lake/a b", {})]),
            (("s3", "HEAD", "/lake/lake/a", "", {}, b""), [("s3:GetObject", f"{BUCKET}/lake/a", {})]),
            (("s3", "PUT", "/lake/lake/a", "", {}, b""), [("s3:PutObject", f"{BUCKET}/lake/a", {})]),
            (("s3", "POST", "/lake/lake/a", "uploads", {}, b""), [("s3:PutObject", f"{BUCKET}/lake/a", {})]),
            (("s3", "GET", "/lake/", "list-type=2&prefix=lake%2FES", {}, b""),
             [("s3:ListBucket", BUCKET, {"s3:prefix": "lake/ES"})]),
        ]
        for request, expected in cases:
            with self.subTest(request=request):
                self.assertEqual(wire.needs(*request), expected)
        for request in [("s3", "DELETE", "/lake", "", {}, b""), ("iam", "POST", "/", "", {}, b"")]:
            with self.subTest(request=request), self.assertRaises(wire.Unknown):
                wire.needs(*request)

    def test_who_signed(self):
        header = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIALOCALAPI/20261121/us-east-1/s3/aws4_request, SignedHeaders=x"}
        query = "X-Amz-Credential=AKIALOCALAPI%2F20261121%2Fus-east-1%2Fs3%2Faws4_request"
        self.assertEqual(wire.service_of(header, ""), (gateway.key_of("api"), "s3"))
        self.assertEqual(wire.service_of({}, query), (gateway.key_of("api"), "s3"))
        with self.assertRaises(wire.Unknown):
            wire.service_of({}, "")


class EventSourceMappings(unittest.TestCase):
    function = stack.Function("barlake-reducer", "reducer", "ReducerFunction", 1769, 60, {}, [])
    mapping = stack.Mapping(function, STEPS, "barlake-steps", 5, True, 10)
    messages = [{"MessageId": name, "ReceiptHandle": f"r-{name}", "Body": "{}", "MD5OfBody": "x",
                 "Attributes": {"ApproximateReceiveCount": "2"}} for name in ("a", "b")]

    def test_what_is_deleted(self):
        def failures(*names):
            return json.dumps({"batchItemFailures": [{"itemIdentifier": name} for name in names]}).encode()

        cases = [
            (failures(), "ab"), (b'{"batchItemFailures": null}', "ab"), (b"{}", "ab"), (b"null", "ab"), (b"", "ab"),
            (failures("a"), "b"), (failures("a", "b"), ""),
            (failures("c"), ""), (failures("a", "c"), ""), (failures(""), ""), (failures(None), ""),
            (b'{"batchItemFailures": [{"item": "a"}]}', ""), (b'{"batchItemFailures": "a"}', ""), (b"oops", ""), (b"[1]", ""),
        ]
        for answer, expected in cases:
            with self.subTest(answer=answer):
                deleted = mappings.done(self.mapping, self.messages, answer)
                self.assertEqual("".join(message["MessageId"] for message in deleted), expected)

    def test_without_item_failures_success_deletes_all(self):
        plain = stack.Mapping(self.function, STEPS, "barlake-steps", 5, False, 10)
        self.assertEqual(mappings.done(plain, self.messages, b"oops"), self.messages)

    def test_a_dead_letter_names_its_source(self):
        letters = STEPS.replace("steps", "dead-letters")
        sources = mappings.Sources({STEPS: letters})
        dead = stack.Mapping(self.function, letters, "barlake-dead-letters", 5, True, 2)
        first = json.loads(mappings.event_of(self.mapping, self.messages, sources))["Records"][0]
        self.assertEqual((first["eventSourceARN"], first["attributes"]), (STEPS, {"ApproximateReceiveCount": "2"}))
        letter = json.loads(mappings.event_of(dead, self.messages, sources))["Records"][0]
        self.assertEqual(letter["eventSourceARN"], letters)
        self.assertEqual(letter["attributes"]["DeadLetterQueueSourceArn"], STEPS)


class Templates(unittest.TestCase):
    def test_values(self):
        made = Resolver({"P": "x", "Q": ""}, {"B.Arn": "arn:b"}, {"Has": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Q"}, ""]}]}})
        cases = [
            ({"Ref": "P"}, "x"), ({"Fn::GetAtt": ["B", "Arn"]}, "arn:b"), ({"Fn::Sub": "${P}-${B.Arn}/${!P}"}, "x-arn:b/${P}"),
            ({"Fn::Sub": ["${Own}${P}", {"Own": {"Ref": "P"}}]}, "xx"), ({"Fn::If": ["Has", 1, 2]}, 2),
            ([1, {"Fn::If": ["Has", 1, {"Ref": "AWS::NoValue"}]}], [1]), ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
            ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}, "b"), ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-x"),
        ]
        for node, expected in cases:
            with self.subTest(node=node):
                self.assertEqual(made.value(node), expected)
        for node in ({"Ref": "None"}, {"Fn::GetAtt": "B.Name"}, {"Fn::ImportValue": "x"}, {"Fn::If": ["None", 1, 2]}):
            with self.subTest(node=node), self.assertRaises(Unresolved):
                made.value(node)

    def test_a_resource_without_stand_in_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "Stream.*AWS::Kinesis::Stream"):
            stack.emulated({"Resources": {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {}}}}, "", 1)

    def test_visibility_is_scaled_and_what_is_ignored_is_said(self):
        queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 120, "KmsMasterKeyId": "k"}}
        made, left_out = stack.emulated({"Resources": {"Queue": queue}}, "", 1 / 60)
        self.assertEqual(made["Resources"]["Queue"]["Properties"]["VisibilityTimeout"], 2)
        self.assertEqual(left_out, ["Queue: KmsMasterKeyId"])


if __name__ == "__main__":
    unittest.main()
