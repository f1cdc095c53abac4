// Actions of a reader: steps, loses and delays a message, crashes a node in the middle of its sends, splits
// the network, takes things back, and passes the run on as a link.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { clipboard, openExample, openProtocol, protocolOf, startPlayground, tab, until, verdict } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A new reader with a page at the end of its run, all of it told. */
async function atTheEnd(options, fragment) {
  const reader = await playground.reader(options);
  const page = await reader.open(fragment);
  await page.keyboard.press("End");
  return { reader, page };
}

/** The same of an example. */
async function exampleAtTheEnd(path) {
  const { reader, page } = await atTheEnd();
  await openExample(page, path);
  await page.keyboard.press("End");
  return { reader, page };
}

/** Opens a tab, and leaves the row of tabs: its own keys go from tab to tab. */
async function opened(page, name) {
  const panel = await tab(page, name);
  await page.evaluate(() => document.activeElement.blur());
  return panel;
}

/** Each property's status in the end, in the tab Verdicts: `{ agreement: "violated", … }`. */
async function verdicts(page) {
  const panel = await opened(page, "Verdicts");
  const rows = await panel.locator(".verdict").evaluateAll((all) => all.map(({ dataset }) => [dataset.property, dataset.end]));
  assert.ok(rows.length > 0, "there are verdicts");
  return Object.fromEntries(rows);
}

/** Waits until a property has this status in the end, in the tab Verdicts, which is open. */
const becomes = (page, property, status) =>
  page.locator(`.verdict[data-property="${property}"][data-end="${status}"]`).waitFor();

/** The tab Changes, opened: its requests and faults, one of them, and a step back or forward in it. */
const changes = (page) => opened(page, "Changes");
const deeds = async (page) => (await changes(page)).locator(".deed .what").allInnerTexts();
const deed = async (page, sentence) => (await changes(page)).locator(".deed .what").getByText(sentence, { exact: true }).waitFor();
const history = async (page, button) => (await changes(page)).locator(button).click();

const arrow = (page, message) => page.locator(`.arrow[data-message="${message}"]`);
const classOf = (page) => page.locator("table.class").getAttribute("data-class");

/** Waits until this protocol runs. */
const runs = (page, protocol) => page.locator(`#picker[data-protocol="${protocol}"]`).waitFor();

/** The middle of an arrow's line, on the screen. */
async function middle(arrow, share = 0.6) {
  return arrow.locator(".hit").evaluate((line, share) => {
    const half = line.getPointAtLength(line.getTotalLength() * share);
    const { x, y } = half.matrixTransform(line.getScreenCTM());
    return { x, y };
  }, share);
}

async function clickArrow(page, message) {
  const { x, y } = await middle(arrow(page, message));
  await page.mouse.click(x, y);
  await page.locator(".menu").waitFor();
}

/** Clicks a node's line at a moment, in virtual ms, found on the time axis. */
async function clickLine(page, node, moment) {
  const place = () => page.evaluate(
    ([node, moment]) => {
      const ticks = [...document.querySelectorAll(".ruler text")];
      const places = ticks.map((tick) => ({ time: +tick.textContent, x: +tick.getAttribute("x") }));
      const [first, last] = [places[0], places[places.length - 1]];
      const scale = (last.x - first.x) / (last.time - first.time);
      const svg = document.querySelector(".stage svg").getBoundingClientRect();
      const name = [...document.querySelectorAll(".names .name")].find((n) => n.innerText === node);
      const line = name.getBoundingClientRect();
      return { x: svg.left + first.x + (moment - first.time) * scale, y: line.top + line.height / 2 };
    },
    [node, moment],
  );
  // Where it is at rest: a sentence above the diagram may still come.
  let at;
  await until(async () => {
    const before = at;
    at = await place();
    await page.waitForTimeout(100);
    return before?.x === at.x && before?.y === at.y;
  }, "the diagram is at rest");
  await page.mouse.click(at.x, at.y);
  await page.locator(".menu").waitFor();
}

test("the first picture is note 001's example, playing", async () => {
  const reader = await playground.reader({ tab: "Verdicts" });
  const page = await reader.open();
  assert.deepEqual(await page.locator(".names .name").allInnerTexts(), ["Alice", "Bob", "Carol"]);
  assert.equal((await verdicts(page)).agreement, "violated");
  assert.equal(await classOf(page), null, "it is not over");
  assert.equal(await page.locator("#play").getAttribute("aria-label"), "Pause");
  const before = await page.locator("#scrub").inputValue();
  await page.waitForFunction((before) => +document.querySelector("#scrub").value > +before, before);
  assert.equal(new URL(page.url()).hash, "", "the address changes with the reader's first change");
  await page.keyboard.press("End");
  await page.locator(".class .here").waitFor();
  assert.equal(await classOf(page), "fail-safe");
  assert.deepEqual(await deeds(page), ["Alice: broadcast m1", "Alice crashes after 1 send"]);
  await reader.leave();
});

