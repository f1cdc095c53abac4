// The service worker (`www/sw.js`) with a small site in the place of the page: what it keeps, and what it refuses to keep.
// `offline.test.mjs` has the page itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { launchChromium } from "./chromium.mjs";
import { until } from "./playground.mjs";

const [FIRST, SECOND] = ["0123456789abcdef", "fedcba9876543210"];
const WORKER = await readFile(new URL("../../www/sw.js", import.meta.url), "utf8");
/** Time without data after which the worker gives up, in ms: no test waits for as long as a reader. */
const SILENCE = 700;
const MOST = 4 * 1024 * 1024;

/** Registers the worker, and asks it as `offline.js` does. */
const PAGE = `window.look = async () => {
  await navigator.serviceWorker.register("sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  active.postMessage({ worldlines: "look", fetches: true }, [port2]);
  return answer;
};
window.text = (address) => fetch(address).then((answer) => answer.text()).catch(() => "nothing");`;

let browser;
/** Servers, which a test that fails leaves behind. */
const servers = [];
const stop = (server) => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};
before(async () => {
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await Promise.all(servers.map(stop));
});

/** Files of a build, each by its path with its content. */
function build(name) {
  const html = `<!doctype html><html data-files="./${name}/"><title>${name}</title><script src="./${name}/page.js"></script>`;
  const files = { "page.js": PAGE, "a.txt": "a", "b.txt": "bb" };
  const list = Object.entries(files).map(([file, content]) => `${content.length} ${file}\n`).join("");
  const within = Object.entries({ ...files, "files.txt": list }).map(([file, content]) => [`/${name}/${file}`, content]);
  return { "/": html, ...Object.fromEntries(within) };
}

/**
 * A site with the first build and a reader who has opened it. `files` has a content, or a function that answers, for each path; without
 * the file the connection ends. `look()` has the worker look for a build, `kept()` gives the addresses of all kept files.
 */
async function site() {
  const worker = WORKER.replace("const SILENCE = 30_000;", `const SILENCE = ${SILENCE};`);
  assert.notEqual(worker, WORKER);
  const files = { ...build(FIRST), "/sw.js": worker };
  const server = createServer((request, answer) => {
    // A file has its name with and without what follows `?`.
    const file = files[request.url] ?? files[request.url.split("?")[0]];
    if (file === undefined) return answer.destroy();
    if (typeof file === "function") return file(answer);
    const ending = request.url.split("?")[0].split(".").at(-1);
    answer.writeHead(200, { "content-type": ending === "js" ? "text/javascript" : "text/html", "cache-control": "no-store" }).end(file);
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const look = () => page.evaluate(() => window.look());
  assert.deepEqual(await look(), { build: FIRST, kept: true });
  await until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), "the worker answers for the page");
  const kept = () =>
    page.evaluate(async () => {
      const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(opened.map((cache) => cache.keys()))).flat().map((request) => request.url);
    });
  return {
    files,
    page,
    url,
    look,
    kept: async (path) => (await kept()).includes(url + path),
    /** Opens the page with a file in its address, and fetches it as `source.js` does. */
    async source(address) {
      await page.goto(`${url}?src=${address}`);
      return page.evaluate((address) => window.text(address), decodeURIComponent(address));
    },
    /** Takes the site off the network. */
    lose() {
      for (const path of Object.keys(files)) delete files[path];
    },
    async leave() {
      await context.close();
      await stop(server);
    },
  };
}

test("a kept file answers for its own address alone, a kept page for all searches", async () => {
  const { files, page, url, source, kept, lose, leave } = await site();
  Object.assign(files, { "/x.json": "one", "/a+b.json": "plus", "/p/first/": "<!doctype html><h1>First</h1>" });
  assert.equal(await source("x.json"), "one");
  assert.equal(await source("a+b.json"), "plus");
  await page.goto(`${url}p/first/?from=mail`);
  for (const path of ["x.json", "a+b.json", "p/first/?from=mail"]) await until(() => kept(path), `${path} is kept`);
  lose();
  assert.equal(await source("x.json"), "one");
  assert.equal(await source("a+b.json"), "plus", "a plus is a plus");
  assert.equal(await source("x.json%3Fv=2"), "nothing", "another version is another file");
  assert.equal(await page.evaluate((build) => window.text(`./${build}/a.txt?again=1`), FIRST), "a", "a file of a build has one form");
  await page.goto(`${url}p/first/?from=course`);
  assert.equal(await page.locator("h1").innerText(), "First");
  await leave();
});

