// Signing in, and what stays shut.
import { assert, facts, launch, open, sound, visit } from "./browser.mjs";

const { keys, sessions } = facts;
const browser = await launch();
const page = await open(browser);

/** An answer to a request that no page of ours makes. */
async function raw(path, options) {
  const answer = await fetch(facts.url + path, { redirect: "manual", ...options });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function signIn(key) {
  await page.getByLabel("Access key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const cookies = async () => (await page.context().cookies()).map(({ name, secure, httpOnly, sameSite, path, domain, value }) => ({ name, secure, httpOnly, sameSite, path, domain, value }));

try {
  const link = `/sessions/${sessions[0]}`;
  await visit(page, link);
  assert.match(page.url(), /\/sign-in\?next=/);
  await sound(page);
  await signIn("bk_wrong");
  await page.getByRole("alert").waitFor();
  page.complaints = [];
  await signIn(keys[0]);
  await page.waitForURL(`**${link}`);
  assert.match(await page.locator("h1").innerText(), /Ann's/);
  const [cookie] = await cookies();
  assert.deepEqual({ ...cookie, value: "", domain: "" }, { name: "__Host-barlake", secure: true, httpOnly: true, sameSite: "Lax", path: "/", domain: "", value: "" });
  assert.ok(!page.url().includes(keys[0]) && !(await page.content()).includes(keys[0]));

  // Another account's session looks like one that does not exist.
  const missing = `ses_${"0".repeat(33)}`;
  const seen = [];
  for (const id of [sessions[1], missing]) {
    const answer = await page.goto(`${facts.url}/sessions/${id}`);
    seen.push([answer.status(), (await page.locator("main").innerText()).replace(id, "")]);
  }
  assert.deepEqual(seen[0], seen[1]);
  assert.equal(seen[0][0], 404);
  page.complaints = [];

  // Headers of a page.
  const headers = (await page.goto(facts.url + link)).headers();
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["cache-control"], "private, no-store");
  assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self'; style-src 'self'/);

  // Changes need a page of ours and its token.
  const token = await page.locator("input[name=token]").first().inputValue();
  const form = (own, extra) => raw(`/sessions/${sessions[0]}`, {
    method: "POST", body: new URLSearchParams({ action: "archive", ...extra }),
    headers: { Cookie: `${cookie.name}=${cookie.value}`, ...(own === undefined ? {} : { Origin: own }) },
  });
  const refusals = [[undefined, { token }], ["https://elsewhere.example", { token }], ["null", { token }], [facts.url, {}], [facts.url, { token: "0".repeat(32) }]];
  for (const [own, extra] of refusals) assert.equal((await form(own, extra)).status, 403, `${own} ${JSON.stringify(extra)}`);
  await page.reload();
  assert.equal(await page.getByText("Archived").count(), 0);
  assert.equal((await form(facts.url, { token })).status, 303);

  // A link of a stranger does not lead away after signing in.
  for (const next of ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]) {
    const answer = await raw("/sign-in", { method: "POST", headers: { Origin: facts.url }, body: new URLSearchParams({ key: keys[1], next }) });
    assert.equal(answer.headers.get("location"), "/sessions", next);
  }

  // Revoking the key ends what was opened with it; signing out ends it too.
  const other = await open(browser);
  await visit(other, "/sign-in");
  await other.getByLabel("Access key").fill(keys[1]);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.waitForURL("**/sessions");
  await other.goto(`${facts.url}/account`);
  other.expectsDialog = true;
  await other.getByRole("row", { name: /signed in with it/ }).getByRole("button", { name: "Revoke" }).click();
  await other.waitForURL(/sign-in/);
  await page.goto(`${facts.url}/sessions`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("Signed out").first().waitFor();
  assert.deepEqual(await cookies(), []);
  const reused = await raw("/sessions", { headers: { Cookie: `${cookie.name}=${cookie.value}`, Accept: "text/html" } });
  assert.equal(reused.status, 303);
  await page.goto(`${facts.url}/sessions`);
  assert.match(page.url(), /sign-in/);
  assert.deepEqual(page.complaints, []);
} finally {
  await browser.close();
}
