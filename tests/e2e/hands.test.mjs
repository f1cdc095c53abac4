// The diagram as a control surface: by keys alone, with a lasso, by dragging marks; and the scenario as text.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openExample, startPlayground, tab, until } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const RECEIVER_CRASHES = "reliable/best-effort-broadcast/receiver-crashes";

/** A page at the end of a bundled example's run. */
async function example(path, options) {
  const reader = await playground.reader(options);
  const page = await reader.open();
  await openExample(page, path);
  await page.keyboard.press("End");
  return { reader, page };
}

/** The tab Changes is open, unless a test opens another. */
const deeds = (page) => page.locator(".deed .what").allInnerTexts();
const deed = (page, sentence) => page.locator(".deed .what").getByText(sentence, { exact: true });
const said = (page) => page.locator(".page > .unseen").innerText();
const diagram = (page) => page.getByRole("application", { name: "Space-time diagram" });

/** Where a moment of a node is on the screen, found on the time axis: `down` that many lines below it. */
const place = (page, node, moment, down = 0) =>
  page.evaluate(
    ([node, moment, down]) => {
      const ticks = [...document.querySelectorAll(".ruler text")];
      const [first, last] = [ticks[0], ticks[ticks.length - 1]].map((tick) => ({
        time: +tick.textContent,
        x: tick.getBoundingClientRect().x + tick.getBoundingClientRect().width / 2,
      }));
      const scale = (last.x - first.x) / (last.time - first.time);
      const name = [...document.querySelectorAll(".names .name")].find((n) => n.innerText.startsWith(node));
      const line = name.getBoundingClientRect();
      const y = line.top + line.height * (0.5 + down);
      return { x: first.x + (moment - first.time) * scale, y };
    },
    [node, moment, down],
  );

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 3 });
}

test("a message is lost by keys alone", async () => {
  const { reader, page } = await example(RECEIVER_CRASHES);
  const stops = await diagram(page).evaluate((it) => it.querySelectorAll('[tabindex="0"]').length);
  assert.equal(stops, 0, "the diagram is one stop of the Tab key");
  await page.locator(".names .name").last().focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "application");
  await page.locator("#diagram-keys").getByText("next or previous event").waitFor();
  // To Dave's first send, whichever line one begins on.
  for (let line = 0; line < 4; line++) await page.keyboard.press("ArrowDown");
  for (let step = 0; step < 12; step++) await page.keyboard.press("ArrowLeft");
  assert.match(await said(page), /Dave receives m1/);
  for (let step = 0; step < 12 && !/Dave sends .* to Alice/.test(await said(page)); step++) await page.keyboard.press("ArrowRight");
  assert.match(await said(page), /Dave sends .* to Alice/);
  assert.equal(await page.locator(".menu").count(), 0);
  await page.keyboard.press("Enter");
  assert.match(await said(page), /from Dave to Alice/);
  await page.keyboard.press("Enter");
  await page.locator(".menu").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "drop");
  await page.keyboard.press("Enter");
  await deed(page, "message 1 from Dave to Alice is dropped").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "application");
  await page.keyboard.press("ArrowRight");
  assert.match(await said(page), /Dave/, "one goes on where one was");
  await page.keyboard.press("Shift+F10");
  await page.locator(".menu").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".menu").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await deed(page, "message 1 from Dave to Alice is dropped").waitFor({ state: "detached" });
  await reader.leave();
});

test("a lasso says what it would split, and splits it; Escape calls it off", async () => {
  const { reader, page } = await example(RECEIVER_CRASHES);
  const before = await deeds(page);
  const [from, to] = [await place(page, "Alice", 5, -0.4), await place(page, "Bob", 60, 0.4)];
  await drag(page, from, to);
  assert.match(await page.locator(".lasso text").textContent(), /^Alice, Bob \| Carol, Dave, 5–60 ms$/);
  await page.keyboard.press("Escape");
  await page.locator(".lasso").waitFor({ state: "detached" });
  await page.mouse.move(to.x + 20, to.y);
  await page.mouse.up();
  assert.deepEqual(await deeds(page), before);
  await drag(page, from, to);
  await page.mouse.up();
  await deed(page, "the network is partitioned: Alice and Bob | Carol and Dave").waitFor();
  await page.keyboard.press("Control+z");
  await page.locator(".wall").first().waitFor({ state: "detached" });
  await reader.leave();
});

