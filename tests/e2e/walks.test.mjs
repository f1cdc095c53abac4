// The tasks of a first visit, on a phone and on a desktop, each with the largest number of steps that a reader may need. A
// step is a press, a choice, or a line of text; playing to the end and reading are none.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { calm, clipboard, protocolOf, startPlayground, until, verdict } from "./playground.mjs";
import { bundled, link } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 720 } },
};

/** A reader who counts the steps. */
class Walk {
  steps = 0;

  constructor(page, has) {
    this.page = page;
    this.has = has;
  }

  async press(selector) {
    this.steps += 1;
    const target = typeof selector === "string" ? this.page.locator(selector).first() : selector;
    await (this.has.hasTouch ? target.tap() : target.click());
  }

  /** A press on a place of the diagram: a line, a mark or an arrow. */
  async pressPlace({ x, y }) {
    this.steps += 1;
    await (this.has.hasTouch ? this.page.touchscreen.tap(x, y) : this.page.mouse.click(x, y));
  }

  async choose(selector, value) {
    this.steps += 1;
    await this.page.selectOption(selector, value);
  }

  /** Types a line and ends it. */
  async write(selector, text) {
    this.steps += 1;
    await this.page.locator(selector).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Reads to the end of the run. */
  async toTheEnd() {
    await this.page.locator("#run-heading").waitFor();
    await this.page.evaluate(() => document.activeElement?.blur());
    await this.page.keyboard.press("End");
  }

  async says(property, status) {
    await until(
      async () => (await verdict(this.page, property).first().getAttribute("data-status")) === status,
      `${property} is ${status}`,
    );
  }
}

/** A task, walked on both screens from the page that opens with a fragment. */
function task(name, most, walk, fragment = async () => "") {
  for (const [screen, has] of Object.entries(SCREENS)) {
    test(`${name}, on a ${screen}, takes at most ${most} steps`, async () => {
      const reader = await playground.reader({ ...calm, tab: null, ...has });
      const page = await reader.open(await fragment());
      const reading = new Walk(page, has);
      await walk(reading, page, reader);
      assert.ok(reading.steps <= most, `${reading.steps} steps`);
      await reader.leave();
    });
  }
}

task("seeing that best-effort broadcast violates agreement and reliable broadcast does not", 2, async (walk, page) => {
  await walk.toTheEnd();
  await walk.says("agreement", "violated");
  await walk.press("#picker");
  await walk.press('.gallery [data-keep="reliable-broadcast"]');
  await until(async () => (await protocolOf(page)) === "reliable-broadcast", "the other protocol runs");
  await walk.toTheEnd();
  await walk.says("agreement", "holds");
});

/** Two broadcasts that depend on each other, to which nothing happens. */
const DEPENDENT = {
  version: 1,
  protocol: "fifo-multicast",
  nodes: ["Alice", "Bob", "Carol"],
  requests: [
    { at: 10, node: "Alice", do: "broadcast", with: "question" },
    { at: 60, node: "Bob", do: "broadcast", with: "answer" },
  ],
};

task(
  "finding by search that FIFO multicast violates causal order",
  3,
  async (walk, page) => {
    await walk.press("#break-it");
    await walk.choose("#break-what", "causal order");
    await walk.press("#start-search");
    await page.locator('.finding[data-property="causal order"]').first().waitFor({ timeout: 60_000 });
  },
  async () => link(DEPENDENT),
);

task("seeing the deadlock of Maekawa's algorithm", 2, async (walk) => {
  await walk.press("#picker");
  await walk.press('.gallery [data-path="mutex/maekawa/deadlock"]');
  await walk.page.locator('#picker[data-protocol="maekawa"]').waitFor();
  await walk.toTheEnd();
  await until(async () => (await walk.page.locator(".strip [data-status=violated]").count()) > 0, "something is violated");
});

task("seeing that Paxos never decides", 2, async (walk) => {
  await walk.press("#picker");
  await walk.press('.gallery [data-path="consensus/paxos/duelling-proposers"]');
  await walk.page.locator('#picker[data-protocol="paxos"]').waitFor();
  await walk.toTheEnd();
  await until(
    async () => /^(violated|undecided)$/.test(await verdict(walk.page, "termination").first().getAttribute("data-status")),
    "termination does not hold",
  );
});

task("making a traitor by hand among three generals, without JSON", 5, async (walk, page) => {
  await walk.press("#picker");
  await walk.press('.gallery [data-path="byzantine/interactive-consistency/three-generals"]');
  await page.locator('#picker[data-protocol="interactive-consistency"]').waitFor();
  await walk.toTheEnd();
  const lane = await page.locator(".lane .hit").nth(1).boundingBox();
  const upright = lane.height > lane.width;
  const along = upright ? { x: lane.x + lane.width / 2, y: lane.y + lane.height * 0.95 } : { x: lane.x + lane.width * 0.95, y: lane.y + lane.height / 2 };
  await walk.pressPlace(along);
  const make = page.locator('.menu [data-do="traitor"]');
  await make.waitFor();
  await walk.press(make);
  await page.locator(".menu").waitFor({ state: "detached" });
  await until(async () => (await page.locator("#undo-last").count()) > 0, "the change can be undone");
  await page.locator("#open-workbench").click();
  await page.getByRole("tab", { name: "Changes", exact: true }).click();
  // One general is a traitor from the beginning.
  await until(async () => (await page.locator(".deed", { hasText: "traitor" }).count()) === 2, "there is a second traitor");
});

task(
  "drawing a cut through a snapshot",
  4,
  async (walk, page) => {
    await walk.toTheEnd();
    await walk.press("#open-workbench");
    await walk.press("#tab-view");
    await walk.press(page.locator(".study").getByRole("button", { name: "Show cut", exact: true }));
    await page.locator(".cut-report").waitFor();
    await page.locator(".cut-handle").first().waitFor({ state: "attached" });
  },
  () => bundled("recovery/snapshot/money-in-flight"),
);

task(
  "reading off what P3 receives in all rounds of Exercise 7.3",
  3,
  async (walk, page) => {
    await walk.toTheEnd();
    await walk.press("#open-workbench");
    await walk.press("#tab-tables");
    await walk.choose("#panel .events-bar select", { label: "P3" });
    await page.getByRole("table", { name: "What P3 received, by round" }).waitFor();
  },
  () => bundled("byzantine/interactive-consistency/exercise-7-3"),
);

task("sharing a fault and seeing its verdict named in the opened link", 3, async (walk, page, reader) => {
  await walk.toTheEnd();
  await walk.press("#share");
  await walk.press("#copy-share-link");
  const shared = await clipboard(page);
  walk.steps += 1;
  const opened = await reader.context.newPage();
  await opened.goto(shared);
  await opened.locator("#play").waitFor();
  await opened.evaluate(() => document.activeElement?.blur());
  await opened.keyboard.press("End");
  await opened.locator('.strip .told[data-verdict="agreement"][data-status="violated"]').waitFor();
});

task("writing a title and a caption, and seeing them", 3, async (walk, page) => {
  await walk.toTheEnd();
  await walk.press("#write");
  await walk.write("#author-title", "My lecture");
  await walk.write("#author-caption", "Carol never hears of it.");
  await until(async () => (await page.title()).startsWith("My lecture"), "the title names the tab");
  await page.locator(".author .captions li").nth(2).waitFor();
  await page.locator("#author-done").click();
  assert.equal(await page.locator("#run-heading > span").first().innerText(), "My lecture");
  await page.locator(".caption", { hasText: "Carol never hears of it." }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "My lecture" }).waitFor();
});

task("saving a picture as a file", 2, async (walk, page) => {
  await walk.press("#share");
  const [file] = await Promise.all([page.waitForEvent("download"), walk.press("#save-picture")]);
  assert.match(await readFile(await file.path(), "utf8"), /^<svg /);
});
