// The service worker: after one visit the page works without a network (docs/offline.md).
//
// A build is kept in a cache of its own, wholly, and the page's HTML comes into it last: so what is kept is never a mix of
// builds. The HTML is asked of the network first. It names the folder of its build, whose files never change.
"use strict";

/** Folder of the page, which is all that the worker answers for. */
const HERE = new URL("./", self.location).href;
/** Beginning of the names of its caches: other pages of the origin have theirs. */
const NAME = `worldlines ${HERE} `;
/** Name of a build's folder, which is a hash of its content. */
const BUILD = /^[0-9a-f]{16}$/;
/** The folder that the page's HTML names. */
const NAMED = /\sdata-files="\.\/([0-9a-f]{16})\/"/;
/** List of a build's files: a line has the size in bytes and the path from the build's folder. */
const LIST = "files.txt";
/** Files that are kept with a build and have their address beside the page. */
const BESIDE = ["embed.js"];
/** Cache of what a reader has opened, other than builds: permanent pages, files of `?src=`. */
const OPENED = `${NAME}opened`;
/** Greatest number of files in it. */
const MOST_OPENED = 200;
/** Greatest size of one of them, in bytes. */
const LARGEST_OPENED = 4 * 1024 * 1024;
/** Cache with the name of the build that was kept last. */
const LATEST = `${NAME}latest`;
/** Time in which the network must answer if a kept answer is at hand, in ms. */
const PATIENCE = 3000;
/** Number of files that are fetched side by side: no reader waits for them. */
const AT_ONCE = 3;
/** Time without data after which an answer is given up, in ms. */
const SILENCE = 30_000;
/** Time in which a page that was opened says which build it uses, in ms. */
const OPENING = 60_000;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]));
});

/** Name of the lock that each page of a build holds. */
const lockOf = (build) => NAME + build;

/** For files that are the same whatever follows `?` in their address: those of a build, and pages, which read that part themselves. */
const ANY_SEARCH = { ignoreSearch: true };

/** Returns a kept answer; none if it is not there or the cache is broken. */
const matched = async (cache, address, options) => {
  try {
    if (!(await caches.has(cache))) return undefined;
    // A kept file has one form.
    return await (await caches.open(cache)).match(address, { ...options, ignoreVary: true });
  } catch {
    return undefined;
  }
};

const put = async (cache, address, answer) => (await caches.open(cache)).put(address, answer);

/** The build that was kept last; none before the first. */
const latest = async () => {
  const build = await (await matched(LATEST, HERE))?.text();
  return BUILD.test(build) ? build : undefined;
};

/** Times at which pages were opened from a kept build. */
const openings = new Map();

/** Returns the network's answer, for which a page that is opened has asked already. */
const ask = (event) => {
  const asked = Promise.resolve(event.preloadResponse).then((answer) => answer ?? fetch(event.request));
  // The browser complains of an answer for which nobody waits.
  event.waitUntil(asked.catch(() => {}));
  return asked;
};

/** Returns the answer of the network, or the kept one if the network is slow or fails. */
const networkFirst = async (asked, findKept) => {
  const kept = await findKept();
  if (!kept) return asked;
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)));
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  clearTimeout(timer);
  return answer && answer.status < 500 ? answer : kept;
};

const page = (event) =>
  networkFirst(ask(event), async () => {
    const build = await latest();
    const html = build && (await matched(NAME + build, HERE));
    if (html) openings.set(build, Date.now());
    return html;
  });

const fileOfBuild = async (request, build) => (await matched(NAME + build, request.url, ANY_SEARCH)) ?? fetch(request);

const beside = (event) =>
  networkFirst(ask(event), async () => {
    const build = await latest();
    return build && matched(NAME + build, event.request.url, ANY_SEARCH);
  });