test("a crash, a request and a wall are dragged along time", async () => {
  const { reader, page } = await example(RECEIVER_CRASHES);
  const value = (label) => page.locator(`.deed input[aria-label$="${label}"]`);
  const crash = value("crashes: at in ms");
  const was = +(await crash.inputValue());
  const mark = await page.locator(".mark.crash[data-event]").first().boundingBox();
  const middle = { x: mark.x + mark.width / 2, y: mark.y + mark.height / 2 };
  await drag(page, middle, { x: middle.x + 60, y: middle.y });
  await page.mouse.up();
  assert.ok(+(await crash.inputValue()) > was + 2, `${await crash.inputValue()} is later than ${was}`);
  assert.equal(await page.locator(".menu").count(), 0, "a drag is no click");
  await page.locator("#undo").click();
  await page.waitForFunction(
    (was) => +document.querySelector('.deed input[aria-label$="crashes: at in ms"]').value === was,
    was,
  );

  await drag(page, await place(page, "Alice", 5, -0.4), await place(page, "Bob", 60, 0.4));
  await page.mouse.up();
  const [at, until] = [value("| Carol and Dave: from in ms"), value("| Carol and Dave: until in ms")];
  await at.waitFor();
  const span = async () => [+(await at.inputValue()), +(await until.inputValue())];
  const [start, end] = await span();
  const edge = await place(page, "Bob", end, 0.5);
  await drag(page, edge, { x: edge.x - 80, y: edge.y });
  await page.mouse.up();
  const [same, sooner] = await span();
  assert.ok(same === start && sooner < end, `${start}–${end} became ${same}–${sooner}`);
  const body = await place(page, "Bob", (start + sooner) / 2, 0.5);
  await drag(page, body, { x: body.x + 50, y: body.y });
  await page.mouse.up();
  const [later, still] = await span();
  assert.ok(later > start && still - later === sooner - start, `${later}–${still}`);
  await reader.leave();
});

test("on a phone a button lets a finger draw the lasso", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
  const { reader, page } = await example(RECEIVER_CRASHES, phone);
  const before = (await deeds(page)).length;
  await page.locator("#lasso").tap();
  await diagram(page).scrollIntoViewIfNeeded();
  const box = await diagram(page).boundingBox();
  const hand = await reader.context.newCDPSession(page);
  const touch = (type, x, y) =>
    hand.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  const [x, y] = [box.x + 25, Math.max(box.y, 0) + 60];
  await touch("touchStart", x, y);
  for (let step = 1; step <= 6; step++) await touch("touchMove", x + step * 22, y + step * 20);
  assert.match(await page.locator(".lasso text").textContent(), / \| .*ms$/);
  await touch("touchEnd");
  await page.locator(".wall").first().waitFor();
  assert.equal((await deeds(page)).length, before + 1);
  assert.equal(await page.locator("#lasso").getAttribute("aria-pressed"), "false");
  await reader.leave();
});

test("the scenario is edited as text; what is wrong is said at its line, and nothing is lost", async () => {
  const { reader, page } = await example(RECEIVER_CRASHES);
  await tab(page, "As text");
  const field = page.getByRole("textbox", { name: "Scenario as JSON" });
  const text = await field.inputValue();
  const line = text.split("\n").findIndex((line) => line.includes('"Dave", "do"')) + 1;
  assert.ok(line > 1, text);
  const wrong = text.replace('"Dave", "do"', '"Dvae", "do"');
  await field.fill(wrong);
  const says = page.locator("#text-says");
  await page.waitForFunction((line) => document.querySelector("#text-says").innerText.startsWith(`Line ${line}:`), line);
  assert.match(await says.innerText(), /requests\[\d\]\.node: found "Dvae".* did you mean "Dave"\?/);
  const [marked, first] = await page.evaluate(() => {
    const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
    return [top(".wrong-line"), top(".line-numbers") + 8];
  });
  assert.equal(Math.round((marked - first) / 20) + 1, line, "the line is marked");
  await tab(page, "Events");
  await tab(page, "As text");
  assert.equal(await field.inputValue(), wrong, "what is typed survives");
  await page.locator("#go-to-line").click();
  await page.keyboard.insertText('"node": "Carol"');
  await page.locator(".theatre.edited").waitFor();
  assert.equal(await page.locator("#discard-draft").count(), 0);
  await tab(page, "Changes");
  await deed(page, "Carol: broadcast m1").or(deed(page, "Carol: broadcast m2")).first().waitFor();
  await page.locator("#undo").click();
  await tab(page, "As text");
  await page.waitForFunction((text) => document.querySelector(".as-text textarea").value === text, text);
  await reader.leave();
});

/** Opens the menu of a message by its arrow. */
async function menuOf(page, message) {
  const { x, y } = await page.locator(`.arrow[data-message="${message}"] .hit`).evaluate((line) => {
    const point = line.getPointAtLength(line.getTotalLength() * 0.6);
    const { x, y } = point.matrixTransform(line.getScreenCTM());
    return { x, y };
  });
  await page.mouse.click(x, y);
  await page.locator(".menu").waitFor();
}

async function menuAt(page, node, moment) {
  const { x, y } = await place(page, node, moment);
  await page.mouse.click(x, y);
  await page.locator(".menu").waitFor();
}

