// Pictures of a session's pages: what a link leads to.
import { mkdirSync } from "node:fs";
import { drawn, launch, open } from "./browser.mjs";

const [link, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const page = await open(browser, { viewport: { width: 1200, height: 860 } });

async function picture(name, scroll) {
  await page.waitForLoadState("networkidle");
  await drawn(page);
  if (scroll) await page.locator(scroll).first().scrollIntoViewIfNeeded();
  if (scroll) await page.locator(scroll).first().evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 24));
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

await page.goto(link);
await picture("strategy");
const sweep = await page.getByRole("link", { name: /combinations/ }).first().getAttribute("href");
await page.getByRole("link", { name: "Curve, trades and statistics" }).first().click();
await page.waitForURL(/backtests/);
await picture("backtest");
await page.goto(new URL(sweep, link).href);
await picture("sweep", "#surface");
await browser.close();
