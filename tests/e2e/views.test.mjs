// Other looks at a run: what changed, two runs side by side, the list of events, the deliveries, the network.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, openExample, startPlayground, tab } from "./playground.mjs";
import { ORDERS } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A page at the end of a bundled example's run. */
async function example(reader, path) {
  const page = await reader.open();
  await openExample(page, path);
  await page.keyboard.press("End");
  return page;
}

/** A page on a run of some thousand events. */
async function long(reader, requests) {
  const scenario = {
    version: 1,
    protocol: "best-effort-broadcast",
    nodes: ["Alice", "Bob", "Carol", "Dave", "Erin"],
    until: 20_000,
    requests: Array.from({ length: requests }, (_, place) => ({
      at: 10 + place * 7,
      node: ["Alice", "Bob", "Carol"][place % 3],
      do: "broadcast",
      with: `m${place}`,
    })),
  };
  return reader.open(`#s=json.${Buffer.from(JSON.stringify(scenario)).toString("base64url")}`);
}

/** Takes the scenario's last fault or request out again. */
async function takeOut(page) {
  await tab(page, "Changes");
  await page.locator('.deeds li button:has-text("✕")').last().click();
}

test("an edit shows what it changed for a moment, and a key keeps it", async () => {
  const reader = await playground.reader({ tab: "View" });
  const page = await example(reader, ORDERS);
  assert.ok(await page.locator("#what-changed").isDisabled());
  await takeOut(page);
  await page.locator(".stage .changes").waitFor({ state: "attached" });
  await tab(page, "View");
  const said = await page.locator(".what-changed p").innerText();
  assert.match(said, /tea\?|message/);
  assert.ok((await page.locator(".caption .changed").innerText()).endsWith(said), "it stands with the caption too");
  assert.ok((await page.locator("div[role=status].unseen").textContent()).length > 0);
  await page.locator(".stage .changes").waitFor({ state: "detached" });
  await page.keyboard.press("c");
  await page.locator(".stage .changes .ghosts path").first().waitFor({ state: "attached" });
  assert.equal(await page.locator("#what-changed").getAttribute("aria-pressed"), "true");
  await page.waitForTimeout(3_000);
  assert.equal(await page.locator(".stage .changes").count(), 1);
  await page.keyboard.press("c");
  await page.locator(".stage .changes").waitFor({ state: "detached" });
  await reader.leave();
});

