// The whole workflow through the TypeScript client: `workflow.mjs URL modern|legacy`. Prints the version spoken; fails loudly.
// It validates every structured result against the tool's output schema, as this client does by itself.

import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const RULES = {
  language: 1,
  name: "SMA cross",
  market: "DEMO",
  timeframe: "5m",
  parameters: [{ key: "fast", value: 10 }, { key: "slow", value: 40 }],
  entry: {
    long: "sma(close, $fast) crosses above sma(close, $slow)",
    short: "sma(close, $fast) crosses below sma(close, $slow)",
  },
  exit: { stop_loss: { points: 12 }, flatten: "15:55" },
  sizing: { contracts: 1 },
};
const WAITS_MAX = 20;

const [url, era] = process.argv.slice(2);
const negotiation = era === "modern" ? { mode: { pin: "2026-07-28" } } : { mode: "legacy" };
const client = new Client({ name: "workflow", version: "1" }, { versionNegotiation: negotiation });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));

async function call(name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  const content = result.structuredContent;
  assert.ok(!result.isError, `${name}: ${JSON.stringify(content)}`);
  for (const field of ["summary", "next", "schema_version"]) assert.ok(field in content, `${name} has no ${field}`);
  assert.ok(result.content[0].text.length <= 10_000, `${name}: ${result.content[0].text.length} characters`);
  return content;
}

async function refused(name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(result.isError, `${name} should be refused`);
  const content = result.structuredContent;
  assert.ok(content.status === "error" && content.message && content.next && content.request_id);
  return content;
}

async function wait(session_id, task, ids) {
  for (let round = 0; round < WAITS_MAX; round += 1) {
    const seen = await call("wait_for_completion", { session_id, task, timeout_seconds: 15, ...ids });
    if (!["timed_out", "busy"].includes(seen.status)) return seen;
  }
  throw new Error(`${task} never ended`);
}

const { tools } = await client.listTools();
assert.equal(tools.length, 19);
assert.ok(client.getInstructions().includes("create_session"));
const { prompts } = await client.listPrompts();
const filled = await client.getPrompt({ name: prompts[0].name, arguments: { idea: "buy strength" } });
assert.ok(filled.messages[0].content.text.includes("buy strength"));
const { resources } = await client.listResources();
const page = await client.readResource({ uri: resources[0].uri });
assert.ok(page.contents[0].text.length > 100);
assert.deepEqual((await client.listResourceTemplates()).resourceTemplates, []);

const instruments = await call("list_instruments", { query: "DEMO" });
assert.ok(instruments.instruments[0].synthetic);
assert.equal((await call("get_contract_spec", { symbol: "ES" })).tick_value, 12.5);
assert.equal((await call("get_contract_spec", { symbol: "DEMO" })).roll, undefined);
assert.ok((await call("get_rules_guide", { topic: "examples" })).text.length > 500);

const { session_id } = await call("create_session", { title: "TypeScript" });
const made = await call("create_strategy", { session_id, rules: JSON.stringify(RULES) });
const built = await wait(session_id, "strategy_op", { operation_id: made.operation_id });
assert.equal(built.status, "succeeded");
const { artifact_id } = made;

const summary = await call("get_backtest", { session_id, artifact_id });
assert.ok(summary.metrics.tradeCount > 30);
const trades = await call("get_backtest", { session_id, artifact_id, include: "trades" });
assert.equal(trades.total_trades, summary.metrics.tradeCount);
const { next_cursor } = trades.pagination;
const more = await call("get_backtest", { session_id, artifact_id, include: "trades", cursor: next_cursor });
assert.equal(more.trades[0].number, trades.trades.at(-1).number + 1);
const curve = await call("get_backtest", { session_id, artifact_id, include: "equity" });
assert.ok(curve.equity.length > 50);

const parameters = [{ key: "fast", min: 5, max: 20, step: 5 }, { key: "slow", values: [30, 60, 90] }];
const constraints = [{ metric: "tradeCount", operator: ">=", value: 5 }];
const setUp = await call("setup_optimization", { session_id, artifact_id, parameters, constraints });
assert.equal(setUp.total_combinations, 12);
const { optimization_id } = setUp;
await call("run_optimization", { session_id, artifact_id, optimization_id });
const swept = await wait(session_id, "optimization", { optimization_id });
assert.equal(swept.status, "succeeded");
const found = await call("get_optimization", { session_id, optimization_id, heat_map: ["slow", "fast"] });
assert.equal(found.completed_count, 12);
assert.equal(found.ranking[0].rank, 1);
assert.deepEqual(found.ranking[0].parameters, found.best_result.parameters);
for (let round = 0; round < 2; round += 1) {
  const kept = await call("cancel_task", { session_id, task: "optimization", optimization_id });
  assert.equal(kept.status, "completed");
}

const seen = await call("inspect_strategy", { session_id, artifact_id });
const update = { session_id, artifact_id, rules: { ...seen.rules, name: "Renamed" }, backtest: false };
const changed = await call("update_strategy", update);
await wait(session_id, "strategy_op", { operation_id: changed.operation_id });
assert.equal((await call("list_strategies", { session_id })).total, 2);
await refused("delete_strategy", { session_id, artifact_id: changed.artifact_id });
await call("delete_strategy", { session_id, artifact_id: changed.artifact_id, confirm: true });
const rejected = await refused("create_strategy", { session_id, rules: { language: 1, market: "NOPE", entry: {} } });
assert.ok(rejected.problems.length >= 2, JSON.stringify(rejected));
await call("update_session", { session_id, archived: true });
assert.ok((await call("list_sessions", { status: "all" })).sessions.length > 0);
assert.equal((await call("get_session", { session_id })).status, "archived");
await assert.rejects(client.callTool({ name: "create_sesion", arguments: {} }), /create_session/);

console.log(client.getNegotiatedProtocolVersion());
await client.close();
