// The page shows the state that is: every control through change, undo, redo, start over and reload; titles and
// captions; links that were called off or are damaged; verdicts while time runs; two runs side by side.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inflateRawSync } from "node:zlib";

import { calm, heading, openExample, openProtocol, protocolOf, startPlayground, tab, until, whole } from "./playground.mjs";
import { ORDERS, broadcasts, bundled } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const undo = (page) => page.keyboard.press("Control+z");
const redo = (page) => page.keyboard.press("Control+Shift+z");

/** The scenario in the address. */
async function scenarioOf(page) {
  const fragment = await page.evaluate(() => location.hash);
  const data = /[#&]s=deflate\.([\w-]+)/.exec(fragment)?.[1];
  return data ? JSON.parse(inflateRawSync(Buffer.from(data, "base64url"))) : null;
}

/** The tabs whose controls change the run or its look. */
const TABS = ["changes", "settings", "view"];

/**
 * Every control of the page by what it is called: the value that it shows, and the tab that it is in. What is on the page is looked
 * for, not listed: a new control is covered. `data-walk` marks each for this test. Everything that hides controls is opened. The tab that
 * was open is open again, and the control that had the focus has it.
 */
const look = (page) =>
  page.evaluate(async (tabs) => {
    const frame = () => new Promise(requestAnimationFrame);
    const shown = (element) => element.type === "checkbox" || element.type === "radio" ? String(element.checked) : element.value;
    const open = async (tab) => {
      document.querySelector(`#tab-${tab}`).click();
      while (!document.querySelector(`#panel[aria-labelledby="tab-${tab}"] > :not(.missing)`)) await frame();
      for (const details of document.querySelectorAll("main details")) details.open = true;
      await frame();
    };
    /** Marks the controls of the tab that is open. */
    const mark = () => {
      for (const element of document.querySelectorAll("[data-walk]")) delete element.dataset.walk;
      const named = {};
      for (const element of document.querySelectorAll("main select, main input, main textarea, header select, header input")) {
        // The fields of a request that is not made yet have nothing of the run.
        if (element.readOnly || element.closest(".first-picture, [inert], form.add")) continue;
        const label = element.id || element.getAttribute("aria-label") || element.closest("label")?.innerText.split("\n")[0] || element.name;
        const place = element.closest("section, header, form");
        let name = `${place?.getAttribute("aria-label") ?? place?.tagName}: ${label}`;
        if (element.type === "radio") name += ` ${element.value}`;
        while (name in named) name += "'";
        element.dataset.walk = name;
        named[name] = shown(element);
      }
      return named;
    };
    const focused = document.activeElement?.dataset.walk;
    const before = document.querySelector('[role="tab"][aria-selected="true"]').id.replace("tab-", "");
    const all = {};
    for (const tab of tabs) {
      await open(tab);
      for (const [name, value] of Object.entries(mark())) all[name] ??= { value, tab };
    }
    await open(before);
    mark();
    if (focused) document.querySelector(`[data-walk="${CSS.escape(focused)}"]`)?.focus();
    return all;
  }, TABS);

/** The values of all controls by what they are called. */
const controls = async (page) =>
  Object.fromEntries(Object.entries(await look(page)).map(([name, { value }]) => [name, value]));

/** Another value for a control, given as a reader would; false where it has no other. */
async function change(page, name) {
  const control = page.locator(`[data-walk="${name.replaceAll('"', '\\"')}"]`);
  const { tag, type, value, others, min, max, disabled } = await control.evaluate((element) => ({
    tag: element.tagName,
    type: element.type,
    value: element.value,
    others: [...(element.options ?? [])].filter((it) => !it.selected && !it.disabled).map((it) => it.value),
    min: Number(element.min || 0),
    max: Number(element.max || 1e9),
    disabled: element.disabled,
  }));
  if (disabled) return false;
  if (tag === "SELECT") {
    if (others.length === 0) return false;
    // As a hand does: the keys for undo have to work from here.
    await control.focus();
    await control.selectOption(others[0]);
  } else if (type === "checkbox") {
    await control.click();
  } else if (type === "radio") {
    if (await control.isChecked()) return false;
    await control.check({ force: true });
  } else if (type === "number") {
    const next = Number(value) + 1 <= max ? Number(value) + 1 : Math.max(min, Number(value) - 1);
    await control.fill(String(next));
    await control.press("Enter");
    await control.blur();
  } else if (tag === "INPUT" && type === "text") {
    await control.fill(`${value}x`);
    await control.press("Enter");
    await control.blur();
  } else {
    return false;
  }
  return true;
}

/** Waits until the address holds what is shown, which it does a moment after a change. */
async function settled(page) {
  await page.waitForFunction(() => !document.querySelector(".working"));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The values that a page shows that was just opened on an address: nothing was ever picked in it. */
function freshly(reader) {
  const known = new Map();
  return async (fragment) => {
    if (!known.has(fragment)) {
      const page = await reader.open(fragment);
      await page.keyboard.press("End");
      known.set(fragment, await controls(page));
      await page.waitForLoadState("networkidle");
      await page.close();
    }
    return known.get(fragment);
  };
}

/** Controls of a list that concern the reader's view, not the run. */
const ofTheLook = (name) => /Time: |Moment|Speed|Step by|Timestamps|compare|Changes since|zoom|only-|scrub|^Run: (stride|Step)/i.test(name);

for (const path of ["reliable/uniform-broadcast/crash-is-detected", ORDERS, "clocks/physical-clock/cristian-answer-lost"]) {
  test(`every control of ${path} shows what the run has, whatever is done`, async () => {
    const reader = await playground.reader(calm);
    const mirror = await playground.reader(calm);
    const fresh = freshly(mirror);
    const page = await reader.open(await bundled(path));
    await page.keyboard.press("End");
    const start = await page.evaluate(() => location.hash);
    const compare = async (what) => {
      await settled(page);
      const shown = await controls(page);
      const expected = await fresh((await page.evaluate(() => location.hash)) || start);
      for (const [name, value] of Object.entries(expected)) {
        if (ofTheLook(name) || !(name in shown)) continue;
        // The run that one page opens from a link is the other page's own run.
        assert.equal(shown[name], value, `${what}: ${name}`);
      }
      return shown;
    };
    const names = Object.keys(await controls(page));
    assert.ok(names.length > 12, `only ${names.length} controls: ${names}`);
    let changed = 0;
    for (const name of names) {
      const found = await look(page);
      if (!(name in found)) continue;
      const before = found[name].value;
      await page.locator(`#tab-${found[name].tab}`).click();
      // It is marked in the tab that is open.
      await look(page);
      if (!(await change(page, name))) continue;
      await settled(page);
      const address = await page.evaluate(() => location.hash);
      const after = await compare(`${name} changed`);
      if (ofTheLook(name) || address === start) continue;
      changed += 1;
      await undo(page);
      const undone = await compare(`${name} undone`);
      assert.equal(undone[name], before, `${name} undone`);
      await redo(page);
      const again = await compare(`${name} redone`);
      assert.equal(again[name], after[name], `${name} redone`);
      const reset = page.getByRole("button", { name: "Start over" });
      if (await reset.count()) {
        await reset.click();
        await compare(`${name}, started over`);
        await undo(page);
        await settled(page);
      }
      await page.reload();
      await whole(page);
      await page.keyboard.press("End");
      await compare(`${name}, reloaded`);
      // Back to the beginning, for the next.
      await page.waitForLoadState("networkidle");
      await page.goto("about:blank");
      await page.goto(playground.url + start);
      await whole(page);
      await page.keyboard.press("End");
    }
    assert.ok(changed > 8, `only ${changed} controls change the run`);
    // A window that is left takes the request for its icon along.
    for (const it of [mirror, reader]) {
      const complaints = it.complaints.filter((complaint) => !/^failed: .*icon\.svg$/.test(complaint));
      it.complaints.splice(0, it.complaints.length, ...complaints);
      await it.leave();
    }
  });
}

test("the selects show the run's own values after changes there and back and Start over", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open(await bundled("reliable/uniform-broadcast/crash-is-detected"));
  const scenario = { timing: "asynchronous", order: "any", medium: "links", topology: "0", detector: "perfect" };
  const other = { timing: "synchronous", order: "fifo", medium: "shared", topology: "1", detector: "none" };
  for (const id of Object.keys(scenario)) {
    for (const value of [other[id], scenario[id], other[id]]) await page.selectOption(`#${id}`, value);
  }
  const shown = () => page.evaluate((ids) => Object.fromEntries(ids.map((id) => [id, document.getElementById(id).value])), Object.keys(scenario));
  assert.deepEqual(await shown(), other);
  const { network } = await scenarioOf(page);
  assert.deepEqual([network.order, network.medium, network.topology], ["fifo", "shared", "ring"]);
  assert.ok(network.timing.synchronous > 0 && !("detector" in network));
  await page.getByRole("button", { name: "Start over" }).click();
  await page.locator(".theatre:not(.edited)").waitFor();
  assert.deepEqual(await shown(), scenario);
  await openProtocol(page, "best-effort-broadcast");
  await openProtocol(page, "uniform-broadcast");
  await page.selectOption("#order", "fifo");
  await page.getByRole("button", { name: "Start over" }).click();
  await page.locator(".theatre:not(.edited)").waitFor();
  assert.equal(await protocolOf(page), "uniform-broadcast");
  assert.match(await page.locator("#picker b").innerText(), /Uniform/);
  assert.match(await page.locator(".about b").innerText(), /Uniform/);
  await reader.leave();
});

test("a value that is refused gives way to the run's own, and so does one that is the same after all", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  await page.locator(".rename summary").click();
  const second = page.getByLabel("Name of node 2");
  await second.fill("Alice");
  await second.press("Enter");
  await page.locator(".banner").waitFor();
  assert.equal(await second.inputValue(), "Bob");
  for (const [id, typed, shown] of [["loss", "-3", "0"], ["loss", "0.0000001", "0"], ["until", "0", null], ["nodes", "", "3"]]) {
    const field = page.locator(`#${id}`);
    const value = shown ?? (await field.inputValue());
    await field.fill(typed);
    await field.press("Enter");
    await field.blur();
    if (shown !== null) await until(async () => (await field.inputValue()) === value, `${id} shows ${value}`);
  }
  await reader.leave();
});