test("a step goes one event forward, and one back", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.keyboard.press("Home");
  const clock = page.locator(".clock");
  assert.equal(await clock.innerText(), "0 ms, 0 of 5 events");
  assert.equal(await page.locator(".mark.to-come").count(), 4);
  await page.locator("#step").click();
  assert.equal(await clock.innerText(), "30 ms, 1 of 5 events");
  assert.equal(await page.locator(".mark.to-come").count(), 3);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await clock.innerText(), "30 ms, 3 of 5 events");
  await page.locator("#step-back").click();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await clock.innerText(), "30 ms, 1 of 5 events");
  await reader.leave();
});

test("scrubbing tells the verdicts at the playhead apart from those in the end", async () => {
  const { reader, page } = await atTheEnd({ tab: "Verdicts" });
  const agreement = page.locator('.verdict[data-property="agreement"]');
  assert.match(await agreement.innerText(), /violated/);
  assert.equal(await verdict(page, "agreement").getAttribute("data-status"), "violated");
  await page.locator("#scrub").fill("10");
  assert.match(await agreement.innerText(), /nothing to judge yet/);
  assert.equal(await verdict(page, "agreement").count(), 0);
  await page.locator("#scrub").fill("35");
  assert.match(await agreement.innerText(), /holds so far/);
  assert.equal(await verdict(page, "agreement").getAttribute("data-status"), "holds");
  await page.locator("#scrub").fill("70");
  assert.equal(await verdict(page, "agreement").getAttribute("data-status"), "violated");
  await reader.leave();
});

