// The choices of an embed: each key of the fragment and attribute of the element has its effect, and a wrong one is named.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { arrived, ask, element, script as scriptOf, startCourses, wake } from "./course.mjs";
import { tab, until } from "./playground.mjs";
import { OPENING, ORDERS, bundled } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

/** A run among eight nodes, whose lines need more than 450 pixels. */
const EIGHT = "transport/source-tree/prune-and-graft";

const script = () => scriptOf(playground.url);

/** Opens a course with a bundled run, by default the opening example, in a plain frame with these keys. */
async function framed(keys, { height = 900, run = OPENING, ...options } = {}) {
  const source = `${playground.url}?embed${await bundled(run)}&amp;${keys}`;
  const site = await playground.openCourse(`<iframe sandbox="allow-scripts" width="900" height="${height}" src="${source}"></iframe>`, options);
  const frame = site.page.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await site.heard("ready")).length === 1, "it is ready");
  return { ...site, frame, last: async (kind) => (await site.heard(kind)).at(-1) };
}

const SHOWN = {
  play: "#play", step: "#step", seek: "#scrub", speed: ".transport .speed", verdicts: ".outcome", changes: ".deeds", workbench: "#break-it",
  page: "header",
};
/** Controls that are tabs of the workbench, and parts of a tab. */
const TABS = { changes: "Changes", settings: "Settings", verdicts: "Verdicts", legend: "View", tools: "View", workbench: "Events" };

test("controls are a list: what is not in it is not shown, and cannot be changed", async () => {
  const { frame, page, leave, heard, last } = await framed("controls=play.step.drop.changes.legend");
  await frame.locator(".deeds").waitFor();
  const chosen = ["play", "step", "changes", "legend"];
  for (const [name, selector] of Object.entries(SHOWN)) {
    assert.equal(await frame.locator(selector).first().isVisible(), chosen.includes(name), name);
  }
  const tabs = new Set(chosen.map((name) => TABS[name]).filter(Boolean));
  assert.deepEqual(await frame.getByRole("tab").allInnerTexts(), [...tabs]);
  await tab(frame, "View");
  await frame.locator(".legend").waitFor();
  assert.equal(await frame.locator(".tools").isVisible(), false);
  assert.equal(await frame.locator("#close-workbench").isVisible(), false, "nothing would open it again");
  // Hints say what is allowed.
  assert.equal(await frame.locator(".legend .hint").innerText(), "Break it. Click a message to drop it.");
  await tab(frame, "Changes");
  await ask(page, { worldlines: "pause" });
  await ask(page, { worldlines: "seek", time: 100 });
  // Only the drop is in the menu of a message.
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  await page.keyboard.press("Enter");
  const menu = frame.locator(".menu");
  await menu.waitFor();
  assert.deepEqual(await menu.locator("[data-do]").evaluateAll((all) => all.map((it) => it.dataset.do)), ["drop"]);
  // The crash of the run, which is none of the reader's, and its request have neither a removal nor a time to change.
  await page.keyboard.press("Escape");
  await frame.locator(".deeds .fault").waitFor();
  assert.equal(await frame.locator(".deeds li :is(button, input)").count(), 0);
  assert.deepEqual((await heard("scenario")).filter((it) => it.edited), []);
  assert.equal(await frame.locator(".below-stage .hint").innerText(), "Click a message to drop it.");
  assert.equal(await frame.locator("title").filter({ hasText: /Drag it|add a fault/ }).count(), 0);
  // An allowed change is made, and undone.
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  await page.keyboard.press("Enter");
  await menu.locator("[data-do=drop]").click();
  await until(async () => (await last("scenario"))?.edited === true, "the message is dropped");
  await frame.locator(".deeds .fault button").waitFor();
  await frame.locator("#undo").click();
  await until(async () => (await last("scenario")).edited === false, "it is undone");
  // A node's menu has nothing that is allowed.
  await frame.locator(".names .name").first().click();
  await frame.getByText("lets you change nothing here").waitFor();
  await leave();
});

test("a property is found by its name in capitals too, and a wrong name hides no verdict", async () => {
  for (const name of ["FIFO-order", "fifo-order"]) {
    const { frame, page, leave } = await framed(`property=${name}`, { run: ORDERS });
    await ask(page, { worldlines: "pause" });
    await ask(page, { worldlines: "seek", time: 100_000 });
    await frame.getByText("FIFO order: holds", { exact: true }).waitFor();
    await leave();
  }
  const { frame, page, leave } = await framed("property=agreemnt");
  await ask(page, { worldlines: "pause" });
  await ask(page, { worldlines: "seek", time: 100_000 });
  await frame.locator('.strip [data-verdict="agreement"][data-status="violated"]').waitFor();
  await leave();
});

