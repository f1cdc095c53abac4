// Speed of the built page in long runs, measured in headless Chromium: `node tests/e2e/large-runs.mjs [EVENTS…]`, where
// EVENTS is a number, or a name of the largest runs (tests/e2e/runs.mjs).
//
// For each length: how long from the run being computed to its picture, how many elements the document has at
// the most, how many frames a second panning and zooming show, how long selecting an event takes. Machines are
// noisy: compare numbers of one run of this script.

import { startPlayground } from "./playground.mjs";
import { LARGEST, broadcasts, link as linkTo } from "./runs.mjs";

/** The link of a run with about so many events, with a node that pauses in its middle. */
const link = (events) =>
  LARGEST[events]
    ? linkTo(LARGEST[events])
    : broadcasts(Number(events), { every: 10, faults: (at) => [{ pause: { node: "P2", at, until: at + 40 } }] });

const elements = (page) => page.evaluate(() => document.querySelectorAll("*").length);

/**
 * Frames a second while something is done before each of them, for two seconds; the frame in ms than which 95 of 100 are
 * shorter; and the longest.
 */
function frames(page, what) {
  return page.evaluate(
    ([what]) =>
      new Promise((resolve) => {
        const stage = document.querySelector(".stage");
        const act = {
          pan: (frame) => {
            const span = stage.scrollWidth - stage.clientWidth;
            stage.scrollLeft = (frame * 40) % span;
          },
          zoom: (frame) => {
            const deltaY = frame % 60 < 30 ? -100 : 100;
            const { left, width, top } = stage.getBoundingClientRect();
            const at = { clientX: left + width / 2, clientY: top + 20 };
            stage.dispatchEvent(
              new WheelEvent("wheel", { ...at, deltaY, ctrlKey: true, bubbles: true, cancelable: true }),
            );
          },
        }[what];
        const start = performance.now();
        let last = start;
        const times = [];
        const step = (now) => {
          times.push(now - last);
          last = now;
          if (now - start > 2000) {
            times.sort((one, other) => one - other);
            const most = times[Math.floor(times.length * 0.95)];
            resolve([(times.length * 1000) / (now - start), most, times.at(-1)].map(Math.round));
            return;
          }
          act(times.length);
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    [what],
  );
}

/** Time from a click on an event until it is selected in the document and the next frame begins, in ms. */
function select(page) {
  return page.evaluate(async () => {
    const times = [];
    for (let each = 0; each < 9; each += 1) {
      const lane = document.querySelectorAll(".lane .hit")[each % 5];
      const area = lane.getBoundingClientRect();
      const stage = document.querySelector(".stage").getBoundingClientRect();
      const x = stage.left + stage.width * (0.3 + each * 0.05);
      const at = { clientX: x, clientY: area.top + area.height / 2, bubbles: true };
      await new Promise(requestAnimationFrame);
      const start = performance.now();
      lane.dispatchEvent(new MouseEvent("click", at));
      await Promise.resolve();
      await new Promise((resolve) => setTimeout(resolve));
      document.body.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    times.sort((one, other) => one - other);
    return times[Math.floor(times.length / 2)];
  });
}

async function measure(playground, events) {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 }, tab: null });
  // The page is there already: what is measured is the run's picture, not the page's beginning.
  const page = await reader.open();
  await page.waitForTimeout(500);
  const before = await page.locator(".clock").textContent();
  await page.evaluate((fragment) => (location.hash = fragment), link(events));
  const many = (text) => document.querySelector(".clock").textContent.split(" of ")[1] !== text.split(" of ")[1];
  await page.waitForFunction(many, before, { timeout: 120_000 });
  await page.waitForTimeout(1500);
  const [happened, drawn] = await page.evaluate(() => {
    const marks = (name) => performance.getEntriesByName(name).map((mark) => mark.startTime);
    const computed = marks("computed").at(-1);
    const text = document.querySelector(".clock").textContent;
    return [text, marks("drawn").find((time) => time > computed) - computed];
  });
  await page.keyboard.press("End");
  let most = await elements(page);
  const zoom = await frames(page, "zoom");
  if (await page.locator("#zoom-whole").count()) await page.locator("#zoom-whole").click();
  for (let step = 0; step < 40 && (await page.locator("#zoom-in").isEnabled()); step += 1) {
    await page.locator("#zoom-in").click();
    most = Math.max(most, await elements(page));
    // As near as a reader looks who reads it: with texts.
    if (await page.locator(".arrow .label").count()) break;
  }
  const pan = await frames(page, "pan");
  most = Math.max(most, await elements(page));
  const selected = await select(page);
  await page.context().close();
  return { happened, drawn, most, zoom, pan, selected };
}

const playground = await startPlayground();
console.log("| events | picture after | elements at most | zoom | pan | selecting |");
console.log("|---|---|---|---|---|---|");
for (const events of process.argv.slice(2).length ? process.argv.slice(2) : [1000, 10_000, 100_000]) {
  const { happened, drawn, most, zoom, pan, selected } = await measure(playground, events);
  const rate = ([rate, most, longest]) => `${rate}/s, 95 of 100 under ${most} ms, longest ${longest} ms`;
  const row = [happened, `${drawn.toFixed(0)} ms`, most, rate(zoom), rate(pan), `${selected.toFixed(1)} ms`];
  console.log(`| ${row.join(" | ")} |`);
}
await playground.stop();