test("a message is lost by the mouse, the verdict follows, and the link opens the same run", async () => {
  const { reader, page } = await exampleAtTheEnd("reliable/best-effort-broadcast/receiver-crashes");
  assert.equal((await verdicts(page)).agreement, "holds");

  await clickArrow(page, "Alice>Carol#1");
  await page.locator('[data-do="drop"]').click();
  await becomes(page, "agreement", "violated");
  assert.ok((await arrow(page, "Alice>Carol#1").getAttribute("class")).includes("lost"));
  assert.match(await page.locator(".verdict .why").first().innerText(), /Carol never did/);
  assert.match(await page.locator(".broke").first().innerText(), /reliable channels/);

  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.getByRole("button", { name: "Copy link" }).click();
  await dialog.getByRole("button", { name: "Link copied" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const link = await clipboard(page);
  assert.equal(link, page.url(), "the address is the link");
  assert.match(new URL(link).hash, /^#s=deflate\.[\w-]+&d=[0-9a-f]{8}$/);
  assert.ok(link.length < 600, `the link has ${link.length} characters`);

  const other = await reader.open(new URL(link).hash);
  await other.keyboard.press("End");
  assert.deepEqual(await verdicts(other), await verdicts(page));
  assert.deepEqual(await deeds(other), await deeds(page));
  const paths = (page) => page.locator(".arrow .stroke").evaluateAll((all) => all.map((one) => one.getAttribute("d")));
  assert.deepEqual(await paths(other), await paths(page));
  assert.equal(await other.locator(".banner").count(), 0);
  await reader.leave();
});

test("an arrow's head is dragged: only that message comes later, and it is one change", async () => {
  const { reader, page } = await exampleAtTheEnd("reliable/best-effort-broadcast/receiver-crashes");
  const strokes = () =>
    page.locator(".arrow[data-message]").evaluateAll((all) =>
      Object.fromEntries(all.map((one) => [one.dataset.message, one.querySelector(".stroke").getAttribute("d")])),
    );
  const before = await strokes();
  const head = await arrow(page, "Alice>Carol#1").locator(".grip").boundingBox();
  const [x, y] = [head.x + head.width / 2, head.y + head.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y, { steps: 4 });
  await page.mouse.move(x + 45, y + 4, { steps: 4 });
  await page.mouse.up();
  const late = (await deeds(page)).filter((deed) => /message 1 from Alice to Carol is delayed by \d+ ms/.test(deed));
  assert.equal(late.length, 1, String(await deeds(page)));
  const after = await strokes();
  const moved = Object.keys(before).filter((name) => before[name] !== after[name]);
  assert.deepEqual(moved, ["Alice>Carol#1"]);
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => ![...document.querySelectorAll(".deed")].some((d) => /message 1 from Alice to Carol is delayed/.test(d.innerText)));
  assert.deepEqual(await strokes(), before);
  await reader.leave();
});

test("a node crashes in the middle of its sends, and recovers", async () => {
  const { reader, page } = await exampleAtTheEnd("reliable/best-effort-broadcast/receiver-crashes");
  await clickArrow(page, "Dave>Alice#1");
  await page.locator('[data-do="crash-after"]').click();
  await deed(page, "Dave crashes after 1 send");
  assert.equal(await arrow(page, "Dave>Carol#1").count(), 0, "what comes after the crash is not sent");
  await opened(page, "Verdicts");
  await becomes(page, "agreement", "violated");

  await clickLine(page, "Dave", 70);
  await page.locator('[data-do="recover"]').click();
  await deed(page, "Dave recovers");
  assert.equal(await page.locator(".mark.recovery[data-event]").count(), 1);
  await reader.leave();
});

test("the network is split and healed, and a broadcast asked for by hand", async () => {
  const { reader, page } = await exampleAtTheEnd("reliable/reliable-broadcast/sender-crashes-half-way");
  await clickLine(page, "Bob", 4);
  await page.getByText("Partition network here").click();
  await page.locator('[data-do="partition"]').click();
  await page.locator(".wall").first().waitFor();
  assert.ok((await deeds(page)).some((deed) => deed.startsWith("the network is partitioned: Bob |")));

  await clickLine(page, "Carol", 20);
  await page.locator('[data-do="heal"]').click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.deed input[aria-label$="until in ms"]')].some((field) => field.value === "20"),
  );

  const before = (await deeds(page)).length;
  await clickLine(page, "Carol", 30);
  await page.locator(".menu input[type=text]").fill("hello");
  await page.locator('[data-do="broadcast"]').click();
  await deed(page, "Carol: broadcast hello");
  assert.equal((await deeds(page)).length, before + 1);
  await reader.leave();
});

test("every deed can be removed, undone and made again", async () => {
  const { reader, page } = await atTheEnd();
  const becomesNext = async (status) => {
    await opened(page, "Verdicts");
    await becomes(page, "agreement", status);
  };
  await page.getByRole("button", { name: "Remove: Alice crashes after 1 send" }).click();
  await becomesNext("holds");
  assert.equal(await classOf(page), "masking");
  await history(page, "#undo");
  await becomesNext("violated");
  await history(page, "#redo");
  await becomesNext("holds");
  await page.locator("#undo-last").click();
  await becomesNext("violated");
  await history(page, "#redo");
  await page.getByRole("button", { name: "Start over" }).click();
  await becomesNext("violated");
  await reader.leave();
});

test("a click on a violated property shows its witness in the diagram", async () => {
  const { reader, page } = await atTheEnd({ tab: "Verdicts" });
  // In the line below the diagram, and in the list of all verdicts.
  for (const why of ["#why", "button.why"]) {
    await page.locator(why).first().click();
    await page.locator('.arrow.witness[data-message="Alice>Bob#1"]').waitFor();
    assert.ok((await page.locator(".mark.witness").count()) >= 2);
    await page.locator(".because .broke").waitFor();
    await page.locator(why).first().click();
    await page.locator(".mark.witness").first().waitFor({ state: "detached" });
    await page.locator(".because").waitFor({ state: "detached" });
  }
  await reader.leave();
});

test("network, nodes and parameters are set by their controls", async () => {
  const { reader, page } = await atTheEnd({ tab: "Settings" });
  await openProtocol(page, "uniform-broadcast");
  await page.locator("#nodes").fill("5");
  await page.locator("#nodes").press("Enter");
  await page.getByRole("button", { name: "Erin", exact: true }).waitFor();
  await page.locator(".settings").getByLabel("quorum").selectOption("majority");
  await page.locator("#loss").fill("100");
  await page.locator("#loss").press("Enter");
  await page.locator(".arrow.lost[data-message]").first().waitFor();
  assert.equal(await page.locator(".arrow.received").count(), 0);
  await page.locator("#loss").fill("0");
  await page.locator("#loss").press("Enter");
  await page.selectOption("#order", "fifo");
  await page.selectOption("#detector", "perfect");
  await page.locator("#delay-max").fill("90");
  await page.locator("#delay-max").press("Enter");
  await page.waitForFunction(() => document.querySelector("#delay-max").value === "90");
  const reopened = await reader.open(new URL(page.url()).hash);
  assert.equal(await reopened.locator("#delay-max").inputValue(), "90");
  assert.equal(await reopened.locator("#detector").inputValue(), "perfect");
  assert.equal(await reopened.locator("#order").inputValue(), "fifo");
  await reader.leave();
});

test("a damaged link says what is wrong, and keeps the text", async () => {
  const { reader, page } = await atTheEnd({}, "#s=deflate.notALink");
  const banner = page.getByRole("alert");
  assert.match(await banner.innerText(), /link/);
  const field = banner.getByRole("textbox");
  assert.equal(await field.inputValue(), "s=deflate.notALink");
  const sound = Buffer.from('{"version":1,"protocol":"reliable-broadcast","nodes":4}').toString("base64url");
  await field.fill(`s=json.${sound}`);
  await banner.getByRole("button", { name: "Open again" }).click();
  await banner.waitFor({ state: "detached" });
  assert.equal(await protocolOf(page), "reliable-broadcast");
  assert.equal(await page.locator(".names .name").count(), 4);
  await reader.leave();
});

test("the same is done with the keyboard alone", async () => {
  const { reader, page } = await atTheEnd({ tab: "Verdicts" });
  await arrow(page, "Alice>Bob#1").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "drop");
  await page.keyboard.press("Enter");
  await becomes(page, "agreement", "holds");
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: "Bob", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".menu").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".menu").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await becomes(page, "agreement", "violated");
  await reader.leave();
});

