"""The whole workflow through the Python client: `workflow.py URL modern|legacy`. Prints the era spoken; fails loudly."""

import asyncio
import sys

from mcp import Client

RULES = {
    "language": 1,
    "name": "SMA cross",
    "market": "DEMO",
    "timeframe": "5m",
    "parameters": [{"key": "fast", "value": 10}, {"key": "slow", "value": 40}],
    "entry": {
        "long": "sma(close, $fast) crosses above sma(close, $slow)",
        "short": "sma(close, $fast) crosses below sma(close, $slow)",
    },
    "exit": {"stop_loss": {"points": 12}, "flatten": "15:55"},
    "sizing": {"contracts": 1},
}
WAITS_MAX = 20


async def call(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    content = result.structured_content
    assert not result.is_error, f"{tool}: {content}"
    for field in ("summary", "next", "schema_version"):
        assert field in content, f"{tool} has no {field}"
    text = result.content[0].text
    assert len(text) <= 10_000, f"{tool}: {len(text)} characters"
    assert content["summary"] in text
    return content


async def refused(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert result.is_error, f"{tool} should be refused: {result.structured_content}"
    content = result.structured_content
    assert content["status"] == "error" and content["message"] and content["next"] and content["request_id"]
    return content


async def wait(client, session_id, task, **ids):
    for _ in range(WAITS_MAX):
        seen = await call(client, "wait_for_completion", session_id=session_id, task=task, timeout_seconds=15, **ids)
        if seen["status"] not in ("timed_out", "busy"):
            return seen
    raise AssertionError(f"{task} never ended")


async def build(client, session_id):
    made = await call(client, "create_strategy", session_id=session_id, rules=RULES, idempotency_key="once")
    again = await call(client, "create_strategy", session_id=session_id, rules=RULES, idempotency_key="once")
    assert made["operation_id"] == again["operation_id"], "an idempotency key makes nothing twice"
    done = await wait(client, session_id, "strategy_op", operation_id=made["operation_id"])
    assert done["status"] == "succeeded" and done["strategy"]["backtestStatus"] == "passed", done
    return made["artifact_id"]


async def look_at_backtest(client, session_id, artifact_id):
    named = {"session_id": session_id, "artifact_id": artifact_id}
    summary = await call(client, "get_backtest", **named)
    count = summary["metrics"]["tradeCount"]
    assert count > 30 and "SYNTHETIC" in summary["assumptions"]["data"]
    seen, cursor = 0, None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await call(client, "get_backtest", include="trades", **named, **more)
        assert all(trade["exit_reason"] for trade in page["trades"])
        seen += len(page["trades"])
        cursor = page["pagination"].get("next_cursor")
        if not cursor or seen >= 75:
            break
    assert page["total_trades"] == count and seen >= min(75, count)
    equity = await call(client, "get_backtest", include="equity", **named)
    assert len(equity["equity"]) > 50 and "of" in equity["equity_note"]
    rerun = await call(client, "backtest_existing_strategy", **named, parameters={"fast": 5}, costs={"slippage_ticks": 2})
    assert rerun["with_overrides"] is True
    done = await wait(client, session_id, "backtest", backtest_id=rerun["backtest_id"])
    assert done["backtest"]["parameter_overrides"] == {"fast": 5}
    own = await call(client, "get_backtest", **named)
    assert own["metrics"] == summary["metrics"], "a what-if run leaves the version's results alone"


async def sweep(client, session_id, artifact_id):
    named = {"session_id": session_id, "artifact_id": artifact_id}
    grid = [{"key": "fast", "min": 5, "max": 20, "step": 5}, {"key": "slow", "values": [30, 60, 90]}]
    made = await call(
        client, "setup_optimization", **named, parameters=grid, where="$fast < $slow",
        constraints=["tradeCount >= 5"], holdout=0.25,
    )
    assert made["total_combinations"] == 12
    optimization_id = made["optimization_id"]
    await call(client, "run_optimization", **named, optimization_id=optimization_id)
    done = await wait(client, session_id, "optimization", optimization_id=optimization_id)
    assert done["status"] == "succeeded", done
    found = await call(
        client, "get_optimization", session_id=session_id, optimization_id=optimization_id, top=5, heat_map=["fast", "slow"]
    )
    counts = found["completed_count"] + found["failed_count"] + found["cancelled_count"]
    assert counts == found["total_combinations"] == 12
    values = [row["metrics"]["sharpeRatio"] for row in found["ranking"]]
    assert values == sorted(values, reverse=True) and len(values) == 5
    assert found["best_result"]["holdout_metrics"] and found["heat_map"]["cells"]
    for _ in range(2):
        kept = await call(client, "cancel_task", session_id=session_id, task="optimization", optimization_id=optimization_id)
        assert kept["status"] == "completed", kept


async def tidy_up(client, session_id, artifact_id):
    named = {"session_id": session_id, "artifact_id": artifact_id}
    seen = await call(client, "inspect_strategy", **named)
    assert seen["entry_rules"] and seen["rules"]["market"] == "DEMO" and seen["optimizationBatches"]
    rules = seen["rules"] | {"name": "SMA cross, renamed"}
    updated = await call(client, "update_strategy", **named, rules=rules, backtest=False)
    done = await wait(client, session_id, "strategy_op", operation_id=updated["operation_id"])
    assert done["strategy"]["version"] == 2
    listed = await call(client, "list_strategies", session_id=session_id)
    assert listed["total"] == 2
    await refused(client, "delete_strategy", session_id=session_id, artifact_id=updated["artifact_id"])
    await call(client, "delete_strategy", session_id=session_id, artifact_id=updated["artifact_id"], confirm=True)
    await refused(client, "inspect_strategy", session_id=session_id, artifact_id=updated["artifact_id"])
    renamed = await call(client, "update_session", session_id=session_id, title="Done", archived=True)
    assert renamed["status"] == "archived"
    archived = await call(client, "list_sessions", status="archived", limit=100)
    assert session_id in [session["session_id"] for session in archived["sessions"]]
    assert (await call(client, "get_session", session_id=session_id))["title"] == "Done"


async def look_around(client):
    tools = (await client.list_tools()).tools
    assert len(tools) == 19 and tools[0].name == "create_session"
    prompts = (await client.list_prompts()).prompts
    filled = await client.get_prompt(prompts[0].name, {"idea": "buy strength"})
    assert "buy strength" in filled.messages[0].content.text
    resources = (await client.list_resources()).resources
    page = await client.read_resource(str(resources[0].uri))
    assert page.contents[0].text
    assert (await client.list_resource_templates()).resource_templates == []
    demo = (await call(client, "list_instruments", query="DEMO"))["instruments"][0]
    assert demo["synthetic"] is True and demo["coverage"][0]["bars"] > 100_000
    assert (await call(client, "get_contract_spec", symbol="Micro Nasdaq"))["symbol"] == "MNQ"
    assert "examples" in str((await call(client, "get_rules_guide"))["topics"])
    problems = (await refused(client, "list_sessions", limit="many", statsu="all"))["problems"]
    assert len(problems) == 2 and "status" in str(problems)


async def main(url, era):
    mode = "auto" if era == "modern" else "legacy"
    async with Client(url, mode=mode) as client:
        assert "create_session" in client.instructions
        await look_around(client)
        session_id = (await call(client, "create_session", title="Python"))["session_id"]
        artifact_id = await build(client, session_id)
        await look_at_backtest(client, session_id, artifact_id)
        await sweep(client, session_id, artifact_id)
        await tidy_up(client, session_id, artifact_id)
        print(client.protocol_version)


asyncio.run(main(*sys.argv[1:3]))
