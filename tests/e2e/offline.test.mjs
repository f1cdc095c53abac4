// The page without a network (docs/offline.md): kept after one visit, told of a new version, never a mix of builds.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { launchChromium } from "./chromium.mjs";
import { arrived, serveCourse } from "./course.mjs";
import { DIST, PATIENCE, openExample, openProtocol, tab, until as untilPatient, whole } from "./playground.mjs";
import { serveFolder } from "./static-server.mjs";

/** Time limit for a hundred files to be fetched and kept, in milliseconds. */
const LONG = 90_000;

/** Waits until something is so. No reader waits for it, so it may take long on a busy machine. */
const until = (isSo, what) => untilPatient(isSo, what, LONG);

const NEXT = "0123456789abcdef";

let browser;
let work;
/** Functions that stop the servers. */
const stops = new Set();
before(async () => {
  const html = await readFile(`${DIST}/index.html`, "utf8");
  assert.match(html, /data-offline/, "only the published page (`cargo xtask dist`) is kept");
  work = await mkdtemp(path.join(tmpdir(), "worldlines-offline-"));
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  for (const stop of stops) await stop();
  await rm(work, { recursive: true, force: true });
});

/** Name of the build in a folder. */
const buildOf = async (folder) => /data-files="\.\/([0-9a-f]{16})\//.exec(await readFile(`${folder}/index.html`, "utf8"))[1];

/** A copy of the page that can be taken off the network, and replaced by its next build. */
async function site() {
  const folder = await mkdtemp(path.join(work, "site-"));
  await cp(DIST, folder, { recursive: true, dereference: true });
  let server = await serveFolder(folder);
  const { url } = server;
  const port = Number(new URL(url).port);
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  stops.add(stop);
  return {
    url,
    folder,
    stop,
    async restart() {
      server = await serveFolder(folder, { port });
    },
    /** Publishes a build of another name, without the files of the one before. */
    async publish() {
      const before = await buildOf(folder);
      await rename(`${folder}/${before}`, `${folder}/${NEXT}`);
      const html = await readFile(`${folder}/index.html`, "utf8");
      await writeFile(`${folder}/index.html`, html.replaceAll(before, NEXT));
      return before;
    },
  };
}

/** A window of a new reader, with the errors that its pages throw. */
async function reader(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const thrown = [];
  context.on("weberror", (error) => thrown.push(String(error.error())));
  return { context, thrown };
}

const isKept = (page) => page.evaluate(() => document.documentElement.dataset.offline === "kept");

/** Visits the page until it is kept. */
async function visit(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await whole(page);
  await until(() => isKept(page), "the page is kept");
  return page;
}

const buildIn = (page) => page.evaluate(() => document.documentElement.dataset.files);
const cachesOf = (page) => page.evaluate(async () => (await caches.keys()).map((name) => name.split(" ").at(-1)).sort());

/** Has the page look for a new build, and waits for the answer: the worker answers one look after the other. */
const looksAgain = (page) =>
  page.evaluate(async () => {
    dispatchEvent(new Event("online"));
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => (port1.onmessage = resolve));
    active.postMessage({ worldlines: "look", fetches: false }, [port2]);
    await answer;
  });

/** Waits until `offline.js` has done in a page or frame what it does there: it begins when nothing else is to be done. */
async function rested(page) {
  const isThere = () => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/offline.js"));
  await until(() => page.evaluate(isThere), "the script is there");
  await page.evaluate(async () => {
    for (let count = 0; count < 5; count += 1) await new Promise((resolve) => requestIdleCallback(resolve));
  });
}

test("after one visit every part of the page works without a network", async () => {
  const { url, stop } = await site();
  const { context, thrown } = await reader();
  const page = await visit(context, url);
  await stop();
  await page.reload();
  await whole(page);
  await openProtocol(page, "paxos");
  await page.locator(".about b", { hasText: "Paxos" }).waitFor();
  await page.locator("#open-workbench").click();
  for (const name of ["Events", "Tables", "Network", "Details", "Source", "Numbers", "As text"]) {
    const panel = await tab(page, name);
    assert.equal(await panel.locator(".missing").count(), 0, name);
  }
  await tab(page, "Source");
  await page.locator("#panel", { hasText: "fn " }).waitFor();
  await openProtocol(page, "best-effort-broadcast");
  await tab(page, "Break it");
  const worker = page.waitForEvent("worker");
  await page.locator("#panel").getByRole("button", { name: /Find|Search|Break/ }).first().click();
  await worker;
  await page.locator("#panel .finding, #panel .found").first().waitFor();
  // A link of the reader's, and the page by its other name.
  const link = page.url();
  const again = await context.newPage();
  await again.goto(link.replace(url, `${url}index.html`));
  await whole(again);
  assert.deepEqual(thrown, []);
  await context.close();
});

