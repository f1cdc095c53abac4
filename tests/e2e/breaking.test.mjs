// Break it: a worker looks for violations, makes runs small and explains them, while the page stays quick.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { command } from "../npm/command.mjs";
import { openExample, startPlayground, tab, until, whole } from "./playground.mjs";
import { bundled, link } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A broadcast to which nothing happens. */
const PLAIN = {
  version: 1,
  protocol: "reliable-broadcast",
  nodes: ["Alice", "Bob", "Carol"],
  requests: [{ at: 10, node: "Alice", do: "broadcast", with: "m1" }],
};

/** A search that takes long: in five nodes there is much to go through, and nothing to find inside the model. */
const LONG = { ...PLAIN, nodes: ["Alice", "Bob", "Carol", "Dave", "Erin"] };

/** The button that starts a search, as a selector. */
const START = ".breaking .primary";

/** The page with the panel open. */
async function opened(reader, fragment) {
  const page = await reader.open(fragment);
  await tab(page, "Break it");
  await page.locator(START).waitFor();
  return page;
}

test("a search finds, explains and shows; the run before comes back", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link(PLAIN));
  const before = new URL(page.url()).hash;
  await page.selectOption("#break-what", "uniform agreement");
  await page.locator(START).click();
  const finding = page.locator('.finding[data-property="uniform agreement"]');
  await finding.waitFor();
  await page.locator(START).waitFor();
  assert.match(await finding.locator(".paragraph").innerText(), /would hold/);
  await finding.locator(".show-found").click();
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="uniform agreement"][data-end="violated"]').waitFor();
  await tab(page, "Changes");
  assert.ok((await page.locator(".deeds li").count()) >= 2, "a request and a fault");
  assert.notEqual(new URL(page.url()).hash, before, "it is a link like any other");
  await page.locator("#undo").click();
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="uniform agreement"][data-end="holds"]').waitFor();
  await reader.leave();
});

test("a long search says how far it is, leaves the page quick, and is called off", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link(LONG));
  await page.locator(".may-go-wrong summary").click();
  await page.locator("#break-inside").check();
  await page.locator(START).click();
  const far = page.locator(".how-far");
  await until(
    async () => /explored, [^]* waiting, [^]* deep, [^]* per second/.test(await far.innerText()),
    "it says how far it is, and how fast",
  );
  const first = await far.innerText();
  await until(async () => (await far.innerText()) !== first, "it gets farther");
  // The page draws its frames on time during any work of the worker.
  const slowest = await page.evaluate(async () => {
    let last = performance.now();
    let slowest = 0;
    for (let frame = 0; frame < 60; frame += 1) {
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      slowest = Math.max(slowest, now - last);
      last = now;
    }
    return slowest;
  });
  assert.ok(slowest < 1000, `a frame took ${slowest} ms`);
  // It goes on while other parts of the page are looked at.
  await tab(page, "Events");
  await tab(page, "Break it");
  await page.locator("#hunt-cancel").click();
  await page.locator(START).waitFor();
  assert.match(await page.locator(".hunted").innerText(), /Cancelled after/);
  await reader.leave();
});

test("what was gone through is told from what was not", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link(PLAIN));
  await page.selectOption("#break-what", "agreement");
  await page.locator(".may-go-wrong summary").click();
  for (const field of await page.locator(".kinds input").all()) {
    await field.fill("0");
    await field.blur();
  }
  const crashes = page.locator(".kinds").getByLabel("crashes");
  await crashes.fill("1");
  await crashes.blur();
  assert.match(await page.locator(".may-go-wrong summary").innerText(), /1 crash$/);
  await page.locator(START).click();
  await page.locator('[data-part="beyond"] .covered li').waitFor();
  assert.match(
    await page.locator('[data-part="inside"]').innerText(),
    /Inside its model: nothing found[^]*No violation of agreement within 1 crash inside the protocol's model, whatever the order of events: all \d+ states\./,
  );
  assert.match(
    await page.locator('[data-part="beyond"]').innerText(),
    /If you break an assumption: nothing found[^]*No violation of agreement within 1 crash, whatever the order of events: all \d+ states\./,
  );
  await reader.leave();
});

