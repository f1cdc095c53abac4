// Contents of the tabs below the diagram: the nodes' states, the code that ran, numbers; and the way to where a
// property breaks.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startPlayground, tab } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** The fragment that opens a bundled scenario. */
async function bundled(path) {
  const file = new URL(`../../static/scenarios/${path}.json`, import.meta.url);
  return `#s=json.${(await readFile(file)).toString("base64url")}`;
}

/** A new reader with a page at the end of a bundled run. */
async function atTheEnd(path, options) {
  const reader = await playground.reader(options);
  const page = await reader.open(await bundled(path));
  await page.keyboard.press("End");
  return { reader, page };
}

test("a state shows what the last step changed, and follows the playhead", async () => {
  const { reader, page } = await atTheEnd("ordering/causal-multicast/three-orders");
  await page.keyboard.press("Home");
  await tab(page, "Details");
  // The arrow keys are the tabs' as long as one of them has the focus.
  await page.evaluate(() => document.activeElement.blur());
  const carol = page.locator('.node-state[data-node="Carol"]');
  await page.getByRole("heading", { name: "Before the first event" }).waitFor();
  const changed = carol.locator(".tree .changed", { hasText: "held back" });
  for (let step = 0; step < 40 && (await changed.count()) === 0; step += 1) {
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(20);
  }
  assert.match(await changed.first().innerText(), /was empty/);
  await carol.getByText(/here since \d+ ms/).waitFor();
  assert.equal(await page.locator(".node-state").first().getAttribute("data-node"), "Carol");
  await reader.leave();
});

test("the code that ran is shown, with its description and its layers", async () => {
  const { reader, page } = await atTheEnd("consensus/paxos/duelling-proposers");
  await tab(page, "Source");
  const handler = page.locator(".code .handler");
  await handler.getByText("fn on_", { exact: false }).first().waitFor();
  // It is scrolled to, and the page is not.
  const inside = await handler.evaluate((part) => {
    const area = part.closest(".code").getBoundingClientRect();
    const { top } = part.getBoundingClientRect();
    return top < area.bottom && part.getBoundingClientRect().bottom > area.top;
  });
  assert.ok(inside, "the handler is in view");
  await page.locator(".description strong", { hasText: "chosen" }).first().waitFor();
  await page.locator(".files").getByRole("button", { name: "consensus", exact: true }).click();
  await page.locator(".code").getByText("UNIFORM_AGREEMENT", { exact: false }).first().waitFor();
  await page.locator(".files").getByRole("button", { name: "paxos", exact: true }).click();
  await handler.waitFor();
  await reader.leave();
});

test("code that cannot be fetched is no reason to fail", async () => {
  const { reader, page } = await atTheEnd("ordering/causal-multicast/three-orders");
  await page.route("**/source/**", (route) => route.abort());
  await tab(page, "Source");
  await page.getByText("The code could not be fetched").waitFor();
  // The page complains of what it could not have, as it should: so no `leave()`.
  await reader.context.close();
});

test("numbers are of the whole run, on a phone without sideways scrolling", async () => {
  const viewport = { width: 320, height: 700 };
  const { reader, page } = await atTheEnd("link/retransmit-until-ack/messages-lost", { viewport });
  await tab(page, "Numbers");
  await page.getByRole("table", { name: "By node" }).waitFor();
  const again = page.locator(".totals div", { hasText: "retransmitted" }).locator("dd");
  assert.ok(Number(await again.innerText()) > 0);
  assert.ok((await page.getByRole("img", { name: /messages so far/ }).count()) > 0);
  for (const name of ["Details", "Source", "Numbers"]) {
    await tab(page, name);
    await page.waitForTimeout(300);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${name} is ${wide} pixels wide`);
  }
  await reader.leave();
});

test("a run is measured over seeds and over a parameter, and wrong values are refused", async () => {
  const { reader, page } = await atTheEnd("consensus/paxos/duelling-proposers");
  await tab(page, "Numbers");
  const series = page.getByRole("region", { name: "Over many runs" });
  await series.getByLabel("Values").fill("1..4");
  await series.getByRole("button", { name: "Measure runs" }).click();
  const rows = series.getByRole("rowheader");
  await rows.nth(3).waitFor();
  assert.deepEqual(await rows.allInnerTexts(), ["1", "2", "3", "4"]);
  await series.getByLabel("Vary").selectOption("quorum");
  assert.equal(await series.getByLabel("Values").inputValue(), "majority,one");
  await series.getByRole("button", { name: "Measure runs" }).click();
  await series.getByRole("rowheader", { name: "one" }).waitFor();
  assert.match(await series.getByRole("row", { name: /^one/ }).innerText(), /of 10/);
  await series.getByLabel("Values").fill("most");
  await series.getByRole("button", { name: "Measure runs" }).click();
  await series.getByRole("alert").getByText(/majority/).waitFor();
  assert.equal(await series.getByLabel("Values").inputValue(), "most");
  await reader.leave();
});

test("a jump goes to where a property breaks, along a path", async () => {
  const { reader, page } = await atTheEnd("replication/quorum-register/read-without-write-back");
  await tab(page, "Verdicts");
  const row = page.locator('.verdict[data-property="linearizability"]');
  await row.locator('[data-jump="break"]').click();
  await page.locator(".mark.selected").first().waitFor();
  assert.ok((await page.locator(".witness-path path").count()) >= 3, "a stroke along each line");
  assert.equal(await row.locator(".status").innerText(), "violated");
  await page.getByRole("status").getByText(/150 ms: Carol answers nothing to read x/).waitFor({ state: "attached" });
  await reader.leave();
});
