// Set-up of a test of the page: the built page, served, and a browser that reads it.

import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { launchChromium } from "./chromium.mjs";
import { serveFolder } from "./static-server.mjs";

/** The folder of the built page. */
export const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** Time limit for anything on the page, in milliseconds; test machines are slow. */
export const PATIENCE = 15_000;

/** Waits until something is so that the page says a moment later than it does it; at most for `patience` ms. */
export async function until(isSo, what, patience = PATIENCE) {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Waits until a page shows its run, and all that it fetches beforehand is there: the first picture, which the HTML carries,
 * cannot be used, and a reader may use a part before it has come.
 */
export async function whole(page) {
  await page.locator("#worldlines > .page main svg:visible").first().waitFor();
  const marks = () =>
    page.evaluate(() => ["parts", "whole"].every((name) => performance.getEntriesByName(name).length > 0)).catch(() => false);
  await until(marks, "all parts of the page are there");
  // Drawn, not only fetched: the first picture's stand within another element.
  await page.locator("#more-menu").waitFor({ state: "attached" });
}

/** Opens a tab of a page or frame whose workbench is open, and waits for what it shows. Returns its panel. */
export async function tab(page, name) {
  await page.getByRole("tab", { name, exact: true }).click();
  const panel = page.locator(`#panel[aria-labelledby="tab-${name.toLowerCase().replaceAll(" ", "-")}"]`);
  // A part that is being fetched says so.
  await panel.locator("> :not(.missing)").first().waitFor({ state: "attached" });
  return panel;
}

/** Id of the protocol that runs. */
export const protocolOf = (page) => page.locator("#picker").getAttribute("data-protocol");

/** Opens the gallery and follows a link of it: `[data-protocol="paxos"]`, `[data-path="consensus/paxos/duel"]`. */
async function follow(page, link) {
  await page.locator("#picker").click();
  await page.locator(`.gallery ${link}`).click();
  await page.locator(".gallery").waitFor({ state: "detached" });
}

/** Opens the best example of a protocol, by the gallery, and waits for it. */
export async function openProtocol(page, id) {
  await follow(page, `[data-protocol="${id}"]`);
  await page.locator(`#picker[data-protocol="${id}"]`).waitFor();
}

/** Opens an example, by the gallery, and waits until its protocol runs. */
export async function openExample(page, path) {
  await follow(page, `[data-path="${path}"]`);
  await page.locator(`#picker[data-protocol="${path.split("/")[1]}"]`).waitFor();
}

/** The verdict on a property in the strip below the diagram, as it is at the moment that is shown. */
export const verdict = (page, property) => page.locator(`.strip [data-verdict="${property}"]`);

/** Options of a reader who wants no motion. */
export const calm = { reducedMotion: "reduce" };
/** Title of the run that is shown. */
export const heading = (page) => page.locator("#run-heading").innerText();
/** Text of the clipboard. */
export const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/**
 * The page of `dist/` in a browser.
 *
 * `url` is its address; `reader()` opens a window of a new reader (nothing remembered, clipboard
 * allowed); `stop()` ends everything. `policy` is another one than the strictest.
 */
export async function startPlayground({ policy } = {}) {
  await access(`${DIST}/index.html`);
  const server = await serveFolder(DIST, { policy });
  const browser = await launchChromium();
  return {
    url: server.url,
    reader: (options) => newReader(browser, server.url, options),
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}

/** A calm reader with the page at the end of a run, and the open dialog *Share*. `prepare` is a script to begin each page with. */
export async function openShare(playground, fragment = "", { prepare, ...options } = {}) {
  const reader = await playground.reader({ ...calm, ...options });
  if (prepare) await reader.context.addInitScript(prepare);
  const page = await reader.open(fragment);
  await page.keyboard.press("End");
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.waitFor();
  return { reader, page, dialog };
}

/**
 * Playwright waits for a function by `eval` in the page, which its policy forbids: asked from outside it is the same.
 */
function waitFromOutside(page) {
  page.waitForFunction = (isSo, argument) => {
    // A page that is being left cannot be asked.
    const asked = () => page.evaluate(isSo, argument).catch(() => false);
    return until(asked, String(isSo));
  };
}

/**
 * A reader with a window. `open(fragment)` opens the page in a new tab and waits for its diagram;
 * `complaints` collects whatever the pages printed as an error (what their policy forbids is printed), threw, or
 * asked for in vain or from another host (but for `origins`); `tab` is the tab of the workbench that an earlier visit left open, or null; `leave()` closes the window and fails the test where there were any.
 */
async function newReader(browser, url, { origins = [], tab = "Changes", ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  // The tests answer requests of the page themselves, which a service worker would answer instead (offline.test.mjs has it).
  await context.addInitScript(() => delete Navigator.prototype.serviceWorker);
  if (tab !== null) {
    await context.addInitScript((tab) => {
      try {
        localStorage["worldlines-workbench"] ??= `open/${tab}`;
      } catch {
        // A frame in a sandbox has no storage.
      }
    }, tab);
  }
  context.setDefaultTimeout(PATIENCE);
  context.on("page", waitFromOutside);
  const complaints = [];
  context.on("weberror", (error) => complaints.push(`thrown: ${error.error()}`));
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const own = [new URL(url).origin, ...origins].includes(origin) || ["data:", "blob:"].includes(protocol);
    if (!own) complaints.push(`asked another host: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  context.on("requestfailed", (request) => {
    // A page that is left or reloaded, or a frame that is taken away while it loads, gives its requests up. A file that
    // is not there answers with a status, which is a complaint above.
    const givenUp = request.failure()?.errorText === "net::ERR_ABORTED";
    if (!givenUp) complaints.push(`failed: ${request.url()}`);
  });

  return {
    context,
    complaints,
    async open(fragment = "") {
      const page = await context.newPage();
      await page.goto(url + fragment);
      await whole(page);
      return page;
    },
    async leave() {
      await context.close();
      assert.deepEqual(complaints, [], "the page complained");
    },
  };
}
