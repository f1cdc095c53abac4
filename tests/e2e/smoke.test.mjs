// The page loads from its files alone, draws something, and complains of nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { heading, startPlayground } from "./playground.mjs";
import { fileOf } from "./static-server.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

test("the page opens on a diagram, without an error and without another host", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  const title = await page.title();
  assert.match(title, /Worldlines/);
  assert.ok(title.includes(await heading(page)), `${title} names the run`);
  const { width, height } = await page.locator(".stage svg").first().boundingBox();
  assert.ok(width > 300 && height > 100, `the diagram is ${width} by ${height}`);
  await reader.leave();
});

test("what a page complains of fails its test", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.evaluate(() => fetch("no-such-file"));
  await page.evaluate(() => console.error("on purpose"));
  await assert.rejects(reader.leave(), /the page complained/);
  assert.ok(reader.complaints.some((complaint) => complaint.startsWith("404: ")));
  assert.ok(reader.complaints.includes("console: on purpose"));
});

test("the server of the tests serves its folder and nothing beside it", () => {
  assert.equal(fileOf("/pages", "/below/a/path/app.js"), "/pages/app.js");
  assert.equal(fileOf("/pages", "/below/a/path/?embed"), "/pages/index.html");
  assert.equal(fileOf("/pages", "/app.js"), null);
  assert.equal(fileOf("/pages", "/below/a/path/%2e%2e%2fsecret"), null);
  assert.equal(fileOf("/pages", "/below/a/path/%zz"), null);
});