/** Returns the content of an answer. An answer that is larger than `most` bytes, or that sends nothing for a while, is an error. */
const contentOf = async (answer, most) => {
  const reader = answer.body?.getReader();
  const parts = [];
  for (let length = 0; reader; ) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${answer.url}: found no data for ${SILENCE / 1000} s`)), SILENCE);
    });
    const { done, value } = await Promise.race([reader.read(), late]).finally(() => clearTimeout(timer)).catch((error) => {
      reader.cancel().catch(() => {});
      throw error;
    });
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length <= most) continue;
    reader.cancel().catch(() => {});
    throw new Error(`${answer.url}: found more than ${most} bytes`);
  }
  return new Blob(parts);
};

/** Returns an answer with this content in the place of its own. */
const withContent = ({ status, statusText, headers }, content) => {
  const kept = new Headers(headers);
  // The content is neither compressed nor of that length any more.
  for (const name of ["content-encoding", "content-length"]) kept.delete(name);
  return new Response(content, { status, statusText, headers: kept });
};

/** Keeps what was opened, once all of it has come, but for the oldest where it is too much. */
const keepOpened = async (request, answer, options) => {
  const kept = withContent(answer, await contentOf(answer, LARGEST_OPENED));
  const cache = await caches.open(OPENED);
  await cache.delete(request, { ...options, ignoreVary: true });
  await cache.put(request, kept);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_OPENED)).map((old) => cache.delete(old)));
};

const opened = (event, options) => {
  const { request } = event;
  const asked = ask(event);
  const keeping = asked.then((answer) => (answer.ok ? keepOpened(request, answer.clone(), options) : undefined));
  // A file that is too large or does not come is not kept, nor one for which there is no room.
  event.waitUntil(keeping.catch(() => {}));
  return networkFirst(asked, () => matched(OPENED, request.url, options));
};

/** Path of an address from the page's folder, without what follows `?` or `#`. */
const pathOf = (address) => address.slice(HERE.length).split(/[?#]/)[0];
const isPage = (address) => address.startsWith(HERE) && ["", "index.html"].includes(pathOf(address));

/** True if a page of ours asks for the file of this origin that its address names by `?src=`. */
const isSource = ({ url, referrer }) => {
  if (!isPage(referrer) || new URL(url).origin !== self.location.origin) return false;
  try {
    // As `source.js` reads it: a plus is a plus.
    const source = /[?&]src=([^&#]+)/.exec(referrer)?.[1];
    return source !== undefined && new URL(decodeURIComponent(source), referrer).href === url;
  } catch {
    return false;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (isSource(request)) return event.respondWith(opened(event));
  if (!request.url.startsWith(HERE)) return;
  const path = pathOf(request.url);
  const folder = path.split("/")[0];
  if (request.mode === "navigate" && isPage(request.url)) event.respondWith(page(event));
  else if (BUILD.test(folder)) event.respondWith(fileOfBuild(request, folder));
  else if (BESIDE.includes(path)) event.respondWith(beside(event));
  else if (folder === "p" && path !== folder) event.respondWith(opened(event, request.mode === "navigate" ? ANY_SEARCH : undefined));
});

/**
 * Returns the build's files, each with its address and size. A list that ends within a line, or lacks a file that the build's
 * HTML names, is half a list.
 */
const listed = (text, folder, html) => {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error(`${LIST}: found no end of the last line, expected the whole list`);
  const files = lines.map((line) => {
    const [, size, path] = /^(\d+) (.+)$/.exec(line) ?? [];
    if (path === undefined) throw new Error(`${LIST}: found "${line.slice(0, 80)}", expected a size and a path`);
    return { address: new URL(path, folder).href, size: Number(size) };
  });
  const all = new Set(files.map(({ address }) => address));
  for (const [, named] of html.matchAll(/ (?:src|href)="(\.\/[^"]+)"/g)) {
    const { href } = new URL(named, HERE);
    if (href.startsWith(folder) && !all.has(href)) throw new Error(`${LIST}: found no line of ${href}, which the page names`);
  }
  return files;
};

const fetched = async (address, options) => {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
};

/** Fetches a file and checks its content; if that throws, once more past the browser's cache, which may hold half a file. */
const fetchChecked = async (address, check) => {
  let why;
  for (const options of [{}, { cache: "reload" }]) {
    const answer = await fetched(address, options);
    const copy = answer.clone();
    try {
      await check(await contentOf(answer, Infinity));
      return copy;
    } catch (error) {
      why = error;
    }
  }
  throw why;
};

/** Keeps a file. A network that answers with a page of its own, or with half a file, is found by the size. */
const keepFile = async (cache, { address, size }) => {
  const check = (content) => {
    if (content.size !== size) throw new Error(`${address}: found ${content.size} bytes, expected ${size}`);
  };
  await cache.put(address, await fetchChecked(address, check));
};

/** Returns the files of a build that are not kept, or undefined if that is not known. */
const missing = async (cache, folder, html) => {
  const list = await cache.match(folder + LIST);
  if (!list) return undefined;
  const there = new Set((await cache.keys()).map(({ url }) => url));
  return listed(await list.text(), folder, html).filter(({ address }) => !there.has(address));
};

/** Keeps a build: all files that are missing, a few at a time, and its HTML last. */
const keep = async (build, answer, html) => {
  const folder = `${HERE}${build}/`;
  const cache = await caches.open(NAME + build);
  // An earlier worker may have kept half a list.
  let wanted = await missing(cache, folder, html).catch(() => undefined);
  if (wanted === undefined) {
    const list = await fetchChecked(folder + LIST, async (content) => listed(await content.text(), folder, html));
    await cache.put(folder + LIST, list);
    wanted = await missing(cache, folder, html);
  }
  const one = async () => {
    for (let file = wanted.shift(); file; file = wanted.shift()) await keepFile(cache, file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (!(await cache.match(HERE))) await cache.put(HERE, withContent(answer, html));
  await put(LATEST, HERE, new Response(build));
};

/** True if a build is kept wholly. */
const isKept = async (build) => {
  if (!(await caches.has(NAME + build))) return false;
  const cache = await caches.open(NAME + build);
  const html = await (await cache.match(HERE))?.text();
  return html !== undefined && (await missing(cache, `${HERE}${build}/`, html))?.length === 0;
};

/** Removes the caches of other builds that no page uses. */
const clean = async (build) => {
  // Without locks it is not known which builds are in use.
  if (!self.navigator.locks) return;
  for (const name of await caches.keys()) {
    const other = name.startsWith(NAME) ? name.slice(NAME.length) : "";
    if (!BUILD.test(other) || other === build || Date.now() - (openings.get(other) ?? 0) < OPENING) continue;
    await self.navigator.locks.request(lockOf(other), { ifAvailable: true }, (lock) => lock && caches.delete(name));
  }
};

/**
 * Looks which build the server has, and keeps it if `fetches`. Returns its name and whether it is kept; neither if the
 * server was not reached.
 */
const look = async (fetches) => {
  const answer = await fetched(HERE, { cache: "no-cache" });
  const html = await (await contentOf(answer, Infinity)).text();
  const build = NAMED.exec(html)?.[1];
  // Another page has taken its place, or a network asks its reader to sign in.
  if (!build) return {};
  if (fetches) {
    await keep(build, answer, html);
    await clean(build);
  }
  return { build, kept: fetches || (await isKept(build)) };
};

/** The look that goes on: a second tab waits for it. */
let looking = Promise.resolve();
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data?.worldlines !== "look" || !port) return;
  const answer = async () => {
    try {
      return await look(event.data.fetches === true);
    } catch (error) {
      // The next look goes on from what was kept.
      return { why: String(error) };
    }
  };
  looking = looking.then(answer);
  event.waitUntil(looking.then((found) => port.postMessage(found)));
});