test("one press answers inside the model and beyond it, and names the broken assumption", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link({ ...PLAIN, protocol: "best-effort-broadcast" }));
  await page.locator(START).click();
  const finding = page.locator('[data-part="beyond"] .finding[data-property="agreement"]');
  await finding.waitFor();
  assert.match(await page.locator('[data-part="inside"] h3').innerText(), /Inside its model: nothing found/);
  assert.match(await page.locator('[data-part="inside"] .covered').innerText(), /\d runs?[^]*inside the protocol's model/);
  assert.match(await finding.locator(".broke").innerText(), /This run breaks: ./);
  await page.locator(START).waitFor();
  await finding.locator(".show-found").click();
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="agreement"][data-end="violated"]').waitFor();
  await reader.leave();
});

test("a search that is cancelled in its second part keeps the results of the first", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link(LONG));
  await page.locator(START).click();
  await page.locator('[data-part="inside"] .covered li').first().waitFor({ timeout: 120_000 });
  await page.locator(".how-far", { hasText: "If you break an assumption" }).waitFor();
  await page.locator("#hunt-cancel").click();
  await page.locator(START).waitFor();
  assert.match(await page.locator(".hunted").innerText(), /Inside its model: nothing found[^]*Cancelled after/);
  await reader.leave();
});

test("what a run lacks is said, and added by a button that undo takes back", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link({ ...PLAIN, protocol: "fifo-multicast" }));
  await page.selectOption("#break-what", "causal order");
  const lack = page.locator(".lack");
  assert.match(await lack.innerText(), /causal order needs 2 broadcasts at different nodes/);
  await page.locator(".add-lacking").click();
  await lack.waitFor({ state: "detached" });
  await page.locator(START).click();
  await page.locator('[data-part="inside"] .finding[data-property="causal order"]').waitFor();
  await page.locator(START).waitFor();
  await page.locator("#undo-last").click();
  await lack.waitFor();
  await reader.leave();
});

test("a run is repeated with another seed, and with 200 of them", async () => {
  const reader = await playground.reader();
  const lossy = { ...PLAIN, protocol: "best-effort-broadcast", seed: 5, network: { loss: 0.1 } };
  const page = await opened(reader, link(lossy));
  const hint = page.locator(".seeds .hint");
  assert.match(await hint.innerText(), /This run has seed 5\./);
  await page.locator("#another-seed").click();
  await until(async () => /seed 6\./.test(await hint.innerText()), "the next seed");
  await page.locator("#undo-last").click();
  await until(async () => /seed 5\./.test(await hint.innerText()), "undo restores the seed");
  await page.locator("#try-seeds").click();
  const agreement = page.locator('.tried li[data-property="agreement"]');
  await until(async () => /violated in \d+ of 200 seeds/.test(await agreement.innerText()), "all are counted");
  const text = await agreement.innerText();
  const [, seed] = /Show run with seed (\d+)/.exec(text);
  await agreement.locator(".show-seed").click();
  await until(async () => (await hint.innerText()).includes(`seed ${seed}.`), "that run is shown");
  assert.equal(await agreement.innerText(), text, "the count is about all seeds");
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="agreement"][data-end="violated"]').waitFor();
  await reader.leave();
});

test("a run in which nothing is random is said to be the same with all seeds", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, link({ ...PLAIN, network: { delay: [10, 10] } }));
  await page.locator("#try-seeds").click();
  await page.locator(".same-run").waitFor();
  assert.match(await page.locator(".seeds").innerText(), /the same with all 200 seeds: nothing in it is random/);
  await reader.leave();
});

test("what a reader made by hand is explained and made small, on a phone too", async () => {
  const reader = await playground.reader(PHONE);
  const page = await opened(reader, await bundled("reliable/reliable-broadcast/more-crashes-than-hops"));
  const here = page.locator(".violated-here li").first();
  await here.locator(".explain").tap();
  const why = page.locator(".violated-here .paragraph");
  await why.waitFor();
  assert.match(await why.innerText(), /relies on this|does not promise/);
  await here.locator(".shrink").tap();
  await page.locator(".finding .show-found").waitFor();
  assert.match(await page.locator(".finding").innerText(), /\d+ nodes? instead of \d|\d+ nodes?, \d+ requests? and \d+ faults?\./);
  await page.locator(".finding .show-found").tap();
  await page.locator("#undo-last").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, "nothing is wider than the screen");
  await reader.leave();
});

test("where a frame may have no worker, that is said", async () => {
  const reader = await playground.reader();
  const page = await reader.context.newPage();
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("no", "SecurityError");
      }
    };
  });
  await page.goto(playground.url + link(PLAIN));
  await whole(page);
  await tab(page, "Break it");
  await page.locator(START).click();
  assert.match(await page.locator(".hunted [role=alert]").innerText(), /Background workers are not available/);
  await page.locator(START).waitFor();
  await reader.leave();
});

