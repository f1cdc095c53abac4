// Drawn indications and metrics of protocols: critical sections, deadlocks, rounds and curves, the network.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openExample, startPlayground, tab } from "./playground.mjs";
import { DEADLOCK } from "./runs.mjs";

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

const legend = async (page) => (await tab(page, "View")).locator(".legend li").allInnerTexts();

test("two in the critical section at once stand out, and a click goes through to the line", async () => {
  const reader = await playground.reader();
  const page = await example(reader, "mutex/ricart-agrawala/smaller-id-goes-first");
  assert.equal(await page.locator(".stage .section").count(), 2);
  assert.equal(await page.locator(".stage .section.clashing").count(), 2);
  assert.equal(await page.locator(".stage .clash:not(.to-come)").count(), 1);
  assert.ok((await legend(page)).includes("two nodes in the critical section"));
  const box = await page.locator(".stage .section").first().boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator('.menu [data-do="crash"]').waitFor();
  await reader.leave();
});

test("who waits for each other is said among the verdicts and drawn at the end", async () => {
  const reader = await playground.reader({ tab: "Verdicts" });
  const page = await example(reader, DEADLOCK);
  const said = await page.locator(".verdicts .deadlock").innerText();
  assert.match(said, /^Deadlock: (\w+) → .* → \1 wait for each other\.$/);
  const names = said.match(/ → /g).length;
  assert.equal(await page.locator(".stage .waiting:not(.to-come)").count(), names);
  await page.keyboard.press("Home");
  assert.equal(await page.locator(".stage .waiting.to-come").count(), names);
  await reader.leave();
});

for (const [what, options] of [
  ["", {}],
  [" on a phone", PHONE],
]) {
  test(`a measure is a curve on the time axis of the lines${what}`, async () => {
    const reader = await playground.reader(options);
    const page = await example(reader, "link/retransmit-until-ack/messages-lost");
    const plot = page.locator('.plot[data-metric="send buffer"]');
    assert.equal(await plot.locator(".curve .stroke").count(), 3);
    assert.match(await page.locator(".names .metric").innerText(), /send buffer\s+messages/);
    const [strip, playhead] = [await plot.boundingBox(), await page.locator(".playhead").boundingBox()];
    const { x, y, width, height } = strip;
    const inside = options.viewport
      ? playhead.y > y && playhead.y < y + height && playhead.x + playhead.width >= x + width - 1
      : playhead.x > x && playhead.x < x + width && playhead.y + playhead.height >= y + height - 1;
    assert.ok(inside, `${JSON.stringify(playhead)} goes through ${JSON.stringify(strip)}`);
    assert.ok((await legend(page)).includes("Alice"));
    await reader.leave();
  });
}

test("a network that is not full has a picture, folded on a phone", async () => {
  const [one, two, router] = ["Alice", "Bob", "R"];
  const topology = {
    links: [
      [one, router],
      [router, two],
    ],
    routers: [router],
  };
  const scenario = {
    version: 1,
    protocol: "best-effort-broadcast",
    nodes: [one, router, two],
    network: { topology },
    requests: [{ at: 10, node: router, do: "broadcast", with: "m1" }],
  };
  const link = `#s=json.${Buffer.from(JSON.stringify(scenario)).toString("base64url")}`;
  for (const [options, folded] of [
    [{}, false],
    [PHONE, true],
  ]) {
    const reader = await playground.reader(options);
    const page = await reader.open(link);
    const picture = page.locator("details.topology");
    await page.waitForFunction(
      (folded) => document.querySelector("details.topology").open !== folded,
      folded,
    );
    assert.match(await picture.locator("summary").innerText(), /2 hosts \(round\), 1 router \(square\)/);
    if (folded) await picture.locator("summary").click();
    assert.equal(await picture.locator(".link:visible").count(), 2);
    assert.equal(await picture.locator(".router:visible").count(), 1);
    assert.match(await page.locator(".names .name.router").innerText(), /R\s+router/);
    assert.equal(await page.locator(".stage .lane.router").count(), 1);
    await reader.leave();
  }
});

test("the text of a message that has no room is shown at the pointer, and for the message that is picked", async () => {
  const reader = await playground.reader();
  const page = await example(reader, "consensus/paxos/duelling-proposers");
  const silent = page.locator(".stage .arrow:not(:has(.label))").first();
  const pointed = page.locator(".stage text.pointed");
  assert.equal(await pointed.textContent(), "");
  await silent.locator(".hit").dispatchEvent("pointerover");
  assert.match(await pointed.textContent(), /^(PREPARE|PROMISE|ACCEPT|ACCEPTED|DECIDED|NACK)/);
  await page.locator(".stage svg").first().dispatchEvent("pointerover");
  assert.equal(await pointed.textContent(), "");
  await silent.focus();
  await page.keyboard.press("Enter");
  const picked = page.locator(".stage .overlay text.label:not(.pointed)");
  await picked.waitFor();
  assert.notEqual(await picked.textContent(), "");
  await reader.leave();
});
