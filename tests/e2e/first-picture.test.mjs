// The page's HTML carries its first picture: it is seen before the program has arrived, comes alive without a
// jump, and does not stand in the way of a link.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { DIST, startPlayground } from "./playground.mjs";

/** The screens on which nothing may jump. */
const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Positions of elements, as selectors below the page. */
const PARTS = ["header", ".title", ".caption", ".stage", ".sheet svg", ".transport", ".next", ".below-stage", ".dock .strip", ".outcome", ".others", "#break-it"];

let playground;
before(async () => {
  const html = await readFile(`${DIST}/index.html`, "utf8");
  assert.match(html, /class="first"/, "a build for development has it with WORLDLINES_FIRST_PICTURE=1 only");
  playground = await startPlayground();
});
after(() => playground?.stop());

/** A tab in which the program has not arrived; `arrive()` lets it, and waits until the page is alive. */
async function waiting(reader, fragment = "") {
  const page = await reader.context.newPage();
  let arrive;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  await page.route("**/*.wasm", async (route) => {
    await arrived;
    await route.continue();
  });
  await page.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(playground.url + fragment, { waitUntil: "commit" });
  return {
    page,
    async arrive() {
      arrive();
      await page.locator("#worldlines > .page .stage svg").waitFor();
    },
  };
}

/** True if the document is parsed and exactly one width of the diagram is shown: the style sheet is loaded. */
const oneIsSeen = () => {
  if (document.readyState === "loading") return false;
  const stages = [...document.querySelectorAll(".stages > div")];
  return stages.filter((stage) => stage.getBoundingClientRect().width > 0).length === 1;
};

/** Where the parts are that are seen, and the lines that the diagram has. */
const geometry = (page, root) =>
  page.evaluate(
    ([root, parts]) => {
      const seen = (part) =>
        [...document.querySelectorAll(`${root} ${part}`)].find((element) => element.getBoundingClientRect().width);
      // On a phone some are not shown.
      const boxes = parts.filter(seen).map((part) => {
        const { x, y, width, height } = seen(part).getBoundingClientRect();
        return [part, ...[x, y, width, height].map(Math.round)];
      });
      const drawn = seen(".sheet svg").querySelectorAll(".lane path, .arrow path, .mark path");
      return { boxes, lines: [...drawn].map((path) => path.getAttribute("d")) };
    },
    [root, PARTS],
  );

for (const viewport of SCREENS) {
  test(`at ${viewport.width} by ${viewport.height} the first picture comes alive in its place`, async () => {
    const reader = await playground.reader({ viewport, tab: null });
    const { page, arrive } = await waiting(reader);
    await page.waitForFunction(oneIsSeen);
    const before = await geometry(page, ".first");
    await arrive();
    const after = await geometry(page, "#worldlines > .page");
    assert.deepEqual(after.boxes.map(([part]) => part), before.boxes.map(([part]) => part));
    assert.ok(after.boxes.length >= PARTS.length - 1, "nearly all parts are seen");
    for (const [place, [part, ...box]] of after.boxes.entries()) {
      const moved = box.map((value, side) => Math.abs(value - before.boxes[place][side + 1]));
      assert.ok(Math.max(...moved) <= 1, `${part} moved by ${moved}`);
    }
    assert.deepEqual(after.lines, before.lines);
    assert.equal(await page.locator(".first").count(), 0);
    await page.waitForTimeout(1000);
    const shifts = await page.evaluate(() => globalThis.shifts);
    assert.ok(shifts < 0.02, `layout shift ${shifts}`);
    await reader.leave();
  });
}

test("it is dark for readers who like it dark, and cannot be used before it is alive", async () => {
  const reader = await playground.reader({ colorScheme: "dark" });
  const { page, arrive } = await waiting(reader);
  await page.waitForFunction(oneIsSeen);
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.notEqual(paper, "rgb(255, 255, 255)");
  await page.keyboard.press("Tab");
  // The links below the page are no part of the program.
  const focused = await page.evaluate(() => document.activeElement.closest("footer.site, body").className);
  assert.equal(focused, "site");
  await arrive();
  await reader.leave();
});

test("a link never shows another run first", async () => {
  const reader = await playground.reader();
  const opening = await reader.open();
  await opening.locator("#next").click();
  await opening.waitForFunction(() => location.hash !== "");
  const fragment = await opening.evaluate(() => location.hash);
  const { page, arrive } = await waiting(reader, fragment);
  await page.getByText("Opening the run of the link").waitFor();
  assert.equal(await page.locator(".first svg:visible").count(), 0);
  await arrive();
  assert.equal(await page.getByText("Opening the run of the link").count(), 0);
  await reader.leave();
});

test("without JavaScript the picture is there, and what is missing is said", async () => {
  const reader = await playground.reader({ javaScriptEnabled: false });
  const page = await reader.context.newPage();
  await page.goto(playground.url);
  await page.locator(".first .stage svg:visible").first().waitFor();
  await page.locator(".noscript").waitFor();
  // The program is announced in the head, and not fetched.
  reader.complaints.length = 0;
  await reader.leave();
});
