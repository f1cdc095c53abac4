// The folder as it is published (docs/hosting.md): compressed files beside the others, and the page from them.

import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { launchChromium } from "./chromium.mjs";
import { DIST } from "./playground.mjs";
import { serveFolder } from "./static-server.mjs";

let server;
let browser;
before(async () => {
  server = await serveFolder(DIST, { compress: true });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("every compressed file has the content of the file beside it", async () => {
  const all = await readdir(DIST, { recursive: true });
  const forms = all.filter((name) => /\.(br|gz)$/.test(name));
  // Small files may be no smaller when they are compressed.
  const texts = all.filter((name) => /\.(css|html|js|json|svg|txt|wasm|webmanifest|xml)$/.test(name));
  for (const name of texts) {
    const { size } = await stat(path.join(DIST, name));
    if (size > 1000) for (const ending of [".br", ".gz"]) assert.ok(forms.includes(name + ending), name + ending);
  }
  for (const form of forms) {
    const content = await readFile(path.join(DIST, form.slice(0, -3)));
    const made = await readFile(path.join(DIST, form));
    assert.ok(made.length < content.length, form);
    const again = form.endsWith(".br") ? brotliDecompressSync(made) : gunzipSync(made);
    assert.ok(again.equals(content), form);
  }
  const [, folder] = /data-files="\.\/([^"]*)\/"/.exec(await readFile(`${DIST}/index.html`, "utf8"));
  for (const name of ["index.html", "embed.js", "sw.js", `${folder}/playground_bg.wasm`, `${folder}/worldlines.css`, "p/index.html"]) {
    assert.ok(texts.includes(name), name);
  }
});

test("the page works from a host that sends these files, in brotli or in gzip only", async () => {
  for (const accepted of ["br, gzip", "gzip"]) {
    const headers = { "accept-encoding": accepted };
    const answer = await fetch(server.url, { headers });
    assert.equal(answer.headers.get("content-encoding"), accepted.split(",")[0]);
    const page = await browser.newPage({ extraHTTPHeaders: headers });
    await page.goto(server.url);
    await page.locator("#worldlines > .page .stage svg").waitFor();
    await page.close();
  }
});

test("a browser without WebAssembly shows the first picture, a sentence, and the way to the pages that need none", async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => delete globalThis.WebAssembly);
  const thrown = [];
  context.on("weberror", (error) => thrown.push(String(error.error())));
  for (const fragment of ["", "#s=deflate.AAAA"]) {
    const page = await context.newPage();
    await page.goto(server.url + fragment);
    await page.locator(".first .stage svg:visible").first().waitFor();
    await page.getByText("This browser cannot run Worldlines").waitFor();
    assert.equal(await page.locator(".opening:visible").count(), 0);
    await page.getByRole("link", { name: "All examples as pictures and in words" }).click();
    await page.getByRole("heading", { name: "Protocols" }).waitFor();
    await page.close();
  }
  assert.deepEqual(thrown, []);
  await context.close();
});

test("a browser older than the style sheet's newest rules has the sentence too, and a newer one has not", async () => {
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.locator("#worldlines > .page .stage svg").waitFor();
  assert.equal(await page.locator(".unsupported:visible").count(), 0);
  await page.close();
  const old = await browser.newPage();
  await old.route("**/worldlines.css", async (route) => {
    const answer = await route.fetch();
    const sheet = await answer.text();
    assert.equal(sheet.split("@supports selector(:has(*))").length, 2);
    // As a browser reads it that knows no `:has`.
    await route.fulfill({ response: answer, body: sheet.replace("@supports selector(:has(*))", "@supports selector(:no-such(*))") });
  });
  await old.goto(server.url);
  await old.locator(".unsupported:visible").waitFor();
  await old.close();
});
