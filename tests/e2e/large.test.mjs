// Long runs: only what is seen is in the document, at any size; what goes wrong is seen from far away too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PATIENCE, startPlayground, until } from "./playground.mjs";
import { broadcasts } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** Some ten thousand events: a broadcast every 2 ms among five, one of whom crashes half-way. */
const longRun = () =>
  broadcasts(10_000, { every: 2, faults: (at) => [{ crash: { node: "P2", at } }] });

const elements = (page) => page.evaluate(() => document.querySelectorAll("*").length);
const shown = (page) => page.locator(".overview [role=slider]").getAttribute("aria-valuetext");

test("a long run is first seen whole, and stays light however near one looks", async () => {
  const reader = await playground.reader({ viewport: { width: 1440, height: 900 } });
  const page = await reader.open(longRun());
  await page.locator(".merged .bars").waitFor({ state: "attached", timeout: PATIENCE });
  assert.equal(await page.locator(".overview [role=slider]").count(), 0, "all of it is seen");
  assert.equal(await page.locator("#zoom-out").isDisabled(), true);
  assert.equal(await page.locator("#zoom-whole").count(), 0, "there is no more to show");
  assert.equal(await page.locator(".sheet .mark.crash").count(), 1, "the crash does not merge");
  assert.ok(await page.locator(".merged .losses[d*=M]").count(), "nor do losses vanish");
  // A run that is played is followed: near its end there may be no message.
  await page.keyboard.press("Home");
  const texts = () => page.locator(".arrow .label").count();
  for (let step = 0; step < 30 && (await texts()) === 0; step += 1) {
    assert.ok((await elements(page)) < 3000, `${await elements(page)} elements`);
    // As near as can be: a slow machine has still to draw it.
    if (await page.locator("#zoom-in").isDisabled()) break;
    await page.locator("#zoom-in").click();
    await page.waitForTimeout(250);
  }
  await until(async () => (await texts()) > 0, "near enough, messages have their texts");
  assert.ok((await elements(page)) < 3000, `${await elements(page)} elements`);
  await page.locator("#zoom-whole").click();
  await page.locator(".merged .bars").waitFor({ state: "attached" });
  await reader.leave();
});

test("the window over the run is moved by keys and by dragging, and names stay in view", async () => {
  const reader = await playground.reader({ viewport: { width: 1280, height: 800 } });
  const page = await reader.open(longRun());
  for (let step = 0; step < 6; step += 1) await page.locator("#zoom-in").click();
  const slider = page.locator(".overview [role=slider]");
  await slider.focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector(".stage").scrollLeft === 0);
  await until(async () => /^0 to \d+ ms of \d+ ms$/.test(await shown(page)), "the window is at the beginning");
  const start = await shown(page);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".stage").scrollLeft > 0);
  // The slider says where the window is when the page hears that it was moved, a moment later.
  await until(async () => (await shown(page)) !== start, "the window says that it was moved");
  const box = await slider.boundingBox();
  await page.mouse.move(box.x + 5, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 4 });
  await page.mouse.up();
  const inTheMiddle = async () => {
    const [from, to, end] = (await shown(page)).match(/\d+/g).map(Number);
    return from < end / 2 && to > end / 2;
  };
  await until(inTheMiddle, "the window is over the middle of the run");
  const name = await page.locator(".name").first().boundingBox();
  const stage = await page.locator(".stage").boundingBox();
  assert.ok(name.x >= stage.x - 1 && name.x < stage.x + 40, "the name is still there");
  await reader.leave();
});

test("time runs either way on any screen, and the size is the reader's", async () => {
  const reader = await playground.reader({ viewport: { width: 1280, height: 800 } });
  const page = await reader.open();
  assert.ok(await page.locator(".stage.across").count());
  await page.locator("#turn").click();
  await page.locator(".stage.down").waitFor();
  await page.locator("#turn").click();
  await page.locator(".stage.across").waitFor();
  const width = () => page.locator(".sheet").evaluate((sheet) => sheet.clientWidth);
  const suited = await width();
  assert.equal(await page.locator("#zoom-suited").count(), 0, "the size is the suited one");
  // Control and the wheel, over the moment that is to stay where it is.
  const stage = await page.locator(".stage").boundingBox();
  await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await page.waitForFunction((before) => document.querySelector(".sheet").clientWidth > before, suited);
  await page.locator("#zoom-suited").click();
  await page.waitForFunction((before) => document.querySelector(".sheet").clientWidth === before, suited);
  await reader.leave();
});

/** Moment at a place of the window, in virtual ms, read off the numbers of the time axis. */
const momentAt = (page, x) =>
  page.evaluate((x) => {
    const ticks = [...document.querySelectorAll(".stage .ruler text")].map((text) => {
      const { left, width } = text.getBoundingClientRect();
      return [left + width / 2, Number(text.textContent)];
    });
    const [from, to] = [ticks[0], ticks.at(-1)];
    return from[1] + ((x - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);
  }, x);

test("zooming draws the picture once a step, and keeps the moment under the pointer where it is", async () => {
  const reader = await playground.reader({ viewport: { width: 1280, height: 800 } });
  const page = await reader.open(longRun());
  await page.locator(".merged .bars").waitFor({ state: "attached", timeout: PATIENCE });
  // A run that is played is followed.
  await page.keyboard.press("Home");
  const drawings = () => page.evaluate(() => performance.getEntriesByName("drawn").length);
  /** A few steps at this place, each seen before the next; returns how often the picture was drawn meanwhile. */
  const zoom = (x, deltaY) =>
    page.evaluate(
      async ([x, deltaY]) => {
        const frame = () => new Promise(requestAnimationFrame);
        const stage = document.querySelector(".stage");
        const clientY = stage.getBoundingClientRect().top + 20;
        const before = performance.getEntriesByName("drawn").length;
        for (let step = 0; step < 6; step += 1) {
          const wheel = { clientX: x, clientY, deltaY, ctrlKey: true, bubbles: true, cancelable: true };
          stage.dispatchEvent(new WheelEvent("wheel", wheel));
          await frame();
          await frame();
        }
        return performance.getEntriesByName("drawn").length - before;
      },
      [x, deltaY],
    );
  const x = 700;
  for (const [deltaY, name] of [[-100, "nearer"], [-100, "nearer still"], [100, "farther"]]) {
    const moment = await momentAt(page, x);
    const drawn = await zoom(x, deltaY);
    // One more when a slow machine takes longer for a step than the pause after which all is drawn in full.
    assert.ok(drawn <= 8, `${name}: ${drawn} drawings of 6 steps`);
    const before = await drawings();
    await until(async () => (await drawings()) > before || drawn > 6, `${name}: drawn in full at rest`);
    const pixel = ((await momentAt(page, x + 100)) - (await momentAt(page, x))) / 100;
    const now = await momentAt(page, x);
    assert.ok(Math.abs(now - moment) <= 8 * pixel + 1, `${name}: ${moment} ms is now ${now} ms`);
  }
  await reader.leave();
});
