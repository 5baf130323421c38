"""Counts (counts.json) times prices (prices.json): the tables of infra/README.md. `--check` fails when they say otherwise.

It measures nothing; infra/local/cost does. What is assumed rather than counted is a constant here and named in the text.
"""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
README = FOLDER / "README.md"
BEGIN, END = "<!-- costs: written by infra/cost.py -->", "<!-- end of costs -->"

# A vCPU of Lambda comes with this much memory; below it, a part of one.
MB_PER_VCPU = 1769
# How long a function waits for an answer on AWS, by service: assumed, and generous. Objects are a few megabytes.
ANSWER_SECONDS = {"dynamodb": 0.005, "sqs": 0.010, "s3": 0.030}
# What Lambda logs of an invocation by itself (START, END and REPORT lines): assumed.
PLATFORM_LOG_BYTES = 400
# An idle mapping: five pollers, each asking once in twenty seconds.
MONTH_SECONDS = 30 * 86_400
POLLS_PER_MONTH = 5 * MONTH_SECONDS // 20
# Results are kept for ResultsExpireDays.
MONTHS_KEPT = 3
# Workers that may start for a large sweep (WorkerMaxConcurrency).
WORKERS = 100

# One line of the bill: what it is called, the prices of one of it, how many of what is shown make one, digits shown.
LINES = {
    "requests": ("function requests", ["lambda_request"], 1, 0),
    "gb_seconds": ("function time, GB-seconds", ["lambda_gb_second"], 1, 1),
    "queue": ("queue requests, by tenant", ["sqs_request", "sqs_fair_request"], 1, 0),
    "writes": ("table write units", ["dynamodb_write_unit"], 1, 0),
    "reads": ("table read units", ["dynamodb_read_unit"], 1, 0),
    "puts": ("object writes and listings", ["s3_put"], 1, 0),
    "gets": ("object reads", ["s3_get"], 1, 0),
    "logs": ("logs, KB", ["logs_gb"], 1e6, 0),
    "results": (f"results, MB, kept {MONTHS_KEPT} months", ["s3_gb_month"], 1e3 / MONTHS_KEPT, 2),
    "records": (f"records, KB, kept {MONTHS_KEPT} months", ["dynamodb_gb_month", "dynamodb_recovery_gb_month"], 1e6 / MONTHS_KEPT, 0),
}


def vcpus_used(memory_mb):
    """A function's threads are as many as whole vCPUs, at least one, which then has what there is."""
    vcpus = memory_mb / MB_PER_VCPU
    return vcpus if vcpus < 1 else int(vcpus)


def seconds(counts, memory_mb):
    """Billed seconds of a function: it computes on its threads, and waits for one answer after the other."""
    answers = {
        "dynamodb": sum(count for name, count in counts.items() if name.startswith("dynamodb.") and not name.endswith("_units")),
        "sqs": counts.get("sqs.SendMessageBatch", 0) + counts.get("sqs.ChangeMessageVisibility", 0),
        "s3": sum(count for name, count in counts.items() if name.startswith("s3.")),
    }
    waits = sum(count * ANSWER_SECONDS[service] for service, count in answers.items())
    return counts.get("processor_seconds", 0) / vcpus_used(memory_mb) + waits


def amounts(functions, memory_mb, stored=None):
    """How much of each line some work takes."""
    def total(*names):
        return sum(counts.get(name, 0) for counts in functions.values() for name in names)

    stored = stored or {}
    invocations = total("invocations")
    return {
        "requests": invocations,
        "gb_seconds": sum(seconds(counts, memory_mb[name]) * memory_mb[name] / 1024 for name, counts in functions.items()),
        "queue": total("sqs.billed_requests", "mapping.receives", "mapping.deletes"),
        "writes": total("dynamodb.write_units", "dynamodb.refused_write_units"),
        "reads": total("dynamodb.read_units"),
        "puts": total("s3.put", "s3.list"),
        "gets": total("s3.get"),
        "logs": (total("logged_bytes") + invocations * PLATFORM_LOG_BYTES) / 1e9,
        "results": stored.get("result_bytes", 0) * MONTHS_KEPT / 1e9,
        "records": stored.get("table_bytes", 0) * MONTHS_KEPT / 1e9,
    }