test("a reader's first change takes the example's words out of the page and out of the link", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  const title = await heading(page);
  await page.locator(".rename summary").click();
  await page.getByLabel("Name of node 2").fill("Zürich");
  await page.getByLabel("Name of node 2").press("Enter");
  await until(async () => /^Your run of /.test(await heading(page)), "the heading is the reader's");
  const scenario = await scenarioOf(page);
  assert.ok(!("title" in scenario) && !("captions" in scenario), JSON.stringify(scenario));
  assert.ok(!(await page.locator(".caption").innerText()).includes("Bob"));
  const other = await reader.open(await page.evaluate(() => location.hash));
  assert.match(await heading(other), /^A run of /);
  await page.locator("#nodes").focus();
  await page.locator("#nodes").blur();
  await undo(page);
  await until(async () => (await heading(page)) === title, "undo brings the title back");
  await reader.leave();
});

test("the reader's own words stay in the link, and are marked once they are older than the run", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  await page.locator("#nodes").fill("4");
  await page.locator("#nodes").press("Enter");
  await page.locator("#nodes").blur();
  await tab(page, "As text");
  const text = page.getByLabel("Scenario as JSON");
  const scenario = JSON.parse(await text.inputValue());
  scenario.title = "Four of us";
  scenario.captions = [{ at: 0, node: "Alice", text: "Nothing happens at first." }];
  await text.fill(JSON.stringify(scenario));
  await text.blur();
  await until(async () => (await heading(page)).startsWith("Four of us"), "the title is shown");
  assert.equal(await page.locator(".old-words").count(), 0);
  assert.match(await page.locator(".caption").innerText(), /Nothing happens at first/);
  await tab(page, "Settings");
  await page.selectOption("#order", "fifo");
  await page.locator(".title .old-words").waitFor();
  assert.match(await page.locator(".caption").innerText(), /Nothing happens at first/);
  const other = await reader.open(await page.evaluate(() => location.hash));
  assert.equal(await heading(other), "Four of us");
  assert.match(await other.locator(".caption").innerText(), /Nothing happens at first/);
  await reader.leave();
});