test("on a phone time runs down the page, and a tap loses a message", async () => {
  const { reader, page } = await atTheEnd({ ...PHONE, tab: "Verdicts" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  const { x, y } = await middle(arrow(page, "Alice>Bob#1"), 0.5);
  await page.touchscreen.tap(x, y);
  await page.locator('.menu [data-do="drop"]').tap();
  await becomes(page, "agreement", "holds");
  assert.equal(await page.locator(".arrow.lost[data-message]").count(), 1);
  await reader.leave();
});

test("on a phone a finger drags an arrow's head, and scrolls the page elsewhere", async () => {
  const { reader, page } = await atTheEnd(PHONE);
  const hand = await reader.context.newCDPSession(page);
  const touch = (type, x, y) =>
    hand.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  const drag = async (from, by) => {
    await touch("touchStart", from.x, from.y);
    for (let step = 1; step <= 8; step++) await touch("touchMove", from.x, from.y + (by * step) / 8);
    await touch("touchEnd");
  };
  const head = await arrow(page, "Alice>Bob#1").locator(".grip").boundingBox();
  await drag({ x: head.x + head.width / 2, y: head.y + head.height / 2 }, 60);
  const late = (await deeds(page)).map((deed) => /message 1 from Alice to Bob is delayed by (\d+) ms/.exec(deed)).find(Boolean);
  assert.ok(late && +late[1] >= 5, String(await deeds(page)));
  await reader.leave();
});

test("on a phone what is to be shown is brought into view", async () => {
  const { reader, page } = await atTheEnd({ ...PHONE, tab: "Verdicts" });
  const show = page.locator('.verdict[data-property="agreement"] button.why');
  await show.scrollIntoViewIfNeeded();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
  await show.evaluate((button) => button.click());
  await page.waitForFunction(() => document.querySelector(".stage").getBoundingClientRect().bottom > 100);
  await reader.leave();
});

test("the way back in the browser leads back to the run, without a complaint", async () => {
  const { reader, page } = await atTheEnd();
  const sound = Buffer.from('{"version":1,"protocol":"causal-multicast","nodes":4}').toString("base64url");
  await page.evaluate((hash) => (location.hash = hash), `#s=json.${sound}`);
  await runs(page, "causal-multicast");
  await page.goBack();
  await runs(page, "best-effort-broadcast");
  assert.equal(await page.locator(".banner").count(), 0);
  await reader.leave();
});

test("the way back leads from an opened example to the run before it, over all changes of the example", async () => {
  const { reader, page } = await atTheEnd();
  assert.equal(new URL(page.url()).hash, "");
  await openExample(page, "reliable/best-effort-broadcast/receiver-crashes");
  await page.locator(".names .name").nth(3).waitFor();
  await page.keyboard.press("End");
  await clickArrow(page, "Alice>Carol#1");
  await page.locator('[data-do="drop"]').click();
  await deed(page, "message 1 from Alice to Carol is dropped");
  await page.goBack();
  await page.locator(".names .name").nth(3).waitFor({ state: "detached" });
  assert.deepEqual(await deeds(page), ["Alice: broadcast m1", "Alice crashes after 1 send"]);
  assert.equal(await page.locator(".banner").count(), 0);
  await reader.leave();
});