def dollars(prices, names, amount):
    return sum(prices["prices"][name]["usd"] / prices["prices"][name]["per"] for name in names) * amount


def bill(prices, found):
    """Dollars by line."""
    return {line: dollars(prices, names, found[line]) for line, (_, names, _, _) in LINES.items()}


def small(amount):
    """Dollars of one piece of work."""
    return f"{amount:.6f}"


def row(*cells):
    return f"| {' | '.join(map(str, cells))} |"


def price_table(prices):
    rows = [row("what", "dollars", "per", "free each month", "checked against"), row(*["---"] * 5)]
    for name, price in prices["prices"].items():
        free = prices["free_each_month"].get(name)
        per = price["unit"] if price["per"] == 1 else f"{price['per']:,} {price['unit']}"
        rows.append(row(f"`{name}`", f"{price['usd']:.10f}".rstrip("0").ljust(4, "0"), per, f"{free:,}" if free else "", price["checked"]))
    return rows


def idle_lines(idle):
    """What is billed in a month in which nobody calls: what, how much, price, amount."""
    mappings = len(idle["mappings"])
    return [
        (f"all {mappings} mappings", f"{POLLS_PER_MONTH * mappings:,} polls", "sqs_request", POLLS_PER_MONTH * mappings),
        (f"{idle['alarms']} alarms", f"{idle['alarm_metrics']} metrics", "alarm_metric_month", idle["alarm_metrics"]),
        ("dashboard", idle["dashboards"], "dashboard_month", idle["dashboards"]),
    ]


def idle_dollars(prices, idle):
    """By line: the list price, and what is left of it after the free tier."""
    free = prices["free_each_month"]
    return [(dollars(prices, [name], amount), dollars(prices, [name], max(0, amount - free.get(name, 0))))
            for _, _, name, amount in idle_lines(idle)]


def idle_table(prices, idle):
    rows = [row("an idle month", "how much", "dollars", "after the free tier"), row(*["---"] * 4)]
    poll = dollars(prices, ["sqs_request"], POLLS_PER_MONTH)
    rows += [row(f"listening to `{mapping}`", f"{POLLS_PER_MONTH:,} polls", f"{poll:.2f}", "") for mapping in idle["mappings"]]
    charged = idle_dollars(prices, idle)
    for (what, much, _, _), (listed, left) in zip(idle_lines(idle), charged):
        rows.append(row(what, much, f"{listed:.2f}", f"{left:.2f}"))
    rows.append(row("functions, table, buckets, own metrics", "no requests, no data", "0.00", "0.00"))
    listed, left = map(sum, zip(*charged))
    return [*rows, row("**together**, and nothing stored", "", f"**{listed:.2f}**", f"**{left:.2f}**")]


def work_table(prices, counts):
    """Each kind of work in counts and dollars."""
    found = {name: amounts(work["functions"], counts["memory_mb"], work["stored"]) for name, work in counts["work"].items()}
    bills = {name: bill(prices, amount) for name, amount in found.items()}
    titles = [title for name in found for title in (title_of(name), "dollars")]
    rows = [row("", *titles), row("---", *["---:"] * len(titles))]
    for line, (what, _, scale, digits) in LINES.items():
        rows.append(row(what, *[cell for name in found for cell in (
            f"{found[name][line] * scale:,.{digits}f}", small(bills[name][line]))]))
    sums = [cell for charged in bills.values() for cell in ("", f"**{small(sum(charged.values()))}**")]
    return [*rows, row("**together**", *sums)]


def title_of(name):
    return "one backtest" if name == "backtest" else f"{int(name.removeprefix('sweep_')):,} combinations"


def waiting(prices, counts):
    """What a minute of waiting costs: dollars, read units."""
    waited = [work["waited"] for work in counts["work"].values() if "waited" in work][-1]
    minutes, memory = waited["seconds"] / 60, counts["memory_mb"]["api"]
    found = amounts({"api": waited["api"]}, counts["memory_mb"])
    # A wait is billed as it lasts, not as it computes.
    found["gb_seconds"] = waited["seconds"] * memory / 1024
    return sum(bill(prices, found).values()) / minutes, found["reads"] / minutes


