"""What infra/local/ stands in for, each a table over one check: `python rules.py`."""

import json
import pathlib
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "infra/local"), str(REPOSITORY / "infra")]

import capacity  # noqa: E402
import cost  # noqa: E402
import gateway  # noqa: E402
import mappings  # noqa: E402
import policy  # noqa: E402
import router  # noqa: E402
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


class FunctionUrls(unittest.TestCase):
    def test_what_a_client_gets(self):
        cases = [
            ({"statusCode": 202}, (202, [], b"")),
            ({"statusCode": 200, "headers": {"A": "1"}, "multiValueHeaders": {"a": ["1"], "B": ["2", "3"]}, "body": "hé"},
             (200, [("A", "1"), ("B", "2"), ("B", "3")], "hé".encode())),
            ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True, "cookies": ["c=d"]},
             (200, [("Set-Cookie", "c=d")], b"\0\xff")),
        ]
        for answer, expected in cases:
            with self.subTest(answer=answer):
                self.assertEqual(router.response_of(json.dumps(answer).encode()), expected)


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


def item(sort, letters):
    return {"pk": {"S": "p"}, "sk": {"S": sort}, "body": {"S": "x" * letters}}


class Capacity(unittest.TestCase):
    asked = {"TableName": "t", "ReturnConsumedCapacity": "TOTAL"}

    def test_sizes(self):
        cases = [
            ({"pk": {"S": "p"}, "sk": {"S": "s"}}, 6), ({"name": {"S": "é"}}, 6), ({}, 0), (None, 0),
            ({"n": {"N": "0"}}, 2), ({"n": {"N": "7"}}, 3), ({"n": {"N": "-12345"}}, 6), ({"n": {"N": "1200"}}, 3),
        ]
        for record, expected in cases:
            with self.subTest(record=record):
                self.assertEqual(capacity.item_bytes(record), expected)

    def test_units(self):
        put = {"TableName": "t", "Item": item("a", 2100)}
        smaller = {"TableName": "t", "Item": item("a", 10)}
        delete = {"TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": "a"}}}
        other = delete | {"Key": {"pk": {"S": "p"}, "sk": {"S": "b"}}}
        refusal, cancelled = ({"__type": f"com.amazonaws.dynamodb.v20120810#{name}"} for name in capacity.REFUSALS)
        # In this order, on one table: (operation, request, status, answer, units charged, units refused)
        cases = [
            ("GetItem", {"ConsistentRead": True}, 200, {}, 1, 0),
            ("GetItem", {"ConsistentRead": True}, 200, {"Item": item("a", 4096)}, 2, 0),
            ("GetItem", {}, 200, {"Item": item("a", 10)}, 0.5, 0),
            ("Query", {"ConsistentRead": True}, 200, {"Items": [item("a", 2000), item("b", 2000)]}, 1, 0),
            ("Query", {}, 200, {"Items": []}, 0.5, 0),
            ("PutItem", put, 200, {}, 3, 0),
            ("PutItem", smaller, 400, refusal, None, 3),
            ("PutItem", smaller, 400, {"__type": "ThrottlingException"}, None, 0),
            ("TransactWriteItems", {"TransactItems": [{"ConditionCheck": delete}, {"Delete": other}]}, 400, cancelled, None, 8),
            ("PutItem", smaller, 200, {}, 3, 0),
            ("DeleteItem", delete, 200, {}, 1, 0),
            ("TransactWriteItems", {"TransactItems": [{"Put": put}, {"Delete": other}]}, 200, {}, 8, 0),
        ]
        meter = capacity.Meter()
        for operation, request, status, answer, units, refused in cases:
            with self.subTest(operation=operation, request=request):
                found, left = meter.charge(operation, self.asked | request, status, answer)
                charged = found.get("ConsumedCapacity")
                charged = charged[0] if isinstance(charged, list) else charged
                self.assertEqual((charged and charged["CapacityUnits"], left), (units, refused))
        self.assertEqual(meter.stored_bytes(), capacity.item_bytes(put["Item"]))

    def test_a_batch_charges_every_key(self):
        keys = [{"pk": {"S": "p"}, "sk": {"S": sort}} for sort in "abc"]
        request = {"RequestItems": {"t": {"Keys": keys, "ConsistentRead": True}}, "ReturnConsumedCapacity": "TOTAL"}
        answer, _ = capacity.Meter().charge("BatchGetItem", request, 200, {"Responses": {"t": [item("a", 5000), item("b", 1)]}})
        self.assertEqual(answer["ConsumedCapacity"], [{"TableName": "t", "CapacityUnits": 4}])

    def test_nothing_is_told_unasked(self):
        answer, _ = capacity.Meter().charge("GetItem", {"TableName": "t"}, 200, {})
        self.assertEqual(answer, {})


class Costs(unittest.TestCase):
    def test_function_time(self):
        cases = [
            ({"processor_seconds": 1}, 1769, 1), ({"processor_seconds": 1}, 3008, 1), ({"processor_seconds": 1}, 3538, 0.5),
            ({"processor_seconds": 0.5}, 1769 / 2, 1),
            ({"dynamodb.GetItem": 2, "dynamodb.read_units": 9, "s3.get": 1, "sqs.SendMessageBatch": 1, "sqs.billed_requests": 5},
             1769, 2 * 0.005 + 0.03 + 0.01),
        ]
        for counts, memory, expected in cases:
            with self.subTest(counts=counts, memory=memory):
                self.assertAlmostEqual(cost.seconds(counts, memory), expected)

    def test_a_bill(self):
        prices = json.loads((REPOSITORY / "infra/prices.json").read_text())
        counts = {"api": {"invocations": 10, "dynamodb.write_units": 3, "dynamodb.refused_write_units": 1, "mapping.deletes": 2,
                          "sqs.billed_requests": 4, "logged_bytes": 1000, "s3.put": 1, "s3.list": 1}}
        found = cost.amounts(counts, {"api": 1769}, {"result_bytes": 10**9})
        expected = {"requests": 10, "queue": 6, "writes": 4, "puts": 2, "gets": 0, "results": 3}
        self.assertEqual({name: found[name] for name in expected}, expected)
        self.assertAlmostEqual(cost.bill(prices, found)["queue"], 6 * 0.5e-6)


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