test("delays alone keep Paxos undecided, and what cannot be kept so is said", async () => {
  const reader = await playground.reader();
  const page = await opened(reader, await bundled("consensus/paxos/random-back-off"));
  const keep = page.getByRole("button", { name: "Prevent decision" });
  await keep.click();
  const finding = page.locator(".finding");
  await finding.waitFor();
  assert.match(await finding.innerText(), /No decision[^]*no process decides before 200 ms/);
  await finding.locator(".show-found").click();
  // The run is cut at its horizon: the property is not violated yet, and never decided.
  await tab(page, "Verdicts");
  await page.locator('.verdict[data-property="termination"][data-end="undecided"]').waitFor();
  await openExample(page, "recovery/two-phase-commit/one-votes-no");
  await tab(page, "Break it");
  await keep.waitFor();
  assert.equal(await finding.count(), 0, "what was found of Paxos says nothing of another protocol");
  await keep.click();
  await page.locator(".covered li").waitFor();
  assert.match(await page.locator(".covered").innerText(), /cannot be kept undecided/);
  await reader.leave();
});

/** Every way to break a protocol, as the catalogue has it: the plain scenario, and what is violated. */
async function breaks() {
  const root = new URL("../../", import.meta.url);
  const { protocols } = JSON.parse(command("list", "--json"));
  const all = protocols.flatMap(({ id, family, breaks }) => breaks.map((it) => ({ id, family, ...it })));
  return Promise.all(
    all.map(async ({ id, family, scenario, violates }) => {
      const path = `${family}/${id}/${scenario}`;
      const text = await readFile(new URL(`static/scenarios/${path}.json`, root), "utf8");
      const { faults, captions, ...plain } = JSON.parse(text);
      return { path, plain, violates };
    }),
  );
}

test("every way to break a protocol is found in the page, each in less than half a minute", async (context) => {
  const reader = await playground.reader();
  const page = await reader.open(link(PLAIN));
  const all = await breaks();
  assert.ok(all.length > 40, `${all.length} ways`);
  const slow = [];
  for (const { path, plain, violates } of all) {
    const { found, took } = await page.evaluate(
      ([scenario, properties]) =>
        new Promise((resolve) => {
          const start = performance.now();
          const worker = new Worker(`${document.documentElement.dataset.files}start.js`, { type: "module" });
          const found = new Set();
          const end = () => {
            clearTimeout(patience);
            worker.terminate();
            resolve({ found: [...found], took: performance.now() - start });
          };
          const patience = setTimeout(end, 30_000);
          worker.onmessage = ({ data }) => {
            if (data === "ready") {
              worker.postMessage(JSON.stringify({ do: "search", with: { scenario, properties } }));
              return;
            }
            const said = JSON.parse(data);
            if (said.found) found.add(said.found);
            if (said.done || found.size === properties.length) end();
          };
        }),
      [plain, violates],
    );
    assert.deepEqual(found.sort(), [...violates].sort(), path);
    slow.push([took, path]);
  }
  const [took, path] = slow.sort(([one], [other]) => other - one)[0];
  context.diagnostic(`${all.length} ways; the slowest took ${Math.round(took)} ms: ${path}`);
  await reader.leave();
});

test("an exercise says what to do, whether it is done, and gives a code that the command line takes", async () => {
  const reader = await playground.reader(PHONE);
  const path = "ordering/fifo-multicast/exercise-reply-first";
  const page = await reader.open(await bundled(path));
  const exercise = page.locator(".exercise");
  assert.match(await exercise.innerText(), /Make P2 indicate: deliver m2, and only later deliver m1/);
  assert.equal(await page.locator("#result-code").count(), 0, "not yet");
  const root = new URL("../../", import.meta.url);
  const file = fileURLToPath(new URL(`static/scenarios/${path}.json`, root));
  const scenario = JSON.parse(await readFile(file, "utf8"));
  const change = async (faults) => {
    await page.evaluate((hash) => (location.hash = hash), link({ ...scenario, ...faults }));
  };
  await change({ faults: [{ delay: { message: "P1>P2#1", by: 60 } }] });
  await page.locator("#result-code").waitFor();
  const code = await page.locator("#result-code").inputValue();
  assert.equal(command("check", file, code), "reached\n");
  await page.locator("#copy-code").tap();
  await page.getByText("Code copied").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, "nothing is wider than the screen");
  await reader.leave();
});
