// The page in other pages: the element and the plain frame, in a course site of another origin with a strict policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { arrived, ask, element, script as scriptOf, startCourses, wake } from "./course.mjs";
import { until } from "./playground.mjs";
import { DEADLOCK, OPENING, ORDERS, bundled } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

const open = (body, options) => playground.openCourse(body, options);
const script = () => scriptOf(playground.url);

test("an element is a still picture until its reader comes, at most three are live, and parking loses nothing", async () => {
  const fragments = await Promise.all([OPENING, ORDERS, DEADLOCK, OPENING].map(bundled));
  const site = await open(fragments.map((fragment) => element(fragment)).join("") + script());
  const { page } = site;
  const stills = page.locator("world-lines .still svg");
  await until(async () => (await stills.count()) > 0, "a picture");
  // A picture is drawn when its place comes near the window.
  await page.locator("world-lines").last().scrollIntoViewIfNeeded();
  await until(async () => (await stills.count()) === 4, "four pictures");
  assert.equal(await page.locator("world-lines iframe").count(), 0, "nothing is live");
  const first = stills.first();
  assert.equal(await first.getAttribute("role"), "img");
  assert.ok((await first.locator("desc").textContent()).length > 100, "the run is told in words");
  const colour = await first.locator(".lane path").first().evaluate((it) => getComputedStyle(it).stroke);
  assert.match(colour, /^rgb/, "the picture has its styles under the policy");

  const all = page.locator("world-lines");
  await wake(all.nth(0));
  const frame = all.nth(0).frameLocator("iframe");
  await arrived(frame);
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  await page.keyboard.press("Enter");
  await frame.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await frame.locator(".theatre.edited").waitFor();
  await until(async () => (await site.heard("scenario")).some((it) => it.edited), "the change is told");
  for (const place of [1, 2, 3]) {
    await wake(all.nth(place));
    await arrived(all.nth(place).frameLocator("iframe"));
  }
  assert.equal(await page.locator("world-lines iframe").count(), 3, "the first is parked");
  await all.nth(0).locator(".still svg").waitFor();
  await wake(all.nth(0));
  await arrived(frame);
  await frame.locator('.arrow.lost[data-message="Alice>Bob#1"]').waitFor();
  await site.leave();
});

test("an element obeys before it is live, keeps what was loaded when it is parked, and follows the theme around", async () => {
  const fragment = await bundled(OPENING);
  const site = await open(element(fragment, 'start="40"') + script());
  const { page } = site;
  const place = page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  // Still: nothing is live. Wishes wait until the program can hear them.
  await place.evaluate((it, other) => {
    it.load(other);
    it.pause();
  }, await bundled(DEADLOCK));
  const frame = place.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await site.heard("verdict")).at(-1)?.protocol === "maekawa", "the other run is there");
  await place.evaluate((it) => it.seek(25));
  await until(async () => (await site.heard("time")).at(-1).time === 25, "it is at the moment");
  await page.evaluate(() => (document.documentElement.dataset.theme = "dark"));
  await until(async () => (await frame.locator("html").getAttribute("data-theme")) === "dark", "the frame is dark");
  await until(async () => place.evaluate((it) => it.link.includes("#s=")), "the element knows the link");
  await place.evaluate((it) => it.park());
  await place.locator(".still svg.worldlines-dark").waitFor();
  assert.match(await place.locator(".still svg desc").textContent(), /Maekawa/);
  await wake(place);
  await arrived(frame);
  await until(async () => (await site.heard("ready")).length === 3, "it is live again");
  await until(async () => (await site.heard("time")).at(-1).time === 25, "at the moment at which it was left");
  assert.equal((await site.heard("verdict")).at(-1).protocol, "maekawa");
  await site.leave();
});

test("an element opens a file beside the page, and says what is wrong with an attribute", async () => {
  const site = await open(`<world-lines src="missing.json" controls="none"></world-lines>${script()}`);
  const place = site.page.locator("world-lines");
  await place.locator(".still").click();
  await until(async () => site.warned.some((it) => /controls: found "none", expected focus/.test(it)), "the attribute is named");
  await until(async () => (await site.heard("error")).some((it) => /missing\.json/.test(it.message)), "the file is named");
  await site.leave({ missing: true });
});

