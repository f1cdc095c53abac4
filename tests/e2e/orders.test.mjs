// Three orders on one set of sends, from the opening example on; and requests of every kind, made by hand.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { openProtocol, startPlayground, tab } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const HOLDS = "holds";
const VIOLATED = "violated";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const segment = (page, protocol) => page.locator(`.variant:has(input[value="${protocol}"])`);
/** Number of captions of this protocol's variant of the three orders. */
function captions(protocol) {
  const file = new URL(`../../static/scenarios/ordering/${protocol}/three-orders.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).captions.length;
}

/** Ids of all protocols: each has bundled scenarios. */
function bundledProtocols() {
  const root = new URL("../../static/scenarios/", import.meta.url);
  return readdirSync(root).flatMap((family) => readdirSync(new URL(`${family}/`, root))).sort();
}

const deeds = (page) => page.locator(".deed .what").allInnerTexts();

/** Each order's verdict, by protocol, as the switch tells it. */
const orders = (page) =>
  page.locator(".variant").evaluateAll((variants) =>
    Object.fromEntries(
      variants.map((variant) => [
        variant.querySelector("input").value,
        [...variant.querySelectorAll("[data-property]")].map((sign) => sign.dataset.end),
      ]),
    ),
  );

/** A new reader with the three orders, all of the run told. */
async function threeOrders(options) {
  const reader = await playground.reader(options);
  const page = await reader.open();
  const next = page.locator("#next");
  await (options?.hasTouch ? next.tap() : next.click());
  await segment(page, "fifo-multicast").waitFor();
  await page.keyboard.press("End");
  return { reader, page };
}

/** Waits until this protocol runs. */
const runs = (page, protocol) => page.locator(`#picker[data-protocol="${protocol}"]`).waitFor();

test("the second thing a newcomer meets tells three orders apart on one set of sends", async () => {
  const { reader, page } = await threeOrders();
  const asked = ["Alice: broadcast tea?", "Bob: broadcast yes", "Alice: broadcast cake?"];
  const late = "message 1 from Alice to Carol is delayed by 40 ms";
  const expected = {
    "fifo-multicast": [HOLDS, VIOLATED, VIOLATED],
    "causal-multicast": [HOLDS, HOLDS, VIOLATED],
    abcast: [HOLDS, HOLDS, HOLDS],
  };
  for (const protocol of Object.keys(expected)) {
    await segment(page, protocol).click();
    await runs(page, protocol);
    assert.deepEqual(await orders(page), expected);
    assert.deepEqual(await deeds(page), [...asked, late]);
    assert.equal(await page.locator(".flag").count(), captions(protocol), "each has its own captions");
    assert.equal(await page.locator(".banner").count(), 0);
  }
  await reader.leave();
});

test("what led to a reply is shown with the violation of causal order", async () => {
  const { reader, page } = await threeOrders();
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="causal order"] button.why').click();
  // The question in transit to the node that answers it, and the answer that is delivered without it.
  await page.locator('.arrow.witness[data-message="Alice>Bob#1"]').waitFor();
  await page.locator('.arrow.witness[data-message="Bob>Carol#1"]').waitFor();
  assert.equal(await page.locator('.arrow.witness[data-message="Alice>Bob#2"]').count(), 0);
  await reader.leave();
});

test("a change is kept under the other protocols, by the keyboard too, and undone", async () => {
  const { reader, page } = await threeOrders();
  await page.getByRole("button", { name: "Remove: Bob: broadcast yes" }).click();
  await page.locator('.variant [data-property="causal order"][data-end="violated"]').waitFor({ state: "detached" });
  await page.locator(".variant input[value=fifo-multicast]").focus();
  await page.keyboard.press("ArrowRight");
  await runs(page, "causal-multicast");
  assert.equal((await deeds(page)).length, 3, "there is no reply under this one either");
  await segment(page, "abcast").click();
  await runs(page, "abcast");
  assert.equal((await deeds(page)).length, 3);
  // The link of a changed run is no example's, and has no variants.
  const reopened = await reader.open(new URL(page.url()).hash);
  await runs(reopened, "abcast");
  assert.equal((await deeds(reopened)).length, 3);
  assert.equal(await reopened.locator(".variant").count(), 0);
  await page.locator("#undo").click();
  await runs(page, "causal-multicast");
  await page.locator("#undo").click();
  await runs(page, "fifo-multicast");
  await page.getByRole("button", { name: "Start over" }).click();
  await page.locator(".flag").first().waitFor();
  assert.equal((await deeds(page)).length, 4);
  await reader.leave();
});

test("on a phone the three are beside each other, and a finger switches", async () => {
  const { reader, page } = await threeOrders(PHONE);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  const boxes = await page.locator(".variant").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  assert.equal(new Set(boxes).size, 1, "in one row");
  await segment(page, "abcast").tap();
  await runs(page, "abcast");
  await reader.leave();
});

/** Opens what can be done to a node now. */
async function askNode(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.locator(".menu").waitFor();
}

test("a request with several parts is filled in, refused where it makes no sense, and asked", async () => {
  const { reader, page } = await threeOrders();
  await segment(page, "abcast").click();
  await runs(page, "abcast");
  await page.locator("#scrub").fill("50");
  await askNode(page, "Bob");
  const form = page.locator(".menu form").nth(1);
  await form.getByLabel("payload").fill("\uE000");
  await form.getByLabel("label").fill("menu");
  await page.keyboard.press("Enter");
  assert.match(await page.locator(".menu [role=alert]").innerText(), /^It takes a text/);
  assert.equal(await form.getByLabel("label").inputValue(), "menu", "what was typed stays");
  assert.equal(await form.getByLabel("payload").inputValue(), "\uE000");
  await form.getByLabel("payload").fill("pasta");
  await form.getByRole("button").click();
  await page.locator(".menu").waitFor({ state: "detached" });
  assert.ok((await deeds(page)).includes("Bob: broadcast label menu, payload pasta"));

  await segment(page, "fifo-multicast").click();
  await runs(page, "fifo-multicast");
  assert.match(await page.getByRole("alert").innerText(), /left out: Bob: broadcast label menu, payload pasta/);
  assert.equal((await deeds(page)).length, 4);
  await page.locator("#undo").click();
  await page.locator(".deed .what").getByText("Bob: broadcast label menu, payload pasta").waitFor();
  await reader.leave();
});

test("whatever a protocol can be asked for is asked by its form as it is offered", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.locator("#picker").click();
  const offered = page.locator(".gallery [data-protocol]");
  await offered.first().waitFor();
  const protocols = await offered.evaluateAll((all) => all.map((one) => one.dataset.protocol));
  assert.deepEqual(protocols.toSorted(), bundledProtocols(), "the gallery has every protocol, once");
  await page.keyboard.press("Escape");
  await page.locator(".gallery").waitFor({ state: "detached" });
  for (const protocol of protocols) {
    await openProtocol(page, protocol);
    await page.keyboard.press("Home");
    // Below the name of a traitor stands that it is one.
    const [asker] = (await page.locator(".names .name").first().innerText()).split("\n");
    const ask = async () => {
      await page.locator(".names .name").first().click();
      await page.locator(".menu").waitFor();
    };
    await ask();
    const asking = page.locator(".menu").getByRole("group", { name: /^Requests to/ }).locator("form");
    const forms = await asking.count();
    for (let place = 0; place < forms; place++) {
      if (place > 0) await ask();
      const before = (await deeds(page)).length;
      const form = asking.nth(place);
      const asked = await form.getByRole("button").getAttribute("data-do");
      const filled = await form.locator("input, select").evaluateAll((all) => all.map(({ value }) => value));
      assert.ok(filled.every(Boolean), `${protocol}: ${asked} offers ${filled}`);
      await form.getByRole("button").click();
      await page.locator(".menu").waitFor({ state: "detached" });
      const now = await deeds(page);
      assert.equal(now.length, before + 1, `${protocol}: ${asked}`);
      assert.ok(now.some((deed) => deed.startsWith(`${asker}: ${asked}`)), `${protocol}: ${asked}`);
    }
  }
  await reader.leave();
});