def fresh_workers(prices, counts):
    """What a hundred workers cost that start and do what the worker of the one backtest did."""
    worker = {"worker": counts["work"]["backtest"]["functions"]["worker"]}
    return WORKERS * sum(bill(prices, amounts(worker, counts["memory_mb"])).values())


def section(prices, counts):
    market = counts["market"]
    return "\n".join([
        f"List prices of {prices['region']} as known on {prices['as_of']} (`prices.json`): check them before you rely on them.",
        "",
        *price_table(prices),
        "",
        *idle_table(prices, counts["idle"]),
        "",
        idle_text(prices, counts["idle"]),
        "",
        f"Work, before the free tier: one backtest, and sweeps of an SMA cross, on one-minute bars over {market['minutes']:,} minutes of "
        f"{market['symbol']}, which is a year.",
        "",
        *work_table(prices, counts),
        "",
        *notes(prices, counts),
    ])


def idle_text(prices, idle):
    charged = idle_dollars(prices, idle)
    listed, left = map(sum, zip(*charged))
    return (
        f"So an idle stack costs **about a dollar a month**: {charged[0][1]:.2f} for listening and {charged[1][1]:.2f} for alarms, {left:.2f} together, "
        f"in an account that uses its free tiers for nothing else; {listed:.2f} in one that has used them up. Storage comes on top: "
        f"{gigabyte(prices, 'dynamodb_gb_month', 'dynamodb_recovery_gb_month')} dollars per GB and month in the table, recovery included, and "
        f"{gigabyte(prices, 's3_gb_month')} in the buckets."
    )


def notes(prices, counts):
    """What the table of work leaves out, assumes or estimates."""
    minute, reads = waiting(prices, counts)
    lines = [
        f"- A client that waits adds {small(minute)} dollars a minute, nearly all of it function time ({reads:.0f} reads).",
        f"- Sweeps were counted on two workers. On AWS up to {WORKERS} start for a large one: at most {small(fresh_workers(prices, counts))} dollars "
        "more, if each does again what the worker did for the one backtest.",
        f"- Counted on {counts['recorded']} by `{counts['command']}` ({counts['processor']}). Requests and units are those of the adapters' "
        "counters, refused writes included; polls that found nothing belong to the idle month.",
        f"- *Function time is an estimate*: processor time on that machine, on as many threads as a function has whole vCPUs (one per {MB_PER_VCPU} MB), "
        "plus " + ", ".join(f"{1000 * wait:.0f} ms for each answer of {name}" for name, wait in ANSWER_SECONDS.items()) + ".",
        f"- *Assumed*: the surcharge for groups on every request about a message, and {PLATFORM_LOG_BYTES} bytes of Lambda's own log lines per "
        "invocation. *Left out*: traces (one a second and 5 % of the rest are sampled) and answers to the internet (kilobytes).",
    ]
    memory = counts["memory_mb"]["worker"]
    used = vcpus_used(memory)
    if used < memory / MB_PER_VCPU:
        fitting = used * MB_PER_VCPU
        lines.append(f"- A worker of {memory} MB pays for {memory / MB_PER_VCPU:.1f} vCPUs and computes on {used}; one of {fitting} MB computes as fast "
                     f"for {fitting / memory:.0%} of the price, with as much less memory for bars.")
    return lines


def gigabyte(prices, *names):
    return f"{dollars(prices, names, 1):.3f}".rstrip("0")


def rendered(text):
    """README with the tables as the two files have them."""
    prices, counts = (json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in ("prices.json", "counts.json"))
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{section(prices, counts)}\n{END}{rest.split(END, 1)[1]}"


def write():
    """Writes the tables."""
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")


def main():
    if sys.argv[1:] == ["--check"]:
        text = README.read_text(encoding="utf-8")
        if text != rendered(text):
            sys.exit("infra/README.md is not what counts.json times prices.json gives: run infra/cost.py")
    else:
        write()


if __name__ == "__main__":
    main()
