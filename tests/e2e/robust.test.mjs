// Nothing kills or freezes the page: the largest runs that there may be, in every tab, and a walk by lot.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startPlayground, tab, until } from "./playground.mjs";
import { LONG, SCREENS, walk } from "./random-walk.mjs";
import { LARGEST, link } from "./runs.mjs";
import { watch } from "./tasks.mjs";

/** More elements than this slow a page down. */
const MOST_ELEMENTS = 3_000;
/** Longest allowed task, in ms: 1 s on the machines of readers; those that test are slow, and do much else. */
const LONGEST_TASK = 4_000;
/** Longest allowed computation of a run of a million events here, in ms. */
const COMPUTING = 120_000;
/** Number of steps of a walk on each screen, and the largest time for it, in ms. */
const [STEPS, WALKING] = LONG ? [3_000, 3_600_000] : [300, 300_000];

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** A page on a run, whose tasks are watched; waits until a long run is computed. */
async function opened(reader, scenario) {
  const page = await reader.context.newPage();
  await watch(page);
  await page.goto(playground.url + link(scenario));
  await page.locator("#worldlines > .page main:not(.arrives) svg").first().waitFor({ timeout: COMPUTING });
  await page.locator(".working").waitFor({ state: "detached", timeout: COMPUTING });
  return page;
}

const elements = (page) => page.evaluate(() => document.querySelectorAll("*").length);

/** Does something; answers the longest task till nothing happens for a while. */
async function longest(page, what) {
  await page.evaluate(() => {
    globalThis.tasks.length = 0;
  });
  await what();
  for (let quiet = 0, before = -1; quiet < 2; ) {
    await page.waitForTimeout(250);
    const now = await page.evaluate(() => globalThis.tasks.length);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
  return page.evaluate(() => Math.max(0, ...globalThis.tasks));
}

const TABS = [
  "Verdicts", "Changes", "Settings", "View", "Network", "Events", "Tables", "Details", "Source", "Numbers", "As text", "Break it",
];

/** Opens every tab and overlay, moves through time and edits, and holds each to its bounds. */
async function everything(page, name) {
  const hold = async (look, what) => {
    const task = await longest(page, what);
    const count = await elements(page);
    assert.ok(count <= MOST_ELEMENTS, `${name}, ${look}: ${count} elements`);
    assert.ok(task <= LONGEST_TASK, `${name}, ${look}: a task of ${task} ms`);
  };
  for (const tab of TABS) {
    await hold(tab, () => page.getByRole("tab", { name: tab, exact: true }).click());
    await hold(`${tab}, at the start`, () => page.keyboard.press("Home"));
    await hold(`${tab}, at the end`, () => page.keyboard.press("End"));
  }
  await hold("timestamps", () => page.locator(".stage svg").first().press("t"));
  await hold("a cut", () => page.locator(".stage svg").first().press("c"));
  await hold("the next event picked", () => page.locator(".stage svg").first().press("ArrowRight"));
  await hold("a menu", () => page.locator(".name").first().click());
}

test("heartbeats among 128 nodes, a million events: every tab within its bounds", { timeout: 600_000 }, async () => {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 } });
  const page = await opened(reader, LARGEST.heartbeats);
  await everything(page, "heartbeats");
  await reader.leave();
});

test("ten thousand crashes among 128 nodes: every tab within its bounds", { timeout: 600_000 }, async () => {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 } });
  const page = await opened(reader, LARGEST.crashes);
  await everything(page, "crashes");
  await reader.leave();
});

test("a message that is due in eleven days costs the timestamps nothing", async () => {
  const reader = await playground.reader();
  for (const by of [100_000_000, 1_000_000_000]) {
    const page = await opened(reader, {
      version: 1,
      protocol: "best-effort-broadcast",
      nodes: 3,
      requests: [{ at: 10, node: "P1", do: "broadcast", with: "m" }],
      faults: [{ delay: { message: "P1>P2#1", by } }],
      until: 100,
    });
    const task = await longest(page, () => page.locator(".stage svg").first().press("t"));
    await page.locator(".timestamps .label").first().waitFor();
    assert.ok(task < 1_000, `${task} ms`);
    await page.close();
  }
  await reader.leave();
});

test("the node that the tab of details looks at may go, and the tab stays", async () => {
  const reader = await playground.reader({ tab: "Settings" });
  const page = await reader.open();
  const nodes = page.locator("#nodes");
  for (const count of [2, 4]) {
    await nodes.fill(String(count));
    await nodes.press("Enter");
    await until(async () => (await page.locator(".stage .name").count()) === count, `there are ${count} nodes`);
  }
  await tab(page, "Details");
  await page.locator("#panel label.field select").selectOption({ index: 4 });
  await page.locator("#undo-last").click();
  await until(async () => (await page.locator(".stage .name").count()) === 2, "there are two nodes");
  await until(async () => (await page.locator(".node-state").count()) === 2, "their states are shown");
  await reader.leave();
});

for (const screen of SCREENS) {
  const { width } = screen.viewport;
  test(`a walk by lot over a page ${width} pixels wide meets no error`, { timeout: WALKING + 90_000 }, async () => {
    const reader = await playground.reader(screen);
    const page = await reader.open();
    const steps = await walk(reader, page, width, (steps) => steps >= STEPS);
    assert.equal(steps, STEPS);
    await reader.leave();
  });
}
