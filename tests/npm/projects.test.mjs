// The npm module in projects of others: the examples of the documentation in Node, its types, a page without a bundler,
// and Vite.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { launchChromium } from "../e2e/chromium.mjs";
import { serveFolder } from "../e2e/static-server.mjs";
import { MODULE, project } from "./project.mjs";

const execute = promisify(execFile);

/** The blocks of the documentation in a language, each with the block that follows it. */
const examples = (language) => {
  const blocks = [...readFileSync("docs/javascript.md", "utf8").matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, is, text]) => ({ is, text }));
  return blocks.flatMap(({ is, text }, place) => (is === language ? [{ text, next: blocks[place + 1] }] : []));
};

let here;
before(() => {
  here = project();
});
after(() => here?.remove());

test("the documentation's examples print what it says", async () => {
  const found = examples("js");
  assert.ok(found.length >= 5);
  for (const [place, { text, next }] of found.entries()) {
    assert.equal(next.is, "text");
    const { stdout } = await execute(process.execPath, [here.write(`example-${place}.js`, text)]);
    assert.equal(stdout, next.text);
  }
});

test("the types are strict, and know the module", async () => {
  const options = {
    strict: true, noEmit: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: false, types: [], lib: ["es2023", "dom"],
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
  };
  const tsc = (folder) => execute(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "--project", folder], { cwd: folder });
  const typed = project({ "tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["*.ts"] }) });
  try {
    const found = examples("ts").filter(({ text }) => text.includes('"worldlines"') && !text.includes('"vite"'));
    assert.ok(found.length >= 1);
    found.forEach(({ text }, place) => typed.write(`example-${place}.ts`, text));
    await tsc(typed.folder);
    typed.write("wrong.ts", 'import { run } from "worldlines";\nrun({ version: 1, protocol: "paxos", nodes: 3, faults: [{ crush: { node: "P1", at: 3 } }] });\n');
    await assert.rejects(tsc(typed.folder), ({ stdout }) => stdout.includes("wrong.ts(2,") && stdout.includes("crush"));
  } finally {
    typed.remove();
  }
});

/** What a page prints, and the errors of it. */
const read = async (folder) => {
  const server = await serveFolder(folder);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && !/favicon/.test(message.location().url) && errors.push(message.text()));
    await page.goto(server.url);
    const said = page.locator("#said");
    await said.waitFor({ timeout: 30_000 });
    assert.deepEqual(errors, []);
    return await said.textContent();
  } finally {
    await browser.close();
    await server.stop();
  }
};

const PROGRAM = (from) => `
  import { run, search } from "${from}";
  const scenario = { version: 1, protocol: "best-effort-broadcast", nodes: 3, requests: [{ at: 10, node: "P1", do: "broadcast", with: "m1" }] };
  let slices = 0;
  const { findings } = await search(scenario, { faults: "crash=1", properties: ["agreement"] }, () => (slices += 1));
  const said = document.createElement("p");
  said.id = "said";
  said.textContent = [run(scenario).class, findings.length, slices > 0].join(" ");
  document.body.append(said);
`;
const HTML = '<!doctype html><title>t</title><script type="module" src="./main.js"></script>';

test("a page without a bundler uses the module under a strict policy", async () => {
  const page = project({ "index.html": HTML, "main.js": PROGRAM("./node_modules/worldlines/index.js") });
  try {
    assert.equal(await read(page.folder), "masking 1 true");
  } finally {
    page.remove();
  }
});

test("Vite builds a page that uses the module", async () => {
  const page = project({ "index.html": HTML, "main.js": PROGRAM("worldlines") });
  try {
    const config = examples("ts").find(({ text }) => text.includes('"vite"')).text;
    page.write("vite.config.ts", config.replace("{ optimizeDeps", '{ base: "./", optimizeDeps'));
    await execute(process.execPath, [resolve("node_modules/vite/bin/vite.js"), "build"], { cwd: page.folder });
    const assets = readdirSync(join(page.folder, "dist", "assets"));
    assert.ok(assets.some((name) => name.endsWith(".wasm")), assets.join(" "));
    assert.equal(await read(join(page.folder, "dist")), "masking 1 true");
  } finally {
    page.remove();
  }
});

test("the package has what it needs and no more", async () => {
  const { stdout } = await execute("npm", ["pack", "--dry-run", "--json"], { cwd: MODULE, shell: process.platform === "win32" });
  const [{ files, name, version }] = JSON.parse(stdout);
  assert.deepEqual([name, version], ["worldlines", /^version = "(.*)"$/m.exec(readFileSync("Cargo.toml", "utf8"))[1]]);
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    "LICENSE-APACHE", "LICENSE-MIT", "README.md", "api.js", "index.d.ts", "index.js", "node.js", "package.json", "third-party-licences.txt",
    "worldlines-module.js", "worldlines-module_bg.wasm",
  ]);
});