test("of a new build with an empty list or half a list nothing is kept, and the old build stays", async () => {
  const { files, page, url, look, kept, lose, leave } = await site();
  const next = build(SECOND);
  const list = next[`/${SECOND}/files.txt`];
  for (const half of ["", "1 a.txt\n", list.slice(0, -3), list.replace("1 a.txt", "a.txt"), `${list}<p>Please sign in.</p>\n`]) {
    Object.assign(files, next, { [`/${SECOND}/files.txt`]: half });
    const { build: found, why } = await look();
    assert.equal(found, undefined, JSON.stringify(half));
    assert.match(why, /files\.txt: found /);
    assert.equal(await kept(`${SECOND}/page.js`), false);
  }
  lose();
  await page.goto(url);
  assert.equal(await page.title(), FIRST);
  Object.assign(files, next);
  assert.deepEqual(await look(), { build: SECOND, kept: true });
  await leave();
});

test("half a list that an earlier worker has kept is fetched again", async () => {
  const { page, look, kept, leave } = await site();
  await page.evaluate(async (build) => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const address = `./${build}/files.txt`;
      if (!(await cache.match(address))) continue;
      await cache.put(address, new Response(""));
      await cache.delete(`./${build}/b.txt`);
    }
  }, FIRST);
  assert.deepEqual(await look(), { build: FIRST, kept: true });
  assert.equal(await kept(`${FIRST}/b.txt`), true);
  await leave();
});

test("a file is kept whole or not at all: not one of more than 4 MB, nor one that breaks off or stops coming", async () => {
  const { files, page, source, kept, lose, leave } = await site();
  /** Sends in parts, without a length; the rest is `then`. */
  const parts = (size, then) => (answer) => {
    answer.writeHead(200, { "content-type": "application/json" });
    answer.write("x".repeat(size));
    then(answer);
  };
  files["/fits.json"] = parts(MOST, (answer) => answer.end());
  files["/large.json"] = parts(MOST, (answer) => answer.end("x"));
  assert.equal((await source("fits.json")).length, MOST);
  await until(() => kept("fits.json"), "it is kept");
  assert.equal((await source("large.json")).length, MOST + 1);
  files["/x.json"] = "whole";
  assert.equal(await source("x.json"), "whole");
  await until(() => kept("x.json"), "it is kept");
  files["/x.json"] = parts(10, (answer) => setTimeout(() => answer.destroy(), 100));
  assert.equal(await source("x.json"), "nothing");
  let silent;
  files["/x.json"] = parts(10, (answer) => (silent = answer));
  const ended = source("x.json");
  await until(() => silent, "it is asked for");
  await page.waitForTimeout(2 * SILENCE);
  silent.end("too late");
  assert.equal(await ended, `${"x".repeat(10)}too late`);
  assert.equal(await kept("large.json"), false);
  lose();
  assert.equal(await source("x.json"), "whole", "the earlier file stays");
  await leave();
});

test("a build whose server stops sending is given up, and kept by a later look", async () => {
  const { files, look, leave } = await site();
  const next = build(SECOND);
  Object.assign(files, next, { [`/${SECOND}/a.txt`]: (answer) => answer.writeHead(200).write("a") });
  const begun = Date.now();
  assert.match((await look()).why, /found no data for/);
  assert.ok(Date.now() - begun < 20 * SILENCE);
  files[`/${SECOND}/a.txt`] = "a";
  assert.deepEqual(await look(), { build: SECOND, kept: true });
  await leave();
});
