// The page in WebKit, the engine of all browsers on an iPhone: it opens under its policy, runs, searches, and stays without a
// network. `tests/web.rs` compares the digests of all bundled runs there (`cargo xtask test web`).

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { DIST, until } from "./playground.mjs";
import { OPENING, bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";
import { launchWebKit, webkitPath } from "./webkit.mjs";

const skip = webkitPath ? false : "no WebKitGTK on this system";
/** Time limit for what WebKit draws or fetches, in milliseconds: the driver has no waiting of its own. */
const PATIENCE = 30_000;

/** Collects what a page complains of, from its beginning: the classic protocol tells nothing of it. */
const COMPLAIN = `globalThis.complaints = [];
// An observer whose work goes on in the next frame is no error: WebKit tells of it all the same.
addEventListener("error", ({ message, target }) => /^ResizeObserver loop/.test(message) || complaints.push(message ?? "no " + (target.src || target.href)), true);
addEventListener("unhandledrejection", ({ reason }) => complaints.push(String(reason)));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => complaints.push(violatedDirective + ": " + blockedURI));`;

let folder;
let server;
let browser;
let page;
before(async () => {
  if (skip) return;
  folder = await mkdtemp(path.join(tmpdir(), "worldlines-webkit-"));
  await cp(DIST, folder, { recursive: true, dereference: true });
  const html = await readFile(`${folder}/index.html`, "utf8");
  await writeFile(`${folder}/index.html`, html.replace("<script ", '<script src="complain.js"></script>\n<script '));
  await writeFile(`${folder}/complain.js`, COMPLAIN);
  server = await serveFolder(folder);
  browser = await launchWebKit();
  page = await browser.newPage();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Waits until a function of the page returns true. */
const so = (isSo, what, ...args) => until(() => page.evaluate(isSo, ...args), what, PATIENCE);

/** Opens an address, and waits for its run and all parts. */
async function open(fragment) {
  // A change of the fragment alone opens no page.
  await page.goto("about:blank");
  await page.goto(server.url + fragment);
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

/** Opens a tab, and waits for what it shows, in these words. */
async function tab(name, words = ".{20}") {
  const isOpen = () => page.evaluate(() => document.querySelector(".workbench") !== null);
  if (!(await isOpen())) await click("#open-workbench", "");
  await until(isOpen, "the workbench is open", PATIENCE);
  await click("[role=tab]", name);
  const shows = (id, words) => {
    const panel = document.querySelector(`#panel[aria-labelledby="${id}"]`);
    return panel !== null && panel.querySelector(":scope > .missing") === null && new RegExp(words, "s").test(panel.textContent);
  };
  await so(shows, `the tab ${name}`, `tab-${name.toLowerCase().replaceAll(" ", "-")}`, words);
}

test("a run opens in WebKit, with the digest that it has natively", { skip }, async () => {
  const digests = await readFile(new URL("../golden/digests.txt", import.meta.url), "utf8");
  await open(await bundled(OPENING));
  await so(() => document.querySelector(".strip [data-status=violated]") !== null, "the verdicts are there");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".unsupported")).display), "none");
  // The address has the digest once the reader has chosen a run.
  await click("#picker", "");
  const card = '.gallery [data-path="reliable/best-effort-broadcast/receiver-crashes"]';
  await so((card) => document.querySelector(card) !== null, "the gallery is there", card);
  await click(card, "");
  const [, digest] = /^reliable\/best-effort-broadcast\/receiver-crashes ([0-9a-f]{8})/m.exec(digests);
  await so((wanted) => location.hash.includes(`d=${wanted}`), "the address has the native digest", digest);
  assert.deepEqual(await complaints(), []);
});

test("WebKit draws each tab and searches in a worker", { skip }, async () => {
  await open(await bundled("reliable/best-effort-broadcast/receiver-crashes"));
  for (const name of ["Events", "Network", "Details", "Source", "Numbers"]) await tab(name);
  await tab("Break it");
  await click("#panel button", "Find|Search|Break");
  await so(() => document.querySelector("#panel .finding, #panel .found") !== null, "the search finds a violation");
  assert.deepEqual(await complaints(), []);
});

test("in WebKit the page is kept, and opens without a network", { skip }, async () => {
  await open("");
  await so(() => document.documentElement.dataset.offline === "kept", "the page is kept");
  await server.stop();
  await assert.rejects(fetch(server.url), "the network is gone");
  await page.goto("about:blank");
  await page.goto(`${server.url}?again`);
  await so(() => location.search === "?again" && performance.getEntriesByName("whole").length > 0, "all parts are there");
  await tab("Source", "fn ");
});
