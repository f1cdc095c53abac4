// Longest tasks of the page when a long run is opened, changed, taken back and played: of `dist/`.
// A task over 50 ms is felt. Run it by hand: it prints the numbers for docs/performance.md.
//
//     node tests/e2e/long-tasks.mjs [EVENTS]

import { startPlayground } from "./playground.mjs";
import { broadcasts } from "./runs.mjs";
import { tasksOf, watch } from "./tasks.mjs";

const EVENTS = Number(process.argv[2] ?? 100_000);

const playground = await startPlayground();
const reader = await playground.reader({ viewport: { width: 1440, height: 900 }, tab: "Settings" });
await watch(reader.context);
const page = await reader.open(broadcasts(EVENTS, { every: 1 }));

/** Prints the tasks over 50 ms of what is done, and of what comes of it till nothing happens for a while. */
async function tell(name, what) {
  const begun = Date.now();
  const tasks = await tasksOf(page, what, 400);
  const longest = Math.max(0, ...tasks);
  console.log(`${name}: longest task ${longest} ms, over 50 ms: [${tasks}] (${Date.now() - begun} ms in all)`);
}

const key = (name) => () => page.keyboard.press(name);
await page.waitForTimeout(3000);
const opened = await page.evaluate(() => globalThis.tasks);
console.log(`${EVENTS} events, opened: longest task ${Math.max(0, ...opened)} ms, over 50 ms: [${opened}]`);
await tell("to the end", key("End"));
await tell("changed", () => page.locator("#reseed").click());
await tell("undone", key("Control+z"));
await tell("made again", key("Control+Shift+z"));
await tell("played for a second", async () => {
  await page.keyboard.press("Home");
  await page.keyboard.press(" ");
  await page.waitForTimeout(1000);
  await page.keyboard.press(" ");
});
await reader.context.close();
await playground.stop();
