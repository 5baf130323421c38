// Drives every page on real results.
import { DESKTOP, PHONE, assert, downloaded, drawn, facts, launch, number, open, rows, sound, visit } from "./browser.mjs";

const { main, hostile, large, running } = facts;
const session = `/sessions/${main.session}`;
const run = `${session}/backtests/${main.run.backtest_id}`;
const sweep = `${session}/sweeps/${main.sweep}`;
const browser = await launch();

/** Every way a page is looked at: nothing complains, nothing overflows, everybody can use it. */
async function everywhere() {
  const pages = ["/sessions", session, run, sweep, `${session}/compare?v=${main.artifact}&v=${main.second}`, "/account", "/nowhere"];
  for (const viewport of [DESKTOP, PHONE]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(browser, { viewport, colorScheme });
      for (const address of pages) {
        await visit(page, address);
        if (address === "/nowhere") page.complaints = page.complaints.filter((text) => !text.includes("404"));
        await sound(page);
      }
      await page.context().close();
    }
  }
}

async function sessions(page) {
  const first = await visit(page, "/sessions");
  assert.ok(first.bytes < 300_000, `the first view is ${first.bytes} bytes`);
  const stranger = await open(browser);
  const chart = await visit(stranger, run);
  assert.ok(chart.bytes < 300_000, `the first view of a backtest is ${chart.bytes} bytes`);
  console.log(`first view of a backtest: ${chart.milliseconds} ms, ${chart.bytes} bytes`);
  await stranger.context().close();
  await page.getByRole("searchbox", { name: "Title" }).fill("moving");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/q=moving/);
  const card = page.locator("article.session");
  assert.equal(await card.count(), 1);
  assert.match(await card.innerText(), /Moving averages[\s\S]*1 strategy · 2 versions[\s\S]*Net profit/);
  await card.getByRole("button", { name: "Archive" }).click();
  await page.waitForURL(/\/sessions$/);
  assert.equal(await page.getByText("Moving averages").count(), 0);
  await page.getByRole("combobox", { name: "Status", exact: true }).selectOption("archived");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/status=archived/);
  await page.getByRole("button", { name: "Restore" }).click();
  await page.waitForURL(/\/sessions$/);
  await page.getByRole("link", { name: "Moving averages" }).click();
  await page.waitForURL(session.replace(/^/, "**"));
}

async function strategy(page) {
  await visit(page, session);
  const card = page.locator("article.strategy");
  assert.deepEqual(await card.locator(".flow > li > h4").allInnerTexts(), ["MARKET", "FILTERS", "ENTRY", "EXITS"]);
  assert.match(await card.innerText(), /Not tested/);
  await card.getByRole("link", { name: "v1" }).click();
  await page.waitForURL(/show/);
  const text = await card.innerText();
  for (const words of main.inspected.unhandled_requests) assert.ok(text.includes(words), `${words} in ${text}`);
  for (const words of main.inspected.assumptions) assert.ok(text.includes(words), words);
  assert.ok(main.inspected.unhandled_requests.length > 0);
  for (const [label, key] of [["Net profit", "totalPnl"], ["Trades", "tradeCount"], ["Sharpe ratio", "sharpeRatio"]]) {
    const shown = await card.locator(".headline > div", { has: page.getByText(label, { exact: true }) }).locator("dd").innerText();
    const told = main.run.metrics[key];
    assert.ok(Math.abs(number(shown) - told) <= 0.005 + 1e-9, `${label}: ${shown} for ${told}`);
  }
  const term = card.locator(".term").first();
  const tip = card.locator(".tip").first();
  assert.equal(await tip.isVisible(), false);
  await term.focus();
  assert.equal(await tip.isVisible(), true);
  const rules = JSON.parse(await downloaded(page, "Rules (JSON)"));
  assert.deepEqual(rules, main.inspected.rules);
}