test("bits of a message flip, and what has no effect says why", async () => {
  const { reader, page } = await example(RECEIVER_CRASHES);
  await menuOf(page, "Dave>Alice#1");
  assert.match(await page.locator(".menu").innerText(), /so the message will be lost/);
  await page.locator('.menu summary[data-do="without-effect"]').click();
  const forge = page.locator('.menu [data-do="forge"]');
  assert.ok(await forge.isDisabled());
  assert.match(await forge.innerText(), /traitors of this protocol send only what their strategy prescribes/);
  await page.getByRole("textbox", { name: "Bits to flip, counted from 0" }).fill("3 7");
  await page.keyboard.press("Enter");
  await deed(page, "2 bits of message 1 from Dave to Alice flipped in transit").waitFor();
  await page.locator('.arrow.corrupt[data-message="Dave>Alice#1"]').waitFor();
  // By keys: another arrow may lie over it.
  await page.locator('.arrow[data-message="Dave>Alice#1"]').focus();
  await page.keyboard.press("Enter");
  await page.locator('.menu summary[data-do="without-effect"]').click();
  assert.match(await page.locator('.menu [data-do="drop"]').innerText(), /it is already lost \(corrupt\)/);
  assert.ok(await page.locator('.menu [data-do="delay"]').isDisabled());
  await page.locator('.menu [data-do="sound"]').click();
  await page.locator(".arrow.corrupt[data-message]").waitFor({ state: "detached" });

  await menuAt(page, "Alice", 5);
  await page.locator('.menu summary[data-do="without-effect"]').click();
  assert.match(await page.locator('.menu [data-do="recover"]').innerText(), /it is up/);
  await page.locator('.menu [data-do="more"]').click();
  assert.match(await page.locator('.menu [data-do="drift"]').innerText(), /never reads its clock/);
  await page.locator('.menu [data-do="omit"]').click();
  await page.locator(".deed", { hasText: "Alice fails to send" }).waitFor();
  await menuAt(page, "Alice", 5);
  await page.locator('.menu [data-do="more"]').click();
  await page.locator('.menu [data-do="cut"]').click();
  await page.locator(".deed", { hasText: "the link from Alice to Bob is cut" }).waitFor();
  await reader.leave();
});

test("a node is made a traitor, and says what is written", async () => {
  const { reader, page } = await example("byzantine/interactive-consistency/three-generals");
  await menuOf(page, "P2>P1#1");
  assert.ok(await page.locator('.menu [data-do="forge"]').isDisabled());
  await page.locator('.menu [data-do="make-traitor"]').click();
  await deed(page, "P2 is a traitor: it lies only as the scenario says").waitFor();
  await page.locator('.menu summary[data-do="forge"]').click();
  const payload = page.getByRole("textbox", { name: "Content of the message, as JSON" });
  assert.equal(await payload.inputValue(), '"A"', "what the correct code says");
  await payload.fill("[1]");
  assert.match(await page.locator("#form-says").innerText(), /It takes a value, or a list of 3/);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".menu").count(), 1, "what is wrong is not applied");
  await payload.fill('"R"');
  await page.keyboard.press("Enter");
  await deed(page, 'message 1 from P2 to P1 says "R" instead').waitFor();
  await page.locator('.arrow.forged[data-message="P2>P1#1"]').waitFor();
  await page.keyboard.press("Control+z");
  await deed(page, 'message 1 from P2 to P1 says "R" instead').waitFor({ state: "detached" });

  await menuAt(page, "P3", 20);
  await page.locator('.menu [data-do="more"]').click();
  await page.getByLabel("Strategy of the traitor").selectOption("silent");
  await page.locator('.menu [data-do="traitor"]').click();
  await deed(page, "P3 is a traitor: it sends nothing").waitFor();
  await menuAt(page, "P3", 20);
  await page.locator('.menu [data-do="more"]').click();
  await page.locator('.menu [data-do="drift"]').click();
  await deed(page, "P3's clock runs at 1.01 times the correct rate").waitFor();
  await reader.leave();
});

test("a click where nothing is puts down what is picked", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.keyboard.press("End");
  await page.locator(".sheet .mark.delivery path").first().click();
  await page.locator(".menu").waitFor();
  const { x, y, width, height } = await page.locator(".sheet svg").boundingBox();
  // Far from the menu.
  await page.mouse.click(x + width * 0.15, y + height * 0.62);
  await page.locator(".menu").waitFor({ state: "detached" });
  await reader.leave();
});

test("a node crashes between its writes by the menu of that moment", async () => {
  const { reader, page } = await example("recovery/two-phase-commit/participant-asks-another");
  const before = await deeds(page);
  await menuAt(page, "Alice", 10);
  const cuts = page.locator('.menu [data-do="crash-mid-write"]');
  assert.deepEqual(await cuts.allInnerTexts(), ["0", "1"]);
  await cuts.first().click();
  await deed(page, "Alice crashes before its first write to stable storage").waitFor();
  await page.keyboard.press("Control+z");
  await until(async () => (await deeds(page)).length === before.length, "it is undone");
  await reader.leave();
});
