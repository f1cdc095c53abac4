// The page in WebKit, the engine of all browsers on an iPhone: it opens under its policy, runs, searches, and stays without a
// network. `tests/web.rs` compares the digests of all bundled runs there (`cargo xtask test web`).

import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { DIST, until } from "./playground.mjs";
import { bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";
import { launchWebKit, webkitPath } from "./webkit.mjs";

const skip = webkitPath ? false : "no WebKitGTK on this system";
/** Time limit for what WebKit draws or fetches, in milliseconds: the driver has no waiting of its own. */
const PATIENCE = 30_000;

let server;
let browser;
let page;
before(async () => {
  if (skip) return;
  await access(`${DIST}/index.html`);
  server = await serveFolder(DIST);
  browser = await launchWebKit();
  page = await browser.newPage();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Waits until a function of the page returns true. */
async function so(isSo, what, ...args) {
  const end = Date.now() + PATIENCE;
  while (!(await page.evaluate(isSo, ...args))) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Opens an address, and collects the errors of its page from then on. */
async function open(fragment) {
  // A change of the fragment alone opens no page.
  await page.goto("about:blank");
  await page.goto(server.url + fragment);
  await page.evaluate(() => {
    globalThis.complaints = [];
    // An observer whose work goes on in the next frame is no error: WebKit tells of it all the same.
    addEventListener("error", ({ message }) => /^ResizeObserver loop/.test(message) || complaints.push(message));
    addEventListener("unhandledrejection", ({ reason }) => complaints.push(String(reason)));
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => complaints.push(`${violatedDirective}: ${blockedURI}`));
  });
  await so(() => document.querySelector("#worldlines > .page main svg .lane, #worldlines > .page main svg line") !== null, "the run is drawn");
  await so(() => performance.getEntriesByName("whole").length > 0, "all parts are there");
}

const complaints = () => page.evaluate(() => globalThis.complaints);
/** Clicks the first element of these whose text matches. */
const click = (selector, pattern) =>
  page.evaluate(
    (query, words) => [...document.querySelectorAll(query)].find((it) => new RegExp(words).test(it.textContent)).click(),
    selector,
    pattern,
  );

test("a run opens in WebKit, with the digest that it has natively", { skip }, async () => {
  const digests = await readFile(new URL("../golden/digests.txt", import.meta.url), "utf8");
  await open(await bundled("reliable/best-effort-broadcast/sender-crashes-half-way"));
  await so(() => /violated/.test(document.querySelector(".side")?.textContent ?? ""), "the verdicts are there");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".unsupported")).display), "none");
  // The address has the digest once the reader has chosen a run.
  await page.evaluate(() => {
    const example = document.querySelector("#example");
    const other = [...example.options].find(({ value }) => value.endsWith("/receiver-crashes"));
    example.value = other.value;
    example.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const [, digest] = /^reliable\/best-effort-broadcast\/receiver-crashes ([0-9a-f]{8})/m.exec(digests);
  await so((wanted) => location.hash.includes(`d=${wanted}`), "the address has the native digest", digest);
  assert.deepEqual(await complaints(), []);
});

test("WebKit draws each tab and searches in a worker", { skip }, async () => {
  await open(await bundled("reliable/best-effort-broadcast/receiver-crashes"));
  for (const tab of ["Events", "Network", "State", "Source", "Numbers"]) {
    await click("[role=tab]", tab);
    await so(() => (document.querySelector("#panel")?.textContent.length ?? 0) > 20, `the tab ${tab}`);
  }
  await click("[role=tab]", "Break it");
  await so(() => document.querySelector("#panel button") !== null, "the search's panel");
  await click("#panel button", "Find|Search|Break");
  await so(() => document.querySelector("#panel .finding, #panel .found") !== null, "the search finds a violation");
  assert.deepEqual(await complaints(), []);
});

test("in WebKit the page is kept, and opens without a network", { skip }, async () => {
  await open("");
  await so(() => document.documentElement.dataset.offline === "kept", "the page is kept");
  await server.stop();
  await until(() => page.goto(`${server.url}?again`).then(() => true), "the page opens");
  await so(() => performance.getEntriesByName("whole").length > 0, "all parts are there");
  await click("[role=tab]", "Source");
  await so(() => /fn /.test(document.querySelector("#panel")?.textContent ?? ""), "the source is there");
});