/** Opens the gallery; path of the example that it marks as the one that is shown. */
async function current(page) {
  await page.locator("#picker").click();
  return page.locator('.gallery [aria-current="true"]').getAttribute("data-path");
}

test("a loaded run comes into view, and the focus is on its heading", async () => {
  for (const options of [{}, { viewport: { width: 390, height: 844 } }]) {
    const reader = await playground.reader({ ...calm, ...options });
    const page = await reader.open();
    const arrived = async (what) => {
      await until(() => page.evaluate(() => document.activeElement?.id === "run-heading"), `${what}: focus`);
      const top = await page.locator("#run-heading").evaluate((it) => it.getBoundingClientRect().top);
      const height = page.viewportSize().height;
      assert.ok(top >= 0 && top < height, `${what}: the heading is seen`);
    };
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await openExample(page, "reliable/best-effort-broadcast/receiver-crashes");
    await arrived("an example");
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await openProtocol(page, "two-phase-commit");
    await arrived("a protocol");
    assert.ok(!/your run/i.test(await heading(page)));
    assert.match(await current(page), /\/two-phase-commit\//);
    await page.keyboard.press("Escape");
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    // The heading has the focus already: only a fresh one shows that the link has been opened.
    await page.evaluate(() => document.activeElement.blur());
    const link = await bundled("reliable/uniform-broadcast/crash-is-detected");
    await page.evaluate((link) => { location.hash = link; }, link);
    await arrived("a link");
    await reader.leave();
  }
});

test("every protocol in the gallery opens an example of its own", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open();
  await current(page);
  const all = await page.locator(".gallery [data-protocol]").evaluateAll((links) => links.map((it) => it.dataset.protocol));
  assert.ok(all.length > 20, `${all.length} protocols`);
  for (const protocol of all.reverse()) {
    await page.locator(`.gallery [data-protocol="${protocol}"]`).click();
    await page.locator(`#picker[data-protocol="${protocol}"]`).waitFor();
    assert.equal(await page.locator(".banner").count(), 0, protocol);
    assert.match(await current(page), new RegExp(`/${protocol}/`));
  }
  await reader.leave();
});

