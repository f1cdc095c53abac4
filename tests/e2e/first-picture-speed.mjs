// Time until a reader on a slow line sees the first picture, and until one can act: of `dist/`, at 1.6 Mbit/s with
// 150 ms to each answer and a processor four times slower. Run it by hand: it prints the medians for
// docs/performance.md.
//
//     node tests/e2e/first-picture-speed.mjs [RUNS]

import { launchChromium } from "./chromium.mjs";
import { DIST } from "./playground.mjs";
import { serveFolder } from "./static-server.mjs";
import { slowed } from "./tasks.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const SCREENS = [
  ["phone, 390 by 844", { width: 390, height: 844 }],
  ["desk, 1440 by 900", { width: 1440, height: 900 }],
];

/** Notes, in ms since the page was asked for, when the picture was on the screen and when an arrow's menu opened. */
function watch() {
  const times = {};
  let asked;
  globalThis.times = times;
  const look = () => {
    const drawn = [...document.querySelectorAll(".stage svg")].some((svg) => svg.getBoundingClientRect().width > 0);
    // This is called before a frame is painted: what was there the last time has been seen.
    if (drawn && times.drawn) times.picture ??= performance.now();
    times.drawn ||= drawn;
    const arrow = document.querySelector("#worldlines > .page .arrow");
    if (arrow && document.querySelector(".menu")) {
      times.act = performance.now();
      return;
    }
    // As a reader would: once, and again if nothing happens.
    if (arrow && !(performance.now() < asked + 300)) {
      asked = performance.now();
      arrow.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function measure(browser, url, viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await slowed(context, page);
  await page.addInitScript(watch);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.times.act, null, { timeout: 120_000 });
  const measured = await page.evaluate(() => {
    const wasm = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("playground_bg.wasm"));
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const { picture, act } = globalThis.times;
    return { "first paint": paint?.startTime, picture, "wasm arrived": wasm?.responseEnd, "one can act": act };
  });
  await context.close();
  return measured;
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];

const server = await serveFolder(DIST, { compress: true });
const browser = await launchChromium();
for (const [name, viewport] of SCREENS) {
  const all = [];
  for (let run = 0; run < RUNS; run += 1) all.push(await measure(browser, server.url, viewport));
  const medians = Object.keys(all[0]).map((key) => {
    const values = all.map((one) => one[key]);
    return `${key} ${Math.round(median(values))} ms (${values.map(Math.round).join(", ")})`;
  });
  console.log(`${name}: ${medians.join("; ")}`);
}
await browser.close();
await server.stop();