test("the verdict on one property is shown alone, at the chosen speed, and the run starts over", async () => {
  const { frame, leave, last, heard } = await framed("property=uniform-agreement&amp;speed=20&amp;loop=");
  await until(async () => (await frame.locator(".transport .speed select").inputValue()) === "2000", "the speed is chosen");
  const verdicts = frame.locator(".strip [data-verdict]:visible");
  const atEnd = async () => (await last("time"))?.events === 5 && (await verdicts.count()) > 0;
  await until(atEnd, "a verdict is shown");
  assert.deepEqual(await verdicts.evaluateAll((all) => all.map((it) => it.dataset.verdict)), ["uniform agreement"]);
  const playing = async () => (await heard("time")).map((it) => it.playing);
  await until(async () => (await playing()).includes(false), "it ends");
  const ended = (await heard("time")).findIndex((it) => !it.playing);
  await until(async () => (await heard("time")).slice(ended).some((it) => it.playing), "it starts over");
  const again = (await heard("time")).slice(ended).find((it) => it.playing);
  assert.ok(again.time < (await last("verdict")).end, "from the beginning");
  await leave();
});

test("without a loop a run stops at its end, and all verdicts are shown", async () => {
  const { frame, leave, last, page } = await framed("speed=20");
  await until(async () => (await last("time"))?.playing === false, "it ends");
  await page.waitForTimeout(2000);
  assert.equal((await last("time")).playing, false);
  assert.ok((await frame.locator(".strip [data-verdict]:visible").count()) > 3);
  await leave();
});

test("a hidden future is not drawn until the playhead comes there, and no still picture tells it", async () => {
  const fragment = await bundled(OPENING);
  const site = await playground.openCourse(element(fragment, 'future="hidden" start="40" property="validity"') + script());
  const place = site.page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  const told = await place.locator(".still svg").textContent();
  assert.match(told, /Alice crashes after 1 send/);
  assert.doesNotMatch(told, /Carol never receives|Bob receives|agreement/);
  assert.match(told, /validity/);
  await wake(place);
  const frame = place.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await site.heard("time")).at(-1)?.time === 40, "it begins at the moment");
  await frame.locator(".stage .veil.curtain").waitFor();
  assert.equal(await frame.locator("[data-end=violated], [data-status=violated]").count(), 0);
  await place.evaluate((it) => it.seek(100));
  await frame.locator(".stage .veil.lifted").waitFor();
  await site.leave();
});

test("at a fixed height time and verdicts stay in view, and the diagram scrolls within it only while it is used", async () => {
  const { frame, leave, last, page } = await framed("height=450", { height: 450, run: EIGHT });
  await until(async () => (await last("resize"))?.height === 450, "it tells the height");
  for (const selector of ["#play", ".outcome"]) {
    const box = await frame.locator(selector).first().boundingBox();
    assert.ok(box.y + box.height <= 460, `${selector} is in view: ${JSON.stringify(box)}`);
  }
  const overflow = () => frame.locator(".stage").evaluate((it) => getComputedStyle(it).overflowY);
  assert.equal(await overflow(), "hidden");
  await frame.locator(".title").click();
  await until(async () => (await overflow()) === "auto", "it scrolls when it is used");
  const room = await frame.locator(".stage").evaluate((it) => [it.clientHeight, it.scrollHeight]);
  assert.ok(room[0] < room[1], `there is more than fits: ${room}`);
  await page.evaluate(() => document.activeElement.blur());
  await leave();
});

test("what an author wrote that cannot be meant is named, and the run opens all the same", async () => {
  const keys = "controls=play.sing&amp;theme=blue&amp;start=soon&amp;speed=7&amp;loop=often&amp;height=tall&amp;future=bright&amp;property=beauty";
  const { frame, leave, heard, warned } = await framed(keys);
  const expected = [
    /controls: found "sing", expected focus, locked, full, play, step, .* drop, /,
    /theme: found "blue", expected light, dark or auto/,
    /start: found "soon", expected a whole number of virtual ms/,
    /speed: found "7", expected one of 0\.01, 0\.02, .* 1, 2, .* 100$/,
    /loop: found "often", expected no value, true or false/,
    /height: found "tall", expected auto, or 100 to 5000 CSS pixels/,
    /future: found "bright", expected hidden or shown/,
    /property: found "beauty", expected one of validity, .*uniform agreement/,
  ];
  for (const pattern of expected) {
    await until(async () => (await heard("error")).some((it) => pattern.test(it.message)), `the message ${pattern}`);
    assert.ok(warned.some((it) => pattern.test(it)), `the console has ${pattern}`);
  }
  assert.ok(await frame.locator("#play").isVisible());
  assert.ok(await frame.locator("#step").isHidden());
  await leave();
});

test("a picture that an author wrote stands without scripts and on paper, until the element draws its own", async () => {
  const fragment = await bundled(OPENING);
  const own = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80" role="img"><title>By the author</title><rect width="300" height="80"/></svg>';
  const body = element(fragment, "", own);
  const plain = await playground.openCourse(body + script(), { javaScriptEnabled: false });
  await plain.page.locator("world-lines > svg").waitFor();
  await plain.leave();

  const site = await playground.openCourse(body + script());
  const place = site.page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  assert.equal(await place.locator("> svg").isVisible(), false, "its own picture is there");
  await wake(place);
  await arrived(place.frameLocator("iframe"));
  assert.equal(await place.locator(".still").isVisible(), false);
  await site.page.emulateMedia({ media: "print" });
  assert.ok(await place.locator(".still svg").isVisible(), "on paper the picture stands");
  assert.equal(await place.locator("iframe").isVisible(), false);
  assert.equal(await place.locator(".go").isVisible(), false);
  await site.leave();
});
