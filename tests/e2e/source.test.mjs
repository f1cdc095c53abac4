// A file of another host that the address asks for: `?src=ADDRESS` (docs/link.md). The page is at 127.0.0.1, the file at localhost.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { script, startCourses } from "./course.mjs";
import { calm, heading, startPlayground, until, whole } from "./playground.mjs";
import { POLICY } from "./static-server.mjs";

const MAX_TEXT = 1024 * 1024;
const TEXT = await readFile(new URL("../../static/scenarios/recovery/two-phase-commit/one-votes-no.json", import.meta.url), "utf8");
const TITLE = "One votes no, one has crashed";
const OPENING = "The sender crashes half-way";
const checksum = (text, encoding = "base64") => `sha256-${createHash("sha256").update(text).digest(encoding)}`;

/** Headers of the requests that the other host got, and the bytes that it could send of an answer without an end. */
const seen = { requests: [], sent: 0, changes: TEXT };

/** A host of files that allows every page to read them, but for one. */
function otherHost(request, answer) {
  const { pathname } = new URL(request.url, "http://localhost");
  seen.requests.push({ pathname, headers: request.headers });
  const allowed = { "access-control-allow-origin": "*" };
  const send = (status, headers, body) => answer.writeHead(status, { ...allowed, ...headers }).end(body);
  const json = { "content-type": "application/json" };
  switch (pathname) {
    case "/good.json":
      return send(200, json, TEXT);
    case "/changes.json":
      return send(200, json, seen.changes);
    case "/marked.json":
      return send(200, json, `\uFEFF${TEXT}`);
    case "/closed.json":
      return answer.writeHead(200, json).end(TEXT);
    case "/busy.json":
      return send(503, {}, "later");
    case "/members.json":
      return send(401, { "www-authenticate": "Bearer" }, "");
    case "/moved.json":
      return send(302, { location: "/good.json" });
    case "/page.json":
      return send(200, { "content-type": "text/html" }, "<!doctype html><title>Sign in</title>");
    case "/picture.json":
      return send(200, { "content-type": "image/png" }, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
    case "/words.json":
      return send(200, json, "Hello");
    case "/cut.json":
      return send(200, json, TEXT.slice(0, 200));
    case "/faulty.json":
      return send(200, json, TEXT.replace("two-phase-commit", "two-phase-comit"));
    case "/declared.json":
      return send(200, { ...json, "content-length": MAX_TEXT + 1 }, Buffer.alloc(MAX_TEXT + 1, " "));
    case "/broken.json":
      answer.writeHead(200, { ...allowed, ...json, "content-length": 1000 });
      answer.write("{".padEnd(300));
      return setTimeout(() => answer.destroy(), 200);
    case "/endless.json": {
      answer.writeHead(200, { ...allowed, ...json });
      const part = Buffer.alloc(64 * 1024, " ");
      const more = () => {
        while (!answer.destroyed && answer.write(part)) seen.sent += part.length;
      };
      answer.on("drain", more);
      answer.on("close", () => (seen.closed = true));
      return more();
    }
    default:
      return send(404, {}, "nothing");
  }
}

let playground;
let strict;
let other;
before(async () => {
  other = createServer(otherHost);
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  other.url = `http://localhost:${other.address().port}`;
  playground = await startCourses({ policy: `${POLICY}; connect-src 'self' http:` });
  strict = await startPlayground();
});
after(async () => {
  await playground?.stop();
  await strict?.stop();
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});

const why = (page) => page.locator(".banner .why").innerText();
const opens = (page) => until(async () => (await heading(page)) === TITLE, "the file is shown");
const refuses = (page) => page.locator(".banner .why").waitFor();
const asking = (source, more = "") => `?src=${encodeURIComponent(source)}${more}`;
/** The browser prints what it blocks or cannot fetch. */
const forget = (reader) => reader.complaints.splice(0);

const newReader = (of = playground) => of.reader({ ...calm, origins: [other.url] });

test("a file of a host that allows it is opened, by its checksum too, and no cookie is sent", async () => {
  const reader = await newReader();
  await reader.context.addCookies([{ name: "secret", value: "1", url: other.url, sameSite: "Lax" }]);
  for (const more of [
    "",
    `&integrity=${checksum(TEXT)}`,
    `&integrity=${encodeURIComponent(checksum(TEXT))}`,
    `&integrity=${checksum(TEXT, "base64url")}`,
    `&integrity=${encodeURIComponent(`sha384-unknown ${checksum("")} ${checksum(TEXT)}`)}`,
  ]) {
    const page = await reader.open(asking(`${other.url}/good.json`, more));
    await opens(page);
    assert.ok(await page.locator("#undo").isDisabled(), "no other run was shown");
    assert.equal(await page.locator(".banner").count(), 0);
    await page.close();
  }
  const page = await reader.open(asking(`${other.url}/marked.json`, `&integrity=${checksum(`\uFEFF${TEXT}`)}`));
  await opens(page);
  const asked = seen.requests.filter(({ pathname }) => /good|marked/.test(pathname));
  assert.equal(asked.length, 6, "each is fetched once");
  for (const { headers } of asked) assert.equal(headers.cookie, undefined);
  await reader.leave();
});

test("a file that differs from its checksum is refused, and its text is offered", async () => {
  const reader = await newReader();
  seen.changes = TEXT.replace(TITLE, "Another title");
  const page = await reader.open(asking(`${other.url}/changes.json`, `&integrity=${checksum(TEXT)}`));
  await refuses(page);
  const found = checksum(seen.changes, "base64url");
  assert.equal(
    await why(page),
    `${other.url}/changes.json: found another file: its checksum is ${found}, expected the file with "${checksum(TEXT)}", as the address has it`,
  );
  assert.equal(await heading(page), OPENING);
  const banner = page.locator(".banner");
  assert.equal(await banner.locator("textarea").isVisible(), false);
  // The host has the file again.
  seen.changes = TEXT;
  await banner.getByRole("button", { name: "Fetch again" }).click();
  await opens(page);
  assert.equal(await banner.count(), 0);
  await page.close();

  seen.changes = TEXT.replace(TITLE, "Another title");
  const anew = await reader.open(asking(`${other.url}/changes.json`, `&integrity=${checksum(TEXT)}`));
  await refuses(anew);
  await anew.locator(".banner summary").click();
  assert.equal(await anew.locator(".banner textarea").inputValue(), seen.changes);
  await anew.locator(".banner").getByRole("button", { name: "Open this text" }).click();
  await until(async () => (await heading(anew)) === "Another title", "it is opened if its reader wants it");
  await reader.leave();
});

test("each file that cannot be used is named with what was found and expected, and can be fetched again", async () => {
  const reader = await newReader();
  const json = "expected the JSON of a scenario";
  const file = "expected the file of a scenario";
  const most = `expected at most ${MAX_TEXT}`;
  const closed = createServer();
  await new Promise((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const nobody = `http://localhost:${closed.address().port}/a.json`;
  await new Promise((resolve) => closed.close(resolve));
  const hidden =
    "found no answer that the browser lets this page read (it does not tell why), expected a host that can be reached and allows this page by the header Access-Control-Allow-Origin";
  const at = (name) => `${other.url}/${name}.json`;
  const page = await reader.context.newPage();
  for (const [source, problem] of [
    [at("none"), `found no file (the host answers 404), ${file}`],
    [at("busy"), `found the answer 503 Service Unavailable, ${file}`],
    [at("members"), "found a file that is not for everyone (the host answers 401), expected one that can be read without signing in"],
    [at("moved"), "found a redirect, expected the address to which it leads: open the file in a tab to see that"],
    [at("closed"), hidden],
    [nobody, hidden],
    [
      at("page"),
      `found an HTML page: "<!doctype html><title>Sign in</title>", ${json}: the address may lead to a page about the file, or to a sign-in`,
    ],
    [at("picture"), `found data that is no UTF-8 (image/png), ${json}`],
    [at("words"), `found "Hello", ${json}`],
    [at("cut"), "found a syntax error (EOF while parsing"],
    [at("faulty"), 'protocol: found "two-phase-comit", expected the id of a protocol'],
    [at("broken"), "found an answer that ends after "],
    [at("declared"), `found ${MAX_TEXT + 1} bytes, ${most}`],
    [at("endless"), `found more than ${MAX_TEXT} bytes, ${most}`],
    ["javascript:alert(1)", "found an address that begins with javascript:, expected https: or http:, or the name of a file beside a page that has one of them"],
    ["data:application/json,{}", "found an address that begins with data:, expected https: or http:"],
    ["file:///etc/passwd", "found an address that begins with file:, expected https: or http:"],
    ["blob:null/1", "found an address that begins with blob:, expected https: or http:"],
    [`http://me:secret@localhost/a.json`, "found a user name or a password in the address, expected an address without"],
    ["http://", "found no address, expected one such as large.json or https://example.org/large.json"],
    ["none.json", `found no file (the host answers 404), ${file}`],
  ]) {
    await page.goto(playground.url + asking(source));
    await whole(page);
    await refuses(page);
    // The number of bytes of a broken answer depends on the time.
    const isSaid = async () => (await why(page)).startsWith(`${source}: ${problem}`);
    assert.ok(await isSaid(), `${await why(page)}\n${problem}`);
    assert.equal(await heading(page), OPENING);
    const again = page.locator("#fetch-file");
    const count = seen.requests.length;
    await again.click();
    await until(async () => (await again.isEnabled()) && (await isSaid()), `${source} is refused again`);
    if (source.startsWith(other.url)) assert.ok(seen.requests.length > count, "the host is asked again");
  }
  await until(() => seen.closed, "no more of an endless file is fetched");
  assert.ok(seen.sent < 40 * MAX_TEXT, `${seen.sent} bytes were sent before the page stopped`);
  forget(reader);
  await reader.leave();
});

test("under the strictest policy a file of another host is refused, and the policy is named", async () => {
  const reader = await newReader(strict);
  const count = seen.requests.length;
  const page = await reader.open(asking(`${other.url}/good.json`));
  await refuses(page);
  assert.equal(
    await why(page),
    `${other.url}/good.json: found an address that the policy of this page forbids, expected one that its host allows by connect-src in Content-Security-Policy`,
  );
  assert.equal(seen.requests.length, count, "the host is not asked");
  forget(reader);
  await reader.leave();
});

test("a checksum that is none is refused, with the form that it needs", async () => {
  const reader = await newReader();
  for (const wrong of ["sha384-abc", "sha256-", checksum(TEXT, "hex"), "7"]) {
    const page = await reader.open(asking(`${other.url}/good.json`, `&integrity=${wrong}`));
    await refuses(page);
    assert.equal(
      await why(page),
      `${other.url}/good.json: found integrity="${wrong}", expected sha256- and a SHA-256 in base64, as in the attribute of HTML`,
    );
    await page.close();
  }
  await reader.leave();
});

test("an element shows the picture of a file of another host, and opens it", async () => {
  const body = (integrity) =>
    `<world-lines src="${other.url}/good.json" integrity="${integrity}"></world-lines>${script(playground.url)}`;
  const options = { ...calm, origins: [other.url] };
  const { page, leave } = await playground.openCourse(body(checksum(TEXT)), options);
  const place = page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  assert.match(await place.locator(".still svg desc").textContent(), /Two-phase commit/i);
  await place.evaluate((it) => it.wake());
  const frame = place.frameLocator("iframe");
  await frame.locator("#worldlines > .page .stage svg").first().waitFor();
  await until(async () => (await frame.locator("#run-heading").textContent()) === TITLE, "the file is opened");

  const { page: wrong, warned, ...site } = await playground.openCourse(body(checksum("")), options);
  await until(() => warned.some((it) => /another file: its checksum is/.test(it)), "the picture is refused");
  await wrong.locator("world-lines").evaluate((it) => it.wake());
  const banner = wrong.locator("world-lines").frameLocator("iframe").locator(".banner .why");
  await banner.waitFor();
  assert.match(await banner.textContent(), /another file: its checksum is/);
  // The page around may be of another origin than the file.
  const heard = () => wrong.evaluate(() => window.heard.map((it) => JSON.stringify(it)));
  const isTold = (it) => /"worldlines":"error"/.test(it) && /the file is not one that can be opened/.test(it);
  await until(async () => (await heard()).some(isTold), "the failure is told");
  assert.doesNotMatch((await heard()).join("\n"), /checksum|sha256/);
  await site.leave();
  await leave();
});

test("a page with https refuses http before it asks, a page without a network says so, and a silent host is given up", async (context) => {
  const { sourceOf } = await import("../../www/source.js");
  const page = "https://host.example/worldlines/";
  const stubs = {
    location: new URL(page),
    document: { baseURI: page, addEventListener() {}, removeEventListener() {} },
    navigator: { onLine: false },
    origin: "https://host.example",
  };
  for (const [name, value] of Object.entries(stubs)) {
    const kept = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    context.after(() => (kept ? Object.defineProperty(globalThis, name, kept) : delete globalThis[name]));
  }
  let asked = 0;
  context.mock.method(globalThis, "fetch", () => {
    asked += 1;
    return Promise.reject(new TypeError("Failed to fetch"));
  });
  const found = async (src) => JSON.parse(await sourceOf({ src })).found;
  assert.equal(await found("http://example.org/a.json"), "an address with http:");
  assert.equal(asked, 0);
  assert.equal(await found("https://example.org/a.json"), "no network");
  navigator.onLine = true;
  assert.equal(await found("a.json"), "no answer");
  assert.match(await found("https://example.org/a.json"), /no answer that the browser lets this page read/);
  assert.match(await found("http://localhost:1/a.json"), /no answer that/, "browsers trust this machine");
  assert.equal(asked, 4);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.mock.method(globalThis, "fetch", (_, { signal }) => {
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const silent = found("https://example.org/a.json");
  context.mock.timers.tick(30_000);
  assert.equal(await silent, "no data for 30 s");
  // A host that stops sending within the file: each part gives it as much time again.
  let parts;
  context.mock.method(globalThis, "fetch", async (_, { signal }) => {
    const body = new ReadableStream({
      start(controller) {
        parts = controller;
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body);
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const halfway = found("https://example.org/a.json");
  for (const wait of [29_000, 29_000]) {
    await settled();
    parts.enqueue(new Uint8Array(5));
    await settled();
    context.mock.timers.tick(wait);
  }
  context.mock.timers.tick(1_000);
  assert.equal(await halfway, "no data for 30 s after the first 10 bytes");
});