test("while time runs nothing is said of the end", async () => {
  const reader = await playground.reader({ ...calm, tab: "Verdicts" });
  const page = await reader.open();
  await page.keyboard.press("End");
  const agreement = page.locator('.verdict[data-property="agreement"]');
  const said = await agreement.innerText();
  assert.match(said, /violated/);
  assert.match(said, /At the end/);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await until(async () => /so far/.test(await agreement.innerText()), "it is said of what has happened");
  for (const place of [".verdicts", ".dock .strip"]) {
    const said = (await page.locator(place).innerText()).replace("No property is violated so far.", "");
    assert.ok(!/At the end|violated|The run ends|Extend run|✗/.test(said), said);
  }
  assert.equal(await page.locator(".class .here").count(), 0);
  await page.locator("#to-the-end").click();
  await until(async () => (await agreement.innerText()) === said, "the end is told at the end");
  await reader.leave();
});

test("steps go through both of two runs", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open(await bundled(ORDERS));
  await page.selectOption("#compare", "abcast");
  await page.locator(".canvas.second").waitFor();
  await page.locator("#compare").blur();
  await page.keyboard.press("Home");
  const clock = () => page.locator(".clock").innerText();
  const moments = [];
  while (await page.locator("#step").isEnabled()) {
    await page.locator("#step").click();
    moments.push(parseInt(await clock(), 10));
    assert.ok(moments.length < 300);
  }
  assert.deepEqual([...moments].sort((a, b) => a - b), moments);
  // Alone, the first run has fewer events to step to.
  await page.selectOption("#compare", "");
  await page.locator(".canvas.second").waitFor({ state: "detached" });
  await page.locator("#compare").blur();
  await page.keyboard.press("Home");
  let alone = 0;
  for (; await page.locator("#step").isEnabled(); alone += 1) await page.locator("#step").click();
  assert.ok(moments.length > alone, `${moments.length} steps with two runs, ${alone} with one`);
  await reader.leave();
});