for (const [what, options] of [
  ["", {}],
  [" on a phone", PHONE],
]) {
  test(`two runs stand on one time axis, and the first difference is found${what}`, async () => {
    const reader = await playground.reader(options);
    const page = await example(reader, ORDERS);
    await tab(page, "View");
    await page.selectOption("#compare", "causal-multicast");
    await page.locator(".second svg").waitFor();
    const said = await page.locator(".compared .parts").innerText();
    assert.match(said, /^Until 80 ms both runs are the same; then, under FIFO multicast, Carol delivers yes/);
    assert.equal(await page.locator(".stage .parting").count(), 2);
    assert.match(await page.locator(".both .differs").innerText(), /causal order.*violated.*holds/s);
    await page.locator("#first-difference").click();
    const [one, other] = await Promise.all(
      [0, 1].map((place) => page.locator(".stage .playhead").nth(place).boundingBox()),
    );
    const along = options.viewport ? "y" : "x";
    assert.ok(Math.abs(one[along] - other[along]) < 30, `${JSON.stringify(one)} and ${JSON.stringify(other)}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(wide, "the page does not scroll sideways");
    await page.selectOption("#compare", "");
    await page.locator(".second").waitFor({ state: "detached" });
    await reader.leave();
  });
}

test("the list of a long run holds few rows, filters, and goes by keys to any event and its cause", async () => {
  const reader = await playground.reader();
  const page = await long(reader, 600);
  await tab(page, "Events");
  const rows = page.locator('.rows .all [role="row"]');
  await rows.first().waitFor();
  const all = Number((await page.locator(".count").innerText()).match(/of (\d+)/)[1]);
  assert.ok(all > 5_000 && (await rows.count()) < 100, `${all} events, ${await rows.count()} rows`);
  assert.equal(await page.locator(".rows").getAttribute("aria-rowcount"), String(all + 1));
  await page.locator(".filters select").nth(1).selectOption("deliver");
  await page.fill("#events-text", "Dave delivers m5");
  await page.waitForFunction(() => /^\d{2,3} of/.test(document.querySelector(".count").textContent));
  await page.locator('.rows [tabindex="0"]').focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.textContent.includes("Dave delivers m599"));
  await page.keyboard.press("Enter");
  await page.locator(".rows .selected").waitFor();
  assert.match(await page.locator(".clock, output.clock").first().innerText(), /42\d\d ms/);
  await page.keyboard.press("Escape");
  await reader.leave();
});

test("the deliveries stand node beside node, and other orders are marked", async () => {
  const reader = await playground.reader();
  const page = await example(reader, ORDERS);
  await tab(page, "Tables");
  const cells = page.locator('.deliveries .all [role="cell"]');
  await cells.nth(8).waitFor();
  assert.equal(await cells.count(), 9);
  assert.equal(await page.locator(".deliveries .odd").count(), 9);
  assert.match(await cells.nth(2).innerText(), /⇅\s*yes \(Bob\)/);
  await page.locator("#told-0-2").focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.activeElement.id === "told-0-1");
  await reader.leave();
});

test("what P3 receives in Exercise 7.3 is read off in all rounds after three steps", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await example(reader, "byzantine/interactive-consistency/exercise-7-3");
  // Workbench, tab, node.
  await page.locator("#open-workbench").click();
  await page.getByRole("tab", { name: "Tables", exact: true }).click();
  const panel = page.locator("#panel");
  await panel.getByLabel("Received by").selectOption({ label: "P3" });
  const table = panel.getByRole("table", { name: "What P3 received, by round" });
  await table.waitFor();
  assert.equal(await table.getAttribute("aria-rowcount"), String(1 + 1 + 6 + 36));
  const rows = table.locator('.all [role="row"]');
  const row = async (heading) => {
    const found = rows.filter({ has: page.getByText(heading, { exact: true }) });
    return (await found.locator('[role="cell"]').allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  };
  const values = (cells) => cells.map((text) => text.replace(/^≠ ?/, "").replace(/, but .*/, "").trim());
  assert.deepEqual(values(await row("1: each node")), ["a³", "b³", "-", "d", "e", "f", "g"]);
  // P1 lies in every value, and each lie has its sign.
  await table.evaluate((list) => list.scrollTo(0, 0));
  await table.getByText("2: P1", { exact: true }).waitFor();
  assert.deepEqual(values(await row("2: P1")), ["-", "b³", "c³", "d³", "e³", "f³", "g³"]);
  assert.match((await row("2: P1"))[3], /^≠/);
  await table.evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await table.getByText("3: P7, heard from P6", { exact: true }).waitFor();
  // A value leads to the event of its receipt.
  await table.evaluate((list) => list.scrollTo(0, 0));
  await table.locator("#round-0-0").click();
  await page.locator(".rows .selected").first().waitFor();
  assert.match(await panel.getByText(/^Last indication/).innerText(), /⊥, ⊥, c, d, e, f, g/);
  await reader.leave();
});

test("a hidden future is hidden in the tables, and the choice of a table stays after an edit", async () => {
  const reader = await playground.reader(calm);
  const page = await example(reader, "byzantine/interactive-consistency/note-004-table");
  await tab(page, "Tables");
  const panel = page.locator("#panel");
  await panel.getByLabel("Received by").selectOption({ label: "P3" });
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Home");
  await panel.getByText("1: each node", { exact: true }).waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("f");
  await panel.getByText("P3 has received nothing yet.").waitFor();
  await page.keyboard.press("f");
  await panel.getByRole("button", { name: "In transit and waiting" }).click();
  await panel.getByText("No message is in transit or waiting at this moment.").waitFor();
  await page.locator("#scrub").fill("55");
  await panel.getByText(/^At 55 ms: 0 held back, \d+ in transit\.$/).waitFor();
  await panel.getByText(/in transit since \d+ ms, arrives at \d+ ms/).first().waitFor();
  const chosen = panel.getByRole("button", { name: "In transit and waiting" });
  assert.equal(await chosen.getAttribute("aria-pressed"), "true");
  await reader.leave();
});

test("only one node's messages are drawn in full until all are shown again, and nothing moves", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await example(reader, "byzantine/interactive-consistency/note-004-table");
  await tab(page, "View");
  const arrow = (name) => page.locator(`.canvas .arrow[data-message="${name}"]`).first();
  const strokes = () => page.locator(".canvas .arrow .stroke").evaluateAll((all) => all.map((it) => it.getAttribute("d")));
  const isFaint = async (name) => (await arrow(name).getAttribute("class")).split(" ").includes("recedes");
  const before = await strokes();
  const { hash } = new URL(page.url());
  await page.locator("#only-node").selectOption({ label: "of P3" });
  await page.locator(".filtered", { hasText: "Only messages of P3" }).waitFor();
  assert.ok(!(await isFaint("P3>P1#1")) && !(await isFaint("P1>P3#1")) && (await isFaint("P1>P2#1")));
  assert.deepEqual(await strokes(), before);
  assert.equal(new URL(page.url()).hash, hash, "no link holds it");
  await takeOut(page);
  await page.locator("#undo").click();
  await tab(page, "View");
  assert.equal(await page.locator("#only-node").inputValue(), "2", "it stays after a change and after undo");
  await page.locator("#show-all").click();
  await page.locator(".filtered").waitFor({ state: "detached" });
  assert.equal(await page.locator("#only-node").inputValue(), "");
  assert.ok(!(await isFaint("P1>P2#1")));
  // The menu of a node has it, too.
  await page.locator(".canvas svg").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+F10");
  const item = page.locator('.menu [data-do="only"]');
  await item.waitFor();
  const words = await item.innerText();
  await item.click();
  await page.locator(".filtered").filter({ hasText: words.replace("Show only", "Only") }).waitFor();
  await page.locator(".menu").waitFor({ state: "detached" });
  await reader.leave();
});

test("messages travel in the network as the playhead moves", async () => {
  const reader = await playground.reader();
  const page = await example(reader, ORDERS);
  await tab(page, "Network");
  await page.locator(".network-view .host").nth(2).waitFor();
  assert.equal(await page.locator(".network-view .host").count(), 3);
  assert.equal(await page.locator(".network-view .flight").count(), 0);
  const place = async (time) => {
    await page.locator("#scrub").fill(String(time));
    const dot = page.locator('.network-view [data-message="Alice>Bob#1"] circle');
    return (await dot.boundingBox()).x;
  };
  assert.notEqual(await place(15), await place(35));
  assert.match(await page.locator(".network-view .now").innerText(), /^35 ms · 2 messages in transit/);
  await reader.leave();
});
