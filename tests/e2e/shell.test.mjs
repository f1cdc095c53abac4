// The first screen: the run with its verdict and time in view on every screen, few controls, and nothing that moves it; the gallery; a
// presentation.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, heading, openExample, openProtocol, protocolOf, startPlayground, until, verdict, whole } from "./playground.mjs";
import { DEADLOCK, ORDERS, bundled, link } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground.stop());

/** Sizes of phones, upright and on their side, of a tablet, laptops, a projector and a frame of a course site. */
const SCREENS = [
  [390, 844], [844, 390], [320, 640], [768, 1024], [1280, 720], [1366, 768], [1440, 900], [1920, 1080], [700, 450],
];

/** A run of 128 nodes. */
const MANY = link({ version: 1, protocol: "best-effort-broadcast", nodes: 128, requests: [{ at: 0, node: "P1", do: "broadcast", with: "m1" }] });

/** Elements that the Tab key reaches, outside the diagram and its tools, by id, text or class. */
const stops = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
      .filter((it) => it.checkVisibility() && !it.disabled && it.tabIndex >= 0 && !it.closest(".stage-frame"))
      .map((it) => it.id || it.innerText || it.className),
  );

const box = (page, selector) => page.locator(selector).boundingBox();

test("at most 15 controls outside the diagram are to be reached on first opening", async () => {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    const reader = await playground.reader({ tab: null, viewport: { width, height } });
    const page = await reader.open();
    const all = await stops(page);
    assert.ok(all.length >= 8 && all.length <= 15, `${width}: ${all.length}: ${all.join(", ")}`);
    await reader.leave();
  }
});