test("a second damaged link is the one that the banner offers, and closing it gives the address back", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  await page.selectOption("#order", "fifo");
  await page.locator(".theatre.edited").waitFor();
  await settled(page);
  const address = await page.evaluate(() => location.hash);
  const offered = page.getByLabel("Link as it was given");
  for (const damaged of ["s=deflate.first", "s=deflate.second", "s=json.third"]) {
    await page.evaluate((link) => { location.hash = link; }, damaged);
    await until(async () => (await offered.inputValue()) === damaged, `${damaged} is offered`);
  }
  await page.locator(".banner").getByRole("button", { name: "Close" }).click();
  await until(async () => (await page.evaluate(() => location.hash)) === address, "the address is the run's");
  await reader.leave();

  const other = await playground.reader(calm);
  const opened = await other.open("#s=deflate.nonsense");
  await opened.locator(".banner").getByRole("button", { name: "Close" }).click();
  await until(async () => (await opened.evaluate(() => location.hash)) === "", "the address is the example's");
  await other.leave();
});

test("a link that is called off leaves the address of what is shown", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  await page.selectOption("#order", "fifo");
  await page.locator(".theatre.edited").waitFor();
  await settled(page);
  const address = await page.evaluate(() => location.hash);
  // At once: on a quick machine the run is soon there.
  await page.evaluate(async (link) => {
    location.hash = link;
    const cancel = () => document.querySelector(".working button");
    while (!cancel()) await new Promise((done) => requestAnimationFrame(done));
    cancel().click();
  }, broadcasts(60_000, { every: 1 }));
  await page.locator(".working").waitFor({ state: "detached" });
  await until(async () => (await page.evaluate(() => location.hash)) === address, "the address is the run's");
  await reader.leave();
});

test("the tab that was open is open after a reload, with what it shows", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open();
  await page.selectOption("#order", "fifo");
  await page.locator(".theatre.edited").waitFor();
  for (const name of ["Break it", "As text", "Tables"]) {
    await tab(page, name);
    await page.waitForTimeout(600);
    await page.reload();
    await whole(page);
    const opened = page.getByRole("tab", { name, exact: true });
    await opened.waitFor();
    await until(async () => (await opened.getAttribute("aria-selected")) === "true", `${name} is open`);
    assert.ok((await page.locator("#panel").innerText()).length > 20);
  }
  await page.locator("#close-workbench").click();
  await page.locator("#panel").waitFor({ state: "detached" });
  await page.waitForTimeout(600);
  await page.reload();
  await whole(page);
  assert.equal(await page.locator("#panel").count(), 0, "a workbench that was closed stays closed");
  await page.locator("#open-workbench").click();
  const again = page.getByRole("tab", { name: "Tables", exact: true });
  await until(async () => (await again.getAttribute("aria-selected")) === "true", "it opens with the tab that was shown last");
  await reader.leave();
});
