// The npm module in Node: it agrees with the command line, its errors name the place, and searches leave the thread free.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { command, commandWith } from "./command.mjs";
import { MODULE } from "./project.mjs";

const SCENARIOS = [
  "reliable/best-effort-broadcast/sender-crashes-half-way",
  "ordering/fifo-multicast/exercise-reply-first",
  "election/bully/leader-crashes",
].map((path) => `static/scenarios/${path}.json`);

const PLAIN = {
  version: 1,
  protocol: "best-effort-broadcast",
  nodes: ["Alice", "Bob", "Carol"],
  requests: [{ at: 10, node: "Alice", do: "broadcast", with: "m1" }],
};

let worldlines;
before(async () => {
  worldlines = await import(pathToFileURL(join(MODULE, "node.js")));
});

test("the module agrees with the command line", () => {
  const { run, encode, decode, svg, protocols } = worldlines;
  for (const file of SCENARIOS) {
    const text = readFileSync(file, "utf8");
    const scenario = JSON.parse(text);
    const trace = run(scenario);
    assert.deepEqual(trace, JSON.parse(command("run", file, "--json")), file);
    assert.equal(Object.getPrototypeOf(trace.events[0]), Object.prototype, "plain objects");
    assert.deepEqual(run(text), trace, "a text is taken for its JSON");
    const link = command("link", file).trim();
    assert.equal(encode(scenario), link);
    assert.deepEqual(decode(`https://example.org/${link}`), JSON.parse(command("open", link)));
    assert.deepEqual(run(decode(link)), trace);
    assert.equal(svg(scenario, { theme: "dark", width: 700 }), command("run", file, "--svg", "-", "--theme", "dark", "--width", "700"));
  }
  assert.deepEqual(protocols(), JSON.parse(command("list", "--json")).protocols);
});

test("search agrees with the command line, and tells its progress", async () => {
  const { search } = worldlines;
  const [, exercise] = SCENARIOS;
  for (const [scenario, options, words] of [
    [PLAIN, { properties: ["agreement"], faults: "crash=1" }, ["--property", "agreement", "--faults", "crash=1"]],
    [PLAIN, { faults: "drop=1", budget: 200, seed: 5, insideModel: true }, ["--faults", "drop=1", "--budget", "200", "--seed", "5", "--inside-model"]],
    [JSON.parse(readFileSync(exercise, "utf8")), {}, []],
  ]) {
    const told = [];
    const results = await search(scenario, options, (progress) => told.push(progress));
    const printed = commandWith(JSON.stringify(scenario), "search", "-", "--json", ...words);
    assert.deepEqual(results, JSON.parse(printed));
    assert.ok(told.length > 0 && told.every(({ explored, stage }) => typeof explored === "number" && typeof stage === "string"));
    assert.equal(told.at(-1).stage, "over");
  }
});

test("search leaves the thread free and can be aborted", async () => {
  const { search } = worldlines;
  const scenario = { version: 1, protocol: "paxos", nodes: 5, requests: [{ at: 10, node: "P1", do: "propose", with: "a" }] };
  const abort = new AbortController();
  const gaps = [];
  let last = performance.now();
  const timer = setInterval(() => {
    gaps.push(performance.now() - last);
    last = performance.now();
  }, 1);
  setTimeout(() => abort.abort(new Error("enough")), 1500);
  let slices = 0;
  await assert.rejects(search(scenario, { budget: 1_000_000, signal: abort.signal }, () => (slices += 1)), /enough/);
  clearInterval(timer);
  assert.ok(slices > 10, `${slices} slices`);
  assert.ok(gaps.length > 10 && Math.max(...gaps) < 500, `${gaps.length} turns, the longest ${Math.max(...gaps)} ms`);
  await assert.rejects(search(scenario, { signal: AbortSignal.abort() }), { name: "AbortError" });
  await assert.rejects(search(scenario, {}, () => { throw new Error("the caller's own"); }), /the caller's own/);
});

test("errors name the place, and nothing is broken by them", async () => {
  const { run, encode, decode, explain, svg, search } = worldlines;
  const cycle = { ...PLAIN };
  cycle.self = cycle;
  const faulty = { ...PLAIN, faults: [{ crash: { node: "Alicia", at: 1 } }] };
  const cases = [
    [() => run(faulty), "faults[0].crash.node", "Alice"],
    [() => run({ ...PLAIN, protocol: "paxo" }), "protocol", "paxos"],
    [() => run("{"), "", null],
    [() => run(undefined), "scenario", null],
    [() => run(null), "scenario", null],
    [() => run(7), "scenario", null],
    [() => run("x".repeat(2 << 20)), "", null],
    [() => encode(faulty), "faults[0].crash.node", "Alice"],
    [() => decode("nonsense"), "link", null],
    [() => decode({}), "link", null],
    [() => explain(PLAIN, "agrement"), "property", "agreement"],
    [() => explain(PLAIN, 5), "property", null],
    [() => svg(PLAIN, { theme: "pink" }), "options.theme", null],
    [() => svg(PLAIN, { width: -1 }), "options.width", null],
    [() => svg(PLAIN, { width: Number.NaN }), "options.width", null],
    [() => svg(PLAIN, { size: 3 }), "options.size", null],
    [() => svg(PLAIN, 3), "options", null],
  ];
  for (const [call, path, suggestion] of cases) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof Error && error.message.includes("expected"), error.message);
      assert.deepEqual([error.path, error.suggestion], [path, suggestion], error.message);
      return true;
    });
  }
  assert.throws(() => run(cycle), TypeError);
  assert.throws(() => run({ ...PLAIN, seed: 1n }), TypeError);
  for (const [options, path] of [
    [{ properties: ["agrement"] }, "properties[0]"],
    [{ faults: "crush=1" }, "faults"],
    [{ budget: 0 }, "budget"],
    [{ seed: -1 }, "seed"],
    [{ insideModel: 1 }, "options.insideModel"],
    [{ propertys: [] }, "options.propertys"],
  ]) {
    await assert.rejects(search(PLAIN, options), (error) => assert.equal(error.path, path) ?? true);
  }
  await assert.rejects(search(faulty), { path: "scenario.faults[0].crash.node" });
  await assert.rejects(search(PLAIN, {}, "no function"), { path: "onProgress" });
  assert.equal(explain(PLAIN, "agreement"), null, "it holds");
  assert.equal(run(PLAIN).class, "masking");
});
