// The parts of the program that are fetched later (docs/splitting.md): what happens if one does not come.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, openExample, protocolOf, startPlayground, tab, until } from "./playground.mjs";
import { OPENING } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/**
 * A page whose requests for this file are answered by `answer`; failed requests are printed, and are no complaint. `options` are the reader's.
 */
async function open(file, answer, options) {
  const { context } = await playground.reader(options);
  const page = await context.newPage();
  const warnings = [];
  page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  await page.route(`**/${file}.wasm`, answer);
  await page.goto(playground.url);
  await page.locator("#worldlines > .page .stage svg").waitFor();
  return { context, page, warnings };
}

test("a part that could not be fetched is fetched again, at once and when it is next asked for", async () => {
  let asked = 0;
  let there = false;
  const { context, page } = await open("tab_network", (route) => {
    asked += 1;
    return there ? route.continue() : route.abort();
  });
  const fetched = () => page.evaluate(() => globalThis.worldlinesParts.prefetch("tab_network"));
  assert.equal(await fetched(), false);
  assert.ok(asked >= 2, `asked ${asked} times`);
  there = true;
  await until(fetched, "the part is there");
  await tab(page, "Network");
  await page.locator("#panel").waitFor();
  await context.close();
});

test("a part of another build is refused, and the program goes on", async () => {
  const { context, page, warnings } = await open("tab_numbers", async (route) => {
    const answer = await route.fetch();
    // The imports name the build: the first name in the file, of sixteen digits.
    const text = (await answer.body()).toString("latin1");
    const other = text.replaceAll(/[0-9a-f]{16}/g, "0123456789abcdef");
    assert.notEqual(other, text);
    await route.fulfill({ response: answer, body: Buffer.from(other, "latin1") });
  });
  await page.getByRole("tab", { name: "Numbers", exact: true }).click();
  await until(() => warnings.some((text) => /another build/.test(text)), "the console says why");
  await tab(page, "Network");
  await page.locator("#panel").waitFor();
  await context.close();
});

/** A page that cannot fetch a file until `back` is called. */
async function cutOff(file, options) {
  let there = false;
  const opened = await open(file, (route) => (there ? route.continue() : route.abort()), options);
  return { ...opened, back: () => (there = true) };
}

/** Asks for a protocol that may not come. */
async function ask(page, protocol) {
  await page.locator("#picker").click();
  await page.locator(`.gallery [data-protocol="${protocol}"]`).click();
}

test("a protocol that cannot be fetched is named, and fetched when the reader tries again", async () => {
  const { context, page, back } = await cutOff("paxos");
  const before = await page.locator(".title").innerText();
  await ask(page, "paxos");
  const message = page.locator(".working[role=alert]");
  await message.waitFor();
  assert.match(await message.innerText(), /^Paxos could not be fetched/);
  assert.equal(await protocolOf(page), "best-effort-broadcast", "the page's head shows the run's own");
  assert.equal(await page.locator(".title").innerText(), before);
  back();
  await message.getByRole("button", { name: "Try again" }).click();
  await page.locator(".about b", { hasText: "Paxos" }).waitFor();
  assert.equal(await message.count(), 0);
  await context.close();
});

test("the settings wait while a chosen protocol is fetched, and set the run that has come", async () => {
  let go;
  const held = new Promise((resolve) => (go = resolve));
  const { context, page } = await open("paxos", async (route) => {
    await held;
    await route.continue();
  }, { tab: "Settings" });
  await ask(page, "paxos");
  await page.locator(".working", { hasText: "Paxos" }).waitFor();
  await until(() => page.locator("#nodes").isDisabled(), "the settings wait");
  go();
  await page.locator("#nodes").fill("6");
  await page.locator("#nodes").press("Enter");
  await until(async () => (await page.locator(".names .name").count()) === 6, "six nodes");
  assert.equal(await protocolOf(page), "paxos");
  await context.close();
});

test("a tab that cannot be fetched says so in its place, and is fetched when the reader tries again", async () => {
  const { context, page, back } = await cutOff("tab_network");
  await page.getByRole("tab", { name: "Network", exact: true }).click();
  const message = page.locator("#panel .missing[role=alert]");
  await message.waitFor();
  // All parts are fetched beforehand, one after the other: not again by that.
  const names = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await until(async () => (await names()).some((name) => name.endsWith("/all_examples.wasm")), "the last part was fetched");
  back();
  await message.getByRole("button", { name: "Try again" }).click();
  await page.locator("#panel svg").first().waitFor();
  assert.equal(await message.count(), 0);
  await context.close();
});

test("a violation does not wait for the search for its cause, which is fetched when the reader tries again", async () => {
  const { context, page, back } = await cutOff("causes", { ...calm, tab: "Verdicts" });
  await openExample(page, OPENING);
  await page.keyboard.press("End");
  const violated = page.locator(".verdict.violated");
  await violated.first().waitFor();
  const message = violated.locator(".missing[role=alert]").first();
  await message.waitFor();
  assert.equal(await violated.locator(".cause").count(), 0);
  back();
  await message.getByRole("button", { name: "Try again" }).click();
  await violated.locator(".cause").first().waitFor();
  assert.equal(await page.locator(".verdicts .missing").count(), 0);
  await context.close();
});