test("a plain frame in a sandbox tells what happens, and obeys the page around it alone", async () => {
  const fragment = await bundled(OPENING);
  const source = `${playground.url}?embed${fragment}`;
  const site = await open(`<iframe sandbox="allow-scripts" width="900" height="450" src="${source}"></iframe>`);
  const { page } = site;
  const frame = page.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await site.heard("ready")).length === 1, "it is ready");
  await until(async () => (await site.heard("resize")).at(-1)?.height > 200, "it tells its height");
  await until(async () => (await site.heard("verdict")).length === 1, "it tells the verdicts");
  const [verdict] = await site.heard("verdict");
  assert.equal(verdict.protocol, "best-effort-broadcast");
  assert.ok(verdict.verdicts.some((it) => it.status === "violated" && it.why));
  await ask(page, { worldlines: "pause" });
  await ask(page, { worldlines: "seek", time: 20 });
  await until(async () => (await site.heard("time")).at(-1).time === 20, "it goes to the moment");
  await ask(page, { worldlines: "load", scenario: await bundled(DEADLOCK) });
  await until(async () => (await site.heard("verdict")).at(-1).protocol === "maekawa", "it opens another run");

  const before = await frame.locator(".title").textContent();
  const refused = async (wish, expected) => {
    const count = (await site.heard("error")).length;
    await ask(page, wish);
    await until(async () => (await site.heard("error")).length > count, `it refuses ${JSON.stringify(wish)}`);
    assert.match((await site.heard("error")).at(-1).message, expected);
  };
  await refused({ worldlines: "format" }, /found "format", expected load, play, pause, seek, theme/);
  await refused({ worldlines: "seek", time: "soon" }, /time: found "soon", expected a number of virtual ms/);
  await refused({ worldlines: "seek", time: -1 }, /time: found -1/);
  await refused({ worldlines: "load", scenario: { version: 1 } }, /scenario: found \{"version":1\}/);
  await refused({ worldlines: "load", scenario: "#s=deflate.AAAA" }, /./);
  // Words that are not for it, and a flood.
  await ask(page, "play");
  await ask(page, null);
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("iframe");
    for (let count = 0; count < 5000; count += 1) contentWindow.postMessage({ worldlines: "seek", time: count % 50 }, "*");
  });
  await until(async () => (await site.heard("time")).at(-1).time === 4999 % 50, "it obeys the last of a flood");
  assert.equal(await frame.locator(".title").textContent(), before);
  // A frame within the embed is not the page around it.
  const inner = page.frames().find((it) => it.url().startsWith(playground.url));
  const time = (await site.heard("time")).at(-1).time;
  await inner.evaluate(() => window.postMessage({ worldlines: "seek", time: 3 }, "*"));
  await page.waitForTimeout(300);
  assert.equal((await site.heard("time")).at(-1).time, time);
  // Removed in mid-run.
  await ask(page, { worldlines: "play" });
  await page.evaluate(() => document.querySelector("iframe").remove());
  await site.leave();
});

test("a locked run can be looked at and played, and not changed", async () => {
  const fragment = await bundled(OPENING);
  const source = `${playground.url}?embed${fragment}&amp;controls=locked&amp;theme=dark&amp;start=30`;
  const site = await open(`<iframe sandbox="allow-scripts" width="900" height="600" src="${source}"></iframe>`);
  const frame = site.page.frameLocator("iframe");
  await arrived(frame);
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  assert.equal(await frame.locator("html").getAttribute("data-theme"), "dark");
  await until(async () => (await site.heard("time")).at(-1)?.time === 30, "it begins at the moment");
  await site.page.keyboard.press("Enter");
  await site.page.waitForTimeout(300);
  assert.equal(await frame.locator(".menu").count(), 0);
  await site.page.keyboard.press("Delete");
  await frame.locator("#step").click();
  await until(async () => (await site.heard("time")).at(-1).time >= 30, "it steps");
  assert.deepEqual((await site.heard("scenario")).filter((it) => it.edited), []);
  for (const hidden of ["header", ".settings", ".deeds", ".workbench"]) {
    assert.equal(await frame.locator(hidden).isVisible(), false, hidden);
  }
  assert.ok(await frame.locator(".strip .outcome").isVisible());
  await site.leave();
});

test("the wheel over an embed scrolls the page around it", async () => {
  const fragment = await bundled(OPENING);
  const body = `<iframe width="900" height="450" src="${playground.url}?embed${fragment}"></iframe><main><h1>A course</h1></main>`;
  const tall = Array.from({ length: 200 }, () => "<p>text</p>").join("");
  const site = await open(body + tall);
  const frame = site.page.frameLocator("iframe");
  await arrived(frame);
  const stage = await frame.locator(".stage").boundingBox();
  await site.page.mouse.move(stage.x + 200, stage.y + 60);
  await site.page.mouse.wheel(0, 300);
  await until(() => site.page.evaluate(() => scrollY > 100), "the page scrolls");
  await site.leave();
});