test("verdict and time are in view on every screen, and the diagram is not lower than its place", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  for (const fragment of ["", await bundled(ORDERS), MANY]) {
    const page = await reader.open(fragment);
    await page.keyboard.press("End");
    for (const [width, height] of SCREENS) {
      await page.setViewportSize({ width, height });
      const name = `${width}×${height} ${fragment.slice(0, 12)}`;
      for (const selector of ["#play", "#scrub", "#break-it", ".outcome .told", ".stage"]) {
        await until(async () => {
          const place = await box(page, selector);
          const isSeen = place && place.y >= 0 && place.x >= 0 && place.x + place.width <= width + 1;
          return isSeen && (selector === ".stage" ? place.y + 100 : place.y + place.height) <= height;
        }, `${selector} is in view at ${name}`, 3000);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name}: the page scrolls sideways by ${wide}`);
    }
    await page.close();
  }
  await reader.leave();
});

test("a change, its undo and a verdict move nothing on the page", async () => {
  const reader = await playground.reader({ ...calm, tab: null, viewport: { width: 1280, height: 720 } });
  const page = await reader.open();
  await page.keyboard.press("End");
  const places = async () => Object.fromEntries(await Promise.all([".stage", ".transport", "#break-it", "#play"].map(async (it) => [it, await box(page, it)])));
  const before = await places();
  await page.locator(".arrow .hit").first().click({ force: true });
  await page.locator(".menu button", { hasText: /drop/i }).first().click();
  await page.keyboard.press("Escape");
  await page.locator("#undo-last").waitFor();
  assert.deepEqual(await places(), before, "after a change");
  assert.match(await page.locator(".caption .changed").innerText(), /You changed this run/);
  await page.locator("#undo-last").click();
  await page.locator("#undo-last").waitFor({ state: "detached" });
  assert.deepEqual(await places(), before, "after its undo");
  await page.locator("#why").click();
  await page.locator(".because").getByText(/Assumed/).waitFor();
  assert.deepEqual(await places(), before, "with the reasons");
  await reader.leave();
});

test("a run in which nothing has happened has nothing to judge", async () => {
  const reader = await playground.reader({ ...calm, tab: "Verdicts" });
  const page = await reader.open(link({ version: 1, protocol: "best-effort-broadcast", nodes: 3 }));
  await page.keyboard.press("End");
  assert.equal(await page.locator(".outcome .told").innerText(), "Nothing to judge yet.");
  assert.equal(await page.locator(".dock .chip").count(), 0);
  assert.doesNotMatch(await page.locator(".verdicts").innerText(), /✓/);
  await reader.leave();
});

test("the gallery finds examples by words and by what they violate, and leads to them", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  await page.locator("#picker").click();
  const cards = page.locator(".gallery .card");
  await cards.first().waitFor();
  const all = await cards.count();
  await page.locator("#gallery-search").fill("exercise agreement");
  await until(async () => (await cards.count()) < all, "the list is shorter");
  const texts = await cards.allInnerTexts();
  assert.ok(texts.length > 0 && texts.every((text) => /exercise/i.test(text)), texts.join("\n"));
  await page.locator("#gallery-search").fill("no such word");
  await page.getByText("No example has all these words.").waitFor();
  await page.locator("#gallery-search").fill("deadlock");
  assert.match(await cards.first().getAttribute("href"), /^p\/[a-z-]+\/[a-z0-9-]+\/$/);
  await page.locator(".gallery .close").click();
  await page.locator(".gallery").waitFor({ state: "detached" });
  await openExample(page, DEADLOCK);
  assert.equal(await page.title(), `${await heading(page)} · Worldlines`);
  await reader.leave();
});

test("another protocol opens its own example, and the reader's run comes along on request only", async () => {
  const reader = await playground.reader({ ...calm, tab: "Changes" });
  const page = await reader.open();
  await page.locator(".deed.fault").getByRole("button", { name: /^Remove/ }).click();
  await page.locator("#undo-last").waitFor();
  const mine = await page.locator(".deed .what").allInnerTexts();
  await openProtocol(page, "reliable-broadcast");
  assert.notDeepEqual(await page.locator(".deed .what").allInnerTexts(), mine);
  await page.goBack();
  await until(async () => (await protocolOf(page)) === "best-effort-broadcast", "the way back leads to the run");
  assert.deepEqual(await page.locator(".deed .what").allInnerTexts(), mine);
  await page.locator("#picker").click();
  await page.locator('.gallery [data-keep="reliable-broadcast"]').click();
  await until(async () => (await protocolOf(page)) === "reliable-broadcast", "the run is kept");
  assert.deepEqual(await page.locator(".deed .what").allInnerTexts(), mine);
  await reader.leave();
});

test("best-effort broadcast violates agreement, and reliable broadcast does not, in two steps", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  await page.keyboard.press("End");
  assert.equal(await verdict(page, "agreement").getAttribute("data-status"), "violated");
  await page.locator("#picker").click();
  await page.locator('.gallery [data-keep="reliable-broadcast"]').click();
  await page.keyboard.press("End");
  await until(async () => (await verdict(page, "agreement").getAttribute("data-status")) === "holds", "agreement holds");
  await reader.leave();
});

test("a presentation shows the run alone, large, with keys, and the hands work in it", async () => {
  for (const [width, height] of [[1280, 720], [1920, 1080]]) {
    const reader = await playground.reader({ ...calm, tab: "Events", viewport: { width, height } });
    const page = await reader.open();
    await page.keyboard.press("End");
    await page.keyboard.press("p");
    await page.locator("#leave-presentation").waitFor();
    for (const gone of ["header", ".workbench", ".about", ".below-stage", "#break-it"]) {
      assert.ok(!(await page.locator(gone).first().isVisible()), `${gone} is not shown`);
    }
    const size = await page.evaluate(() => {
      const text = document.querySelector(".caption p");
      return parseFloat(getComputedStyle(text).fontSize) * (text.currentCSSZoom ?? 1);
    });
    assert.ok(size >= 24, `the caption has ${size} px`);
    const play = await box(page, "#play");
    assert.ok(play.y + play.height <= height, "time is in view");
    // A press of the pointer meets the message under it.
    await page.locator(".arrow .hit").first().click({ force: true });
    await page.locator(".menu").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#leave-presentation").click();
    await page.locator("header").waitFor();
    await reader.leave();
  }
});

test("the workbench remembers its tab, and leaves the room for it", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  assert.equal(await page.locator(".workbench").count(), 0);
  await page.locator("#open-workbench").click();
  await page.getByRole("tab", { name: "Numbers" }).click();
  await page.reload();
  await whole(page);
  assert.equal(await page.getByRole("tab", { name: "Numbers" }).getAttribute("aria-selected"), "true");
  const [stage, bench] = [await box(page, ".stage"), await box(page, ".workbench")];
  assert.ok(stage.x + stage.width <= bench.x, "it is beside the diagram");
  await page.locator("#close-workbench").click();
  await page.reload();
  await whole(page);
  assert.equal(await page.locator(".workbench").count(), 0);
  await reader.leave();
});
