// Measures a page with fifty embeds against the same page with fifty empty frames: memory of all renderers, and the longest
// task while the reader scrolls through the page. `node tests/e2e/fifty-embeds.mjs` prints both beside the goals; it needs the
// page in `dist/`, and Linux for the memory.

import { readFile } from "node:fs/promises";

import { launchChromium } from "./chromium.mjs";
import { arrived, element, script, serveCourse } from "./course.mjs";
import { DIST, until } from "./playground.mjs";
import { DEADLOCK, OPENING, ORDERS, bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";

const COUNT = 50;
const RUNS = [
  OPENING,
  ORDERS,
  DEADLOCK,
];
/** Distance of one turn of the wheel, in CSS pixels, and the time after it, in ms. */
const STEP = 300;
const PAUSE = 60;

const server = await serveFolder(DIST);
const fragments = await Promise.all(RUNS.map(bundled));
const text = "<p>Some text of the course between two runs.</p>".repeat(3);
const each = (make) => Array.from({ length: COUNT }, (_, at) => make(at) + text).join("");
const bodies = {
  embeds: each((at) => element(fragments[at % fragments.length])) + script(server.url),
  frames: each(() => '<iframe width="100%" height="450" title="Empty"></iframe>'),
};
const courses = {};
for (const [name, body] of Object.entries(bodies)) courses[name] = await serveCourse(server.url, body, { policy: "" });

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

/** The longest task on the main threads of all renderers during some work, in ms: by the clock, and of processor time. */
async function longest(browser, page, work) {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  await work();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const mains = new Set();
  for (const { name, args, pid, tid } of traceEvents) {
    if (name === "thread_name" && args.name === "CrRendererMain") mains.add(`${pid} ${tid}`);
  }
  const longest = { clock: 0, processor: 0 };
  for (const { ph, dur, tdur, pid, tid } of traceEvents) {
    if (ph !== "X" || !mains.has(`${pid} ${tid}`)) continue;
    longest.clock = Math.max(longest.clock, dur / 1000);
    longest.processor = Math.max(longest.processor, (tdur ?? 0) / 1000);
  }
  return longest;
}

/** Opens a page and scrolls through it; if runs are to be made live, does so and scrolls back. Answers memory and longest tasks. */
async function measure(name, { wakes }) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(courses[name].url);
    await page.waitForTimeout(2000);
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
    const drawn = async () => name !== "embeds" || (await page.locator("world-lines .still svg").count()) === COUNT;
    let scrolling = await longest(browser, page, async () => {
      await scroll(STEP);
      await until(drawn, "all pictures are drawn");
    });
    for (let at = 0; at < wakes; at += 1) {
      const place = page.locator("world-lines").nth(COUNT - 1 - at);
      await place.evaluate((it) => it.wake());
      await arrived(place.frameLocator("iframe"));
    }
    await page.waitForTimeout(wakes > 0 ? 5000 : 1000);
    if (wakes > 0) scrolling = await longest(browser, page, () => scroll(-STEP));
    return { ...scrolling, megabytes: await memory(browser) };
  } finally {
    await browser.close();
  }
}

const rounded = (value) => value.toFixed(0);
const empty = await measure("frames", { wakes: 0 });
const still = await measure("embeds", { wakes: 0 });
const live = await measure("embeds", { wakes: 5 });
console.log(`| page of ${COUNT} | PSS of the renderers | more than with empty frames | longest task while it is scrolled through | its processor time |`);
console.log("|---|---:|---:|---:|---:|");
for (const [what, { megabytes, clock, processor }] of [
  ["empty frames", empty],
  ["embeds, none live", still],
  ["embeds, five used, so three live and two parked", live],
]) {
  console.log(`| ${what} | ${rounded(megabytes)} MB | ${rounded(megabytes - empty.megabytes)} MB | ${rounded(clock)} ms | ${rounded(processor)} ms |`);
}
console.log("Goals: at most 150 MB more, and no task over 50 ms while the page is scrolled through.");
for (const { stop } of Object.values(courses)) await stop();
await server.stop();