test("a new build is told, changes nothing by itself, and is there after a reload", async () => {
  const { url, stop, restart, publish } = await site();
  const { context, thrown } = await reader();
  const page = await visit(context, url);
  await openExample(page, "reliable/best-effort-broadcast/receiver-crashes");
  await until(() => page.url().includes("#"), "the address holds the run");
  const [link, title] = [page.url(), await page.locator(".title").innerText()];
  const before = await publish();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  const line = page.locator(".new-version");
  await line.getByText("A new version is here.").waitFor({ timeout: LONG });
  assert.deepEqual(await cachesOf(page), [NEXT, before, "latest"].sort(), "a build in use is kept");
  // The run in front of the reader goes on with its own build, whose files the server has no more.
  assert.equal(await buildIn(page), `./${before}/`);
  assert.equal(page.url(), link);
  await page.evaluate((build) => fetch(`./${build}/search.wasm`).then(({ ok }) => ok || Promise.reject(new Error("gone"))), before);
  await line.getByRole("button", { name: "Later" }).click();
  await looksAgain(page);
  assert.equal(await line.count(), 0, "it is told once");
  // Another tab has the next build, and both go on.
  const second = await visit(context, url);
  assert.equal(await buildIn(second), `./${NEXT}/`);
  await stop();
  await page.reload();
  await whole(page);
  assert.equal(await buildIn(page), `./${NEXT}/`);
  assert.equal(await page.locator(".title").innerText(), title);
  assert.equal(page.url(), link);
  // No page uses the first build any more.
  await restart();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await until(async () => !(await cachesOf(page)).includes(before), "the old build is removed");
  assert.deepEqual(thrown, []);
  await context.close();
});

test("a broken cache falls back to the network and is mended", async () => {
  const { url, folder } = await site();
  const { context } = await reader();
  const page = await visit(context, url);
  const build = await buildOf(folder);
  const gone = `${url}${build}/playground_bg.wasm`;
  const cached = () => page.evaluate(async (address) => (await caches.match(address)) !== undefined, gone);
  assert.equal(await cached(), true);
  await page.evaluate(async (address) => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(address);
  }, gone);
  await page.reload();
  await whole(page);
  await until(cached, "the file is kept again");
  await context.close();
});

test("half a build is not kept, and a page of another is no build", async () => {
  const { url, folder, stop } = await site();
  const { context } = await reader();
  const build = await buildOf(folder);
  const file = `${folder}/${build}/tab_text.wasm`;
  const content = await readFile(file);
  await writeFile(file, "<p>Please sign in.");
  const page = await context.newPage();
  await page.goto(url);
  await whole(page);
  await until(async () => (await cachesOf(page)).includes(build), "it is being kept");
  await looksAgain(page);
  assert.equal(await isKept(page), false);
  assert.ok(!(await cachesOf(page)).includes("latest"));
  await writeFile(file, content);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await until(() => isKept(page), "the next look goes on");
  // A page that a network shows in its place is shown, and not kept.
  await writeFile(`${folder}/index.html`, "<!doctype html><p>Please sign in.");
  await page.goto(`${url}?x`);
  await page.getByText("Please sign in.").waitFor();
  await stop();
  await page.reload();
  await whole(page);
  assert.equal(await buildIn(page), `./${build}/`);
  await context.close();
});

test("a permanent page and the file of a link are kept once they were opened", async () => {
  const { url, folder, stop } = await site();
  const { context } = await reader();
  const scenario = await readFile(new URL("../../static/scenarios/reliable/best-effort-broadcast/receiver-crashes.json", import.meta.url), "utf8");
  await writeFile(`${folder}/lesson.json`, scenario);
  const page = await visit(context, url);
  await page.goto(`${url}p/best-effort-broadcast/receiver-crashes/`);
  const title = await page.locator("h1").innerText();
  await page.locator("figure img").evaluate((it) => it.decode());
  await page.goto(`${url}?src=lesson.json`);
  await whole(page);
  const run = await page.locator(".title").innerText();
  await stop();
  await page.goto(`${url}p/best-effort-broadcast/receiver-crashes/`);
  assert.equal(await page.locator("h1").innerText(), title);
  await page.locator("figure img").evaluate((it) => it.decode());
  await page.goto(`${url}?src=lesson.json`);
  await whole(page);
  assert.equal(await page.locator(".title").innerText(), run);
  await assert.rejects(page.goto(`${url}p/paxos/`), /ERR_/, "what was never opened is not there");
  await context.close();
});

test("nothing is kept for a reader who saves data, nor by an embed or a frame without an origin", async () => {
  const { url } = await site();
  const { context } = await reader();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Emulation.setDataSaverOverride", { dataSaverEnabled: true });
  await page.goto(url);
  await whole(page);
  const registered = (it) => it.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
  await rested(page);
  assert.equal(await registered(page), 0);
  const embed = await context.newPage();
  await embed.goto(`${url}?embed`);
  await arrived(embed);
  await rested(embed);
  assert.equal(await registered(embed), 0);
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  const course = await serveCourse(url, `<iframe sandbox="allow-scripts" width="1200" height="780" src="${url}"></iframe>`);
  stops.add(course.stop);
  const host = await context.newPage();
  await host.goto(course.url);
  await arrived(host.frameLocator("iframe"));
  await rested(host.frames().find((it) => it.url() === url));
  assert.ok(!asked.some((address) => address.endsWith("/sw.js")));
  await context.close();
});

test("the page can be installed: its manifest and icons are there", async () => {
  const { url } = await site();
  const { context } = await reader();
  const page = await context.newPage();
  await page.goto(url);
  const address = await page.locator("link[rel=manifest]").evaluate((link) => link.href);
  const manifest = await (await fetch(address)).json();
  assert.equal(new URL(manifest.start_url, address).href, url);
  assert.equal(new URL(manifest.scope, address).href, url);
  const icons = [...manifest.icons.map(({ src, sizes }) => [new URL(src, address).href, Number.parseInt(sizes, 10)])];
  icons.push([await page.locator("link[rel=apple-touch-icon]").evaluate((link) => link.href), 180]);
  for (const [icon, width] of icons) {
    const found = await page.evaluate(async (src) => {
      const image = Object.assign(new Image(), { src });
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, icon);
    assert.deepEqual(found, [width, width], icon);
  }
  const client = await context.newCDPSession(page);
  const { errors } = await client.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  await context.close();
});