/** A sweep that runs shows how far it is, and then its ranking, without being loaded again. */
async function progress(page) {
  await visit(page, `/sessions/${running.session}/sweeps/${running.sweep}`);
  const bar = page.getByRole("progressbar");
  const seen = new Set();
  while (await bar.count()) {
    const value = await bar.getAttribute("value").catch(() => null);
    if (value !== null) seen.add(value);
    await page.waitForTimeout(300);
  }
  await page.getByRole("heading", { name: "Ranking" }).waitFor();
  assert.ok(seen.size >= 2, `places of the bar: ${[...seen]}`);
  assert.equal((await rows(page, "#ranking table")).length, 25);
}

/** What runs shows its end without being loaded again. */
async function live(page) {
  await visit(page, `/sessions/${running.session}`);
  await page.getByRole("button", { name: "Backtest" }).click();
  await page.waitForURL(/backtests/);
  await page.getByText("Passed").waitFor({ timeout: 60_000 });
  await drawn(page);
  await visit(page, `/sessions/${running.session}`);
  assert.match(await page.locator("article.strategy").innerText(), /Tested/);
}

async function charts(page) {
  await visit(page, run);
  const ink = await page.locator("#equity canvas").evaluateAll((canvases) => canvases.map((canvas) => {
    const drawing = canvas.getContext("2d");
    if (!canvas.width || !canvas.height) return 0;
    return new Set(new Uint32Array(drawing.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  }));
  assert.ok(Math.max(...ink) > 20, `colours drawn: ${ink}`);
  const chart = page.locator("#price");
  const told = async () => chart.evaluate((element) => ({ ...element.dataset }));
  const turn = async (act, changes) => {
    const before = JSON.stringify(await told());
    const readout = await page.locator("#price-readout").innerText();
    await act();
    await page.waitForFunction(([old, text]) => {
      const element = document.getElementById("price");
      return JSON.stringify({ ...element.dataset }) !== old || document.getElementById("price-readout").innerText !== text;
    }, [before, readout]);
    if (changes) assert.notEqual(JSON.stringify(await told()), before);
  };
  await turn(() => page.getByRole("button", { name: "All", exact: true }).click(), true);
  assert.ok(Number((await told()).minutes) > 5);
  assert.match(await page.locator("#price-readout").innerText(), /too many to mark|trades marked/);
  await page.waitForTimeout(600);
  const box = await chart.boundingBox();
  await turn(async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
    for (let turns = 0; turns < 14; turns += 1) await page.mouse.wheel(0, -240);
    await page.mouse.move(box.x + box.width / 2, box.y - 40);
    await page.waitForTimeout(600);
  }, true);
  await turn(() => page.getByRole("button", { name: "Week" }).click());
  await turn(() => page.getByRole("button", { name: "Earlier" }).click());
  await turn(() => page.locator("[data-show-trade]").first().click());
  assert.ok(Number((await told()).marked) >= 1);
  assert.match(await page.locator("#price-legend").innerText(), /SMA\(10\)[\s\S]*SMA\(40\)/);
}

async function trades(page) {
  const all = main.run.trades;
  await visit(page, run);
  const counted = () => page.locator("#trade-list > p").innerText();
  assert.match(await counted(), new RegExp(`^${all.length} of ${all.length} trades`));
  const filtered = async (label, value, expected) => {
    await page.getByRole("combobox", { name: label, exact: true }).selectOption(value);
    await page.waitForFunction((count) => document.querySelector("#trade-list > p").innerText.startsWith(`${count} of`), expected);
  };
  const shorts = all.filter((trade) => trade.side === "short");
  await filtered("Side", "short", shorts.length);
  const stopped = shorts.filter((trade) => trade.exit_reason === "stop");
  await filtered("Exit reason", "stop", stopped.length);
  const clock = new Intl.DateTimeFormat("en-US", { timeZone: "America/New_York", weekday: "short", hour: "2-digit", hourCycle: "h23" });
  const parts = (trade) => Object.fromEntries(clock.formatToParts(new Date(trade.entry_time)).map((part) => [part.type, part.value]));
  const tuesdays = stopped.filter((trade) => parts(trade).weekday === "Tue");
  await filtered("Weekday", "tue", tuesdays.length);
  await filtered("Weekday", "", stopped.length);
  const tens = stopped.filter((trade) => Number(parts(trade).hour) === 10);
  await filtered("Hour of entry", "10", tens.length);
  await filtered("Hour of entry", "", stopped.length);
  await filtered("Exit reason", "", shorts.length);
  await page.getByRole("link", { name: "Net", exact: true }).click();
  await page.waitForURL(/sort=net/);
  await page.getByRole("link", { name: "Net", exact: true }).click();
  await page.waitForURL(/order=descending/);
  await page.waitForSelector("th[aria-sort=descending]");
  const nets = shorts.map((trade) => trade.net).sort((one, other) => other - one);
  const shown = (await rows(page, "table.trades")).map((row) => number(row.at(-1)));
  assert.deepEqual(shown, nets.slice(0, 50));
  await page.getByRole("link", { name: "Next" }).first().click();
  await page.waitForURL(/page=2/);
  await page.getByText(/^Page 2 of/).waitFor();
  assert.deepEqual((await rows(page, "table.trades")).map((row) => number(row.at(-1))), nets.slice(50, 100));
  await page.reload();
  await page.getByText(/^Page 2 of/).waitFor();
}

/** What is taken away says what the tools say, number by number. */
async function exports(page) {
  await visit(page, run);
  const lines = (await downloaded(page, "Trades (CSV)")).toString().trim().split("\n").map((line) => line.trim().split(","));
  const names = lines.shift();
  assert.equal(lines.length, main.run.trades.length);
  for (const [place, trade] of main.run.trades.entries()) {
    const row = Object.fromEntries(names.map((name, column) => [name, lines[place][column]]));
    for (const [key, value] of Object.entries(trade)) {
      if (typeof value === "number") assert.equal(Number(row[key]), value, `trade ${place + 1}, ${key}`);
      else assert.equal(row[key], value, `trade ${place + 1}, ${key}`);
    }
  }
  const marks = (await downloaded(page, "Equity (CSV)")).toString().trim().split("\n");
  assert.equal(Number(marks.at(-1).split(",")[1]), main.run.metrics.finalEquity);
  for (const name of ["Trades (Parquet)", "Equity (Parquet)"]) {
    assert.equal((await downloaded(page, name)).subarray(0, 4).toString(), "PAR1");
  }
}

async function sweeps(page) {
  await visit(page, sweep);
  const best = main.swept.best_result;
  assert.match(await page.locator("main").innerText(), /On the days kept out/);
  const ranked = await rows(page, "#ranking table");
  assert.equal(ranked.length, 25);
  for (const [place, row] of main.swept.ranking.entries()) {
    const values = Object.values(row.parameters);
    assert.deepEqual(ranked[place].slice(1, 1 + values.length).map(number), values);
    assert.ok(Math.abs(number(ranked[place][1 + values.length]) - row.metrics.sharpeRatio) <= 0.005 + 1e-9);
  }
  await page.locator("#ranking").getByRole("link", { name: "Next" }).click();
  await page.waitForURL(/cursor=/);
  await page.getByRole("cell", { name: "26", exact: true }).first().waitFor();
  const fixed = page.getByRole("combobox", { name: "stop_points", exact: true });
  const before = await page.locator("#surface svg").first().innerHTML();
  await fixed.selectOption("8");
  await page.waitForFunction((old) => document.querySelector("#surface svg").innerHTML !== old, before);
  await page.getByRole("combobox", { name: "Across", exact: true }).selectOption("stop_points");
  await page.waitForURL(/x=stop_points/);
  await page.getByText(/by stop_points \(across\)/).waitFor();
  await page.getByRole("button", { name: "Full backtest" }).first().click();
  await page.waitForURL(/backtests/);
  await page.getByText("Passed").waitFor({ timeout: 60_000 });
  await drawn(page);
  const net = await page.locator(".headline > div").first().locator("dd").innerText();
  assert.ok(Math.abs(number(net) - best.metrics.totalPnl) <= 0.005 + 1e-9, `${net} for ${best.metrics.totalPnl}`);
  const opened = page.url();
  await visit(page, sweep);
  await page.getByRole("button", { name: "Full backtest" }).first().click();
  await page.waitForURL(opened);
  await visit(page, sweep);
  await page.getByRole("button", { name: "Save as new version" }).first().click();
  await page.waitForURL(new RegExp(`${session}$`));
  await page.locator("article.strategy").getByText("Tested", { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole("link", { name: "v1", exact: true }).click();
  await page.getByRole("heading", { name: "Other runs" }).waitFor();
  assert.equal(new URL(await page.locator("h3:has-text('Other runs') + ul a").first().getAttribute("href"), facts.url).href, opened);
  await page.goto(facts.url + session);
  const value = await page.getByRole("row", { name: /sma_period_2/ }).locator("td.number").innerText();
  assert.equal(Number(value), best.parameters.sma_period_2);
}

async function compared(page) {
  await visit(page, `${session}/compare?v=${main.artifact}&v=${main.second}`);
  await page.getByRole("button", { name: /Test all/ }).click();
  await page.waitForURL(/from=/);
  await page.waitForFunction(() => document.querySelector("#curves")?.dataset.drawn === "2", null, { timeout: 60_000 });
  const differing = await rows(page, "table.diff");
  const stop = differing.find((row) => row[0] === "parameters.stop_points");
  assert.deepEqual(stop?.slice(1), ["12", "20"]);
  const figures = await rows(page, "[aria-label='Figures side by side'] table");
  const net = figures.find((row) => row[0].startsWith("Net profit"));
  assert.ok(Math.abs(number(net[1]) - main.run.metrics.totalPnl) <= 0.005 + 1e-9, `${net}`);
}

async function account(page) {
  await visit(page, "/account");
  await page.getByLabel("Name of a new key").fill("laptop");
  await page.getByRole("button", { name: "Create key" }).click();
  const key = await page.locator("#new-key").innerText();
  assert.match(key, /^bk_[a-z0-9]{30}$/);
  await visit(page, "/account");
  assert.equal(await page.getByText(key).count(), 0);
  page.expectsDialog = true;
  await page.getByRole("row", { name: /laptop/ }).getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("row", { name: /laptop/ }).getByText("Revoked").waitFor();
  page.expectsDialog = false;
}

/** Texts of others are text. */
async function inert(page) {
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await visit(page, "/sessions");
    assert.ok((await page.locator("main").innerText()).includes("<script>window.broken = 1</script>"));
    await visit(page, `/sessions/${hostile.session}`);
    await sound(page);
    await page.getByRole("link", { name: "Curve, trades and statistics" }).first().click();
    await page.waitForURL(/backtests/);
    await drawn(page);
    await sound(page);
    assert.equal(await page.evaluate(() => window.broken), undefined);
  }
  await page.setViewportSize(DESKTOP);
}

/** The keyboard alone: to the content, along the links, into a card. */
async function keyboard(page) {
  await visit(page, session);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  const seen = new Set();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => document.activeElement.innerText?.trim().split("\n")[0]));
  }
  for (const name of ["Net profit", "Curve, trades and statistics", "Rules (JSON)"]) assert.ok(seen.has(name), `${name} in ${[...seen]}`);
}

/** The large ones: how long each took and what it weighed. */
async function weights(page) {
  const addresses = {
    "40 strategies": `/sessions/${large.many}`,
    "50,000 trades over 525,600 minutes": `/sessions/${large.large}/backtests/${large.run}`,
    "100,000 combinations": `/sessions/${large.large}/sweeps/${large.sweep}`,
  };
  for (const [name, address] of Object.entries(addresses)) {
    const { milliseconds, bytes } = await visit(page, address);
    console.log(`${name}: ${milliseconds} ms, ${bytes} bytes`);
    assert.ok(bytes < 1_000_000, `${name}: ${bytes} bytes`);
    await sound(page);
  }
}

try {
  const page = await open(browser);
  for (const part of [progress, everywhere, sessions, strategy, live, charts, trades, exports, sweeps, compared, account, inert, keyboard, weights]) {
    const started = Date.now();
    await part(page);
    assert.deepEqual(page.complaints, [], part.name);
    console.log(`${part.name}: ${Date.now() - started} ms`);
  }
} finally {
  await browser.close();
}
