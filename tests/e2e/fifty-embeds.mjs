// Measures a page with fifty embeds against the same page with fifty empty frames: memory of all renderers, and the longest
// task while the reader scrolls through the page. `node tests/e2e/fifty-embeds.mjs` prints both beside the goals; it needs the
// page in `dist/`, and Linux for the memory.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { launchChromium } from "./chromium.mjs";
import { DIST, until } from "./playground.mjs";
import { bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";

const COUNT = 50;
const RUNS = [
  "reliable/best-effort-broadcast/sender-crashes-half-way",
  "ordering/fifo-multicast/three-orders",
  "mutex/maekawa/deadlock",
];
/** Distance of one turn of the wheel, in CSS pixels, and the time after it, in ms. */
const STEP = 300;
const PAUSE = 60;

const server = await serveFolder(DIST);
const fragments = await Promise.all(RUNS.map(bundled));
const text = "<p>Some text of the course between two runs.</p>".repeat(3);
const each = (make) => Array.from({ length: COUNT }, (_, at) => make(at) + text).join("");
const pages = {
  embeds: each((at) => `<world-lines scenario="${fragments[at % fragments.length]}"></world-lines>`),
  frames: each(() => '<iframe width="100%" height="450" title="Empty"></iframe>'),
};
const script = `<script type="module" src="${server.url}embed.js"></script>`;
const course = createServer((request, answer) => {
  const page = pages[request.url.slice(1)];
  if (page === undefined) return answer.writeHead(204).end();
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A course</title><body>${page}${page === pages.embeds ? script : ""}</body></html>`;
  return answer.writeHead(200, { "content-type": "text/html" }).end(html);
});
await new Promise((resolve) => course.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${course.address().port}/`;

/** Proportional set size of all renderers of a browser, in MB. */
async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  let kilobytes = 0;
  for (const { type, id } of processInfo) {
    if (type !== "renderer") continue;
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, "utf8");
    kilobytes += Number(/^Pss: +(\d+) kB/m.exec(rollup)[1]);
  }
  await session.detach();
  return kilobytes / 1024;
}

/** Opens a page, scrolls through it, and answers the memory before and after, and the longest task of the page and its frames, in ms. */
async function measure(name, { wakes }) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(() => {
      window.longest = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
      }).observe({ type: "longtask" });
    });
    await page.goto(address + name);
    await page.waitForTimeout(2000);
    const longest = async () => {
      const all = await Promise.all(page.frames().map((frame) => frame.evaluate(() => window.longest ?? 0).catch(() => 0)));
      return Math.max(...all);
    };
    const opening = await longest();
    for (const frame of page.frames()) await frame.evaluate(() => (window.longest = 0)).catch(() => {});
    await page.mouse.move(600, 400);
    /** Scrolls through the page, down or up, from end to end. */
    const scroll = async (step) => {
      const isAtEnd = () =>
        page.evaluate((down) => (down ? scrollY + innerHeight >= document.documentElement.scrollHeight - 2 : scrollY < 2), step > 0);
      while (!(await isAtEnd())) {
        await page.mouse.wheel(0, step);
        await page.waitForTimeout(PAUSE);
      }
    };
    await scroll(STEP);
    if (name === "embeds") {
      const drawn = () => page.locator("world-lines .still svg").count();
      await until(async () => (await drawn()) === COUNT, "all pictures are drawn");
    }
    let scrolling = await longest();
    for (let at = 0; at < wakes; at += 1) {
      await page.locator("world-lines").nth(at).evaluate((it) => it.wake());
      await page.frameLocator("world-lines iframe").last().locator("#worldlines > .page .stage svg").first().waitFor();
    }
    await page.waitForTimeout(wakes > 0 ? 5000 : 1000);
    if (wakes > 0) {
      // Another time, with live runs in the page.
      for (const frame of page.frames()) await frame.evaluate(() => (window.longest = 0)).catch(() => {});
      await scroll(-STEP);
      scrolling = await longest();
    }
    return { opening, scrolling, megabytes: await memory(browser) };
  } finally {
    await browser.close();
  }
}

const rounded = (value) => value.toFixed(0);
const empty = await measure("frames", { wakes: 0 });
const still = await measure("embeds", { wakes: 0 });
const live = await measure("embeds", { wakes: 5 });
console.log(`| page of ${COUNT} | PSS of the renderers | more than with empty frames | longest task while it opens | while it is scrolled through |`);
console.log("|---|---:|---:|---:|---:|");
for (const [what, { megabytes, opening, scrolling }] of [
  ["empty frames", empty],
  ["embeds, none live", still],
  ["embeds, five used, so three live and two parked", live],
]) {
  console.log(`| ${what} | ${rounded(megabytes)} MB | ${rounded(megabytes - empty.megabytes)} MB | ${rounded(opening)} ms | ${rounded(scrolling)} ms |`);
}
console.log("Goals: at most 150 MB more, and no task over 50 ms while the page is scrolled through. 0 ms: no task was longer than 50 ms.");
await new Promise((resolve) => course.close(resolve));
await server.stop();
