// Longest tasks of the page in the largest possible runs, in every tab and overlay and when they
// are changed: of `dist/`. Run it by hand: it prints the numbers for docs/performance.md.
//
//     node tests/e2e/largest-runs.mjs

import { startPlayground } from "./playground.mjs";
import { LARGEST, link } from "./runs.mjs";
import { tasksOf, watch } from "./tasks.mjs";

const TABS = [
  "Verdicts", "Changes", "View", "Network", "Events", "Tables", "Details", "Source", "Numbers", "As text", "Break it", "Settings",
];

const playground = await startPlayground();
for (const [name, scenario] of Object.entries(LARGEST)) {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 } });
  await watch(reader.context);
  const page = await reader.context.newPage();

  /** Prints the longest task of what is done. */
  async function tell(what, act) {
    console.log(`${name}, ${what}: ${Math.max(0, ...(await tasksOf(page, act)))} ms`);
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
  await tell("undone", () => page.locator("#undo-last").click());
  await reader.context.close();
}
await playground.stop();
