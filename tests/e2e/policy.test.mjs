// The page works where its host forbids inline scripts, inline styles and `eval`, and in a frame with a sandbox of
// another origin. All other tests run under the same policy: what it forbids is printed as an error, which fails them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { arrived, startCourses } from "./course.mjs";
import { DIST, tab, until } from "./playground.mjs";
import { POLICY } from "./static-server.mjs";

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

test("every answer of the tests' server carries the policy", async () => {
  const html = await readFile(`${DIST}/index.html`, "utf8");
  const [, folder] = /data-files="([^"]*)"/.exec(html);
  for (const file of ["", `${folder}early.js`, `${folder}start.js`, `${folder}playground_bg.wasm`]) {
    const answer = await fetch(playground.url + file);
    assert.equal(answer.status, 200, file);
    assert.equal(answer.headers.get("content-security-policy"), POLICY, file);
  }
});

test("no script and no style stands in the page's HTML", async () => {
  const html = await readFile(`${DIST}/index.html`, "utf8");
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [, attributes, content] of html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
    assert.match(attributes, /\ssrc=/);
    assert.equal(content.trim(), "");
  }
});

test("what the policy forbids fails a test", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.evaluate(() => document.querySelector("main").setAttribute("style", "color: red"));
  await until(() => reader.complaints.length > 0, "the browser prints what it has refused");
  await assert.rejects(reader.leave(), /style-src/);
});

test("the diagram has its size, its names and its rows where they belong, by styles set from the program", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  const sheet = await page.locator(".sheet").first().evaluate((it) => [it.style.width, it.getAttribute("data-style")]);
  assert.match(sheet[0], /^\d+(\.\d)?px$/);
  assert.equal(sheet[1], null);
  await tab(page, "Events");
  const rows = page.locator(".rows [role=rowgroup] [role=row]");
  const [first, second] = [await rows.nth(0).boundingBox(), await rows.nth(1).boundingBox()];
  assert.ok(second.y >= first.y + first.height - 1, `${second.y} below ${first.y}`);
  await reader.leave();
});

test("in a frame with a sandbox of another origin the page works and forgets nothing", async () => {
  const body = `<iframe sandbox="allow-scripts" width="1200" height="780" src="${playground.url}"></iframe>`;
  const { page, leave } = await playground.openCourse(body);
  const frame = page.frameLocator("iframe");
  await arrived(frame);
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  await page.keyboard.press("Enter");
  await frame.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await frame.locator(".theatre.edited").waitFor();
  await frame.locator("#open-workbench").click();
  for (const name of ["Events", "Tables", "Network", "Details", "Source", "Numbers", "As text"]) {
    await tab(frame, name);
  }
  await leave();
});

test("the worker starts under the policy, and complains of nothing", async () => {
  const reader = await playground.reader();
  const warnings = [];
  reader.context.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  const page = await reader.open();
  const started = page.waitForEvent("worker");
  await tab(page, "Break it");
  await page.locator("#panel").getByRole("button", { name: /Find|Search|Break/ }).first().click();
  const worker = await started;
  await until(() => worker.evaluate(() => typeof globalThis.worldlinesParts === "object"), "the worker's program is there");
  await page.waitForTimeout(500);
  assert.deepEqual(warnings, []);
  await reader.leave();
});
