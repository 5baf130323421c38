"""What AWS charges a request to DynamoDB, in capacity units: from the sizes of items, which moto does not look at.

Reads are charged by 4 KB, halved when they may be stale; writes by 1 KB of the larger of old and new item, twice as much in a
transaction, and all the same when a condition does not hold.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import json
import math

READ_BYTES, WRITE_BYTES = 4096, 1024
# A transaction prepares and commits.
TRANSACTION_FACTOR = 2
REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")
# Operations whose answers charge each table in a list.
LISTED = ("BatchGetItem", "TransactWriteItems")


def item_bytes(item):
    """Names and values of an item; a number takes a byte for two digits and one more."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in (item or {}).items())


def value_bytes(value):
    (kind, content), = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.strip("-0.").replace(".", "")) / 2) + 1 + content.startswith("-")
    raise ValueError(f"no record has an attribute of type {kind}")


def read_units(size, consistent):
    return max(1, math.ceil(size / READ_BYTES)) * (1 if consistent else 0.5)


def write_units(size):
    return max(1, math.ceil(size / WRITE_BYTES))


class Meter:
    """Charges requests one after the other; knows what it saw written."""

    def __init__(self):
        self.sizes = {}  # (table, partition, sort) → bytes

    def charge(self, operation, request, status, answer):
        """(answer with the units in it if they were asked for, units of a refused write)."""
        refused = status != 200
        if refused and not any(name in answer.get("__type", "") for name in REFUSALS):
            return answer, 0
        units = self.units(operation, request, answer, refused)
        if refused:
            return answer, units
        if request.get("ReturnConsumedCapacity", "NONE") != "NONE":
            charged = {"TableName": table_of(operation, request), "CapacityUnits": units}
            answer = answer | {"ConsumedCapacity": [charged] if operation in LISTED else charged}
        return answer, 0

    def units(self, operation, request, answer, refused):
        if operation == "GetItem":
            return read_units(item_bytes(answer.get("Item")), request.get("ConsistentRead", False))
        if operation == "Query":
            return read_units(sum(map(item_bytes, answer["Items"])), request.get("ConsistentRead", False))
        if operation == "BatchGetItem":
            return sum(self.batch_units(keys, answer["Responses"].get(table, [])) for table, keys in request["RequestItems"].items())
        if operation == "TransactWriteItems":
            parts = [next(iter(item.items())) for item in request["TransactItems"]]
            return TRANSACTION_FACTOR * sum(self.change_units(kind, part, refused) for kind, part in parts)
        return self.change_units(operation.removesuffix("Item"), request, refused)

    def batch_units(self, asked, found):
        """Every key is a read of its own, those without an item as well."""
        consistent = asked.get("ConsistentRead", False)
        missing = len(asked["Keys"]) - len(found)
        return sum(read_units(item_bytes(item), consistent) for item in found) + missing * read_units(0, consistent)

    def change_units(self, kind, change, refused):
        """One change, alone or in a transaction; remembers what it leaves behind."""
        named = change["Item"] if kind == "Put" else change["Key"]
        key = change["TableName"], named["pk"]["S"], named["sk"]["S"]
        old = self.sizes.get(key, 0)
        if refused or kind == "ConditionCheck":
            return write_units(old)
        if kind not in ("Put", "Delete"):
            raise ValueError(f"no function calls {kind}")
        new = item_bytes(change["Item"]) if kind == "Put" else 0
        self.sizes[key] = new
        return write_units(max(old, new))

    def stored_bytes(self):
        """All items there are."""
        return sum(self.sizes.values())


def table_of(operation, request):
    if operation == "BatchGetItem":
        return next(iter(request["RequestItems"]))
    if operation == "TransactWriteItems":
        return next(iter(request["TransactItems"][0].values()))["TableName"]
    return request["TableName"]


def charged(meter, headers, body, status, answer):
    """`Meter.charge` over bodies in bytes."""
    target = next(value for name, value in headers.items() if name.lower() == "x-amz-target")
    operation = target.rsplit(".", 1)[-1]
    found, refused = meter.charge(operation, json.loads(body), status, json.loads(answer or b"{}"))
    return json.dumps(found).encode(), refused
