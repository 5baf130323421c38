"""Event-source mappings: messages of a queue to invocations of a function, by the rules of AWS Lambda.

Nothing is deleted before an invocation succeeded. A failed one leaves its whole batch; an answer naming item failures leaves
those; an answer that is not understood, or names a message that was not in the batch, leaves all. What is left comes back when
its visibility ends, and moves to the dead letters when it was received too often. A mapping acts with its function's role.
"""

import collections
import json
import math
import threading

import fleet
import gateway

# An idle mapping looks this often. AWS polls long; under moto that would keep others waiting.
POLL_SECONDS = 0.15
# Bytes of a request to SQS that are billed as one request.
BILLED_BYTES = 64 * 1024


def event_of(mapping, messages, source_of):
    """The event of a batch, as bytes."""
    records = [record_of(mapping, message, source_of) for message in messages]
    return json.dumps({"Records": records}).encode()


def record_of(mapping, message, source_of):
    attributes = dict(message.get("Attributes", {}))
    source = source_of(mapping.queue_arn, message)
    if source:
        attributes["DeadLetterQueueSourceArn"] = source
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.queue_arn,
        "awsRegion": mapping.queue_arn.split(":")[3],
    }


def done(mapping, messages, answer):
    """The messages an answer (bytes) lets the mapping delete."""
    if not mapping.reports_item_failures:
        return messages
    known = {message["MessageId"] for message in messages}
    try:
        told = json.loads(answer) if answer.strip() else None
        failures = (told or {}).get("batchItemFailures") or []
        failed = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, TypeError, KeyError, AttributeError):
        return []
    return [message for message in messages if message["MessageId"] not in failed] if failed <= known else []


class Runner:
    """Runs a mapping: one poller, and as many invocations at once as mapping and fleet allow."""

    def __init__(self, mapping, client, fleet_, concurrency, source_of, report, on_dispatch):
        self.mapping, self.client, self.fleet = mapping, client, fleet_
        self.source_of, self.report, self.on_dispatch = source_of, report, on_dispatch
        self.places = threading.Semaphore(concurrency)
        self.counting = threading.Lock()
        self.billed = collections.Counter()  # requests the owner of the queue pays for, without empty polls
        self.stopping = threading.Event()
        self.url = f"https://sqs.local/{mapping.queue_arn.split(':')[4]}/{mapping.queue_name}"
        self.thread = threading.Thread(target=self.poll, name=mapping.queue_name, daemon=True)
        self.thread.start()

    def poll(self):
        while not self.stopping.is_set():
            self.places.acquire()
            messages = self.receive()
            if messages:
                self.count("receives", math.ceil(sum(len(message["Body"].encode()) for message in messages) / BILLED_BYTES))
                threading.Thread(target=self.deliver, args=(messages,), daemon=True).start()
            else:
                self.places.release()
                self.stopping.wait(POLL_SECONDS)

    def count(self, what, requests):
        with self.counting:
            self.billed[what] += requests

    def receive(self):
        try:
            answer = self.client.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=self.mapping.batch_size, WaitTimeSeconds=0,
                MessageSystemAttributeNames=["All"],
            )
        except Exception as error:  # a mapping outlives whatever the queue answers
            if not self.stopping.is_set():
                self.report(f"{self.mapping.queue_name}: {error}")
            return []
        return answer.get("Messages", [])

    def deliver(self, messages):
        try:
            event = event_of(self.mapping, messages, self.source_of)
            watched = self.on_dispatch and (lambda instance: self.on_dispatch(self.mapping, messages, instance))
            answer = self.fleet.invoke(self.mapping.function, event, watched)
            deletable = done(self.mapping, messages, answer)
            if deletable:
                entries = [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                           for number, message in enumerate(deletable)]
                self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)
                self.count("deletes", 1)
        except fleet.Failed as failure:
            if not self.stopping.is_set():
                self.report(f"{self.mapping.queue_name}: {failure}; {len(messages)} messages come back")
        finally:
            self.places.release()

    def stop(self):
        self.stopping.set()


class Sources:
    """Where a dead letter came from. moto moves letters but does not say from where; the queues' redrive policies and the
    messages seen by the mappings do."""

    def __init__(self, redrives):
        self.targets = set(redrives.values())
        self.seen = {}

    def __call__(self, queue_arn, message):
        if queue_arn in self.targets:
            return self.seen.get(message["MessageId"])
        self.seen[message["MessageId"]] = queue_arn
        return None


def client_of(session, gateway_url, function):
    """A queue client with the role of a function."""
    return session.client(
        "sqs", endpoint_url=gateway_url, aws_access_key_id=gateway.key_of(function.binary), aws_secret_access_key="local"
    )
