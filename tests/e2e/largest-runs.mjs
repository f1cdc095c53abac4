// How long the page is busy without a pause in the largest runs that there may be, in every tab and overlay and when they
// are changed: of `dist/`. Run it by hand: it prints the numbers for docs/performance.md.
//
//     node tests/e2e/largest-runs.mjs

import { startPlayground } from "./playground.mjs";
import { LARGEST, link } from "./runs.mjs";

const TABS = ["Network", "Events", "Deliveries", "State", "Source", "Numbers", "As text", "Break it"];

const playground = await startPlayground();
for (const [name, scenario] of Object.entries(LARGEST)) {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 } });
  await reader.context.addInitScript(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.tasks.push(Math.round(duration));
    }).observe({ type: "longtask", buffered: true });
  });
  const page = await reader.context.newPage();

  /** Prints the longest task of what is done, and of what comes of it till nothing happens for a while. */
  async function tell(what, act) {
    await page.evaluate(() => {
      globalThis.tasks.length = 0;
    });
    await act();
    for (let quiet = 0, before = -1; quiet < 4; ) {
      await page.waitForTimeout(300);
      const now = await page.evaluate(() => globalThis.tasks.length);
      const works = await page.locator(".working").count();
      quiet = now === before && works === 0 ? quiet + 1 : 0;
      before = now;
    }
    console.log(`${name}, ${what}: ${await page.evaluate(() => Math.max(0, ...globalThis.tasks))} ms`);
  }

  const key = (name) => () => page.locator(".stage svg").first().press(name);
  await tell("opened", async () => {
    await page.goto(playground.url + link(scenario));
    await page.locator("#worldlines > .page main:not(.arrives) svg").first().waitFor({ timeout: 300_000 });
  });
  for (const tab of TABS) {
    await tell(tab, () => page.getByRole("tab", { name: tab, exact: true }).click());
    await tell(`${tab}, at the end`, () => page.keyboard.press("End"));
    await tell(`${tab}, at the start`, () => page.keyboard.press("Home"));
  }
  await tell("Lamport's timestamps", key("t"));
  await tell("vector timestamps", key("t"));
  await tell("a cut", key("c"));
  await tell("another seed", () => page.locator("#reseed").click());
  await tell("undone", () => page.locator("#undo").click());
  await reader.context.close();
}
await playground.stop();
