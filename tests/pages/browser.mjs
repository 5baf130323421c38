// A browser for the scripts of this folder: every page of it reports what went wrong, and can be asked about accessibility.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import assert from "node:assert/strict";

const modules = createRequire(resolve(process.env.NODE_PACKAGES, "packages.js"));
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What the suite prepared. */
export const facts = process.argv[2]?.endsWith(".json") ? JSON.parse(readFileSync(process.argv[2], "utf8")) : {};

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
}

/** A page that collects complaints: of its console, of its scripts, of the security policy, of dialogs. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.complaints = [];
  const complain = (text) => page.complaints.push(`${new URL(page.url()).pathname}: ${text}`);
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complain(message.text()); });
  page.on("pageerror", (error) => complain(error.message));
  page.on("dialog", (dialog) => { if (!page.expectsDialog) complain(`dialog ${dialog.message()}`); dialog.accept(); });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return page;
}

/** Opens an address and waits until its charts are drawn; milliseconds it took and bytes that came. */
export async function visit(page, address) {
  let bytes = 0;
  const sizes = [];
  const count = (request) => sizes.push(request.sizes().then((size) => { bytes += size.responseBodySize; }));
  page.on("requestfinished", count);
  const started = Date.now();
  await page.goto(facts.url + address, { waitUntil: "load" });
  await drawn(page);
  const milliseconds = Date.now() - started;
  await page.waitForLoadState("networkidle");
  await Promise.all(sizes);
  page.off("requestfinished", count);
  return { milliseconds, bytes };
}

/** Waits until every chart of the page is drawn. */
export async function drawn(page) {
  await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].every((chart) => chart.dataset.drawn));
}

/** Fails on whatever the page complained of, on what does not fit, and on what some people cannot use. */
export async function sound(page) {
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width <= room, `${page.url()}: ${width} pixels on a screen of ${room}`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const told = serious.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], page.url());
}

/** Text of a download. */
export async function downloaded(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name, exact: true }).click()]);
  return readFileSync(await download.path());
}

/** Rows of a table as arrays of text. */
export async function rows(page, selector) {
  return page.locator(`${selector} tbody tr`).evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.innerText.trim())));
}

/** A number as the pages write it. */
export function number(text) {
  return Number(text.replaceAll(",", "").replace("−", "-").replace(/[^0-9.eE-]/g, ""));
}

export { assert };
