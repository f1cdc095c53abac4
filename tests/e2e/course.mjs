// A course site of another origin that embeds runs: set-up of the tests of embeds.

import { createServer } from "node:http";

import { startPlayground } from "./playground.mjs";

/** Waits until the program has drawn its run in a frame: the first picture, which the page's HTML carries, has the same elements. */
export const arrived = (frame) => frame.locator("#worldlines > .page .stage svg").first().waitFor();

/** Makes a run live. A browser sends a click that follows at once on scrolling to the frame that was there before. */
export async function wake(place) {
  // The still picture may be drawn meanwhile: it is another element then.
  await place.scrollIntoViewIfNeeded();
  await place.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  await place.locator(".still").click();
  await place.locator("iframe").waitFor();
}

/** The element with a run, its other attributes, and what its author wrote within it. */
export const element = (fragment, attributes = "", within = "") =>
  `<world-lines scenario="${fragment}" ${attributes}>${within}</world-lines>`;

/** The script that defines the element. */
export const script = (url) => `<script type="module" src="${url}embed.js"></script>`;

/** The strictest policy under which a page can embed the page of `url`. */
function strict(url) {
  const { origin } = new URL(url);
  return `default-src 'none'; script-src 'self' ${origin}; frame-src ${origin}; style-src 'self'`;
}

/**
 * Serves a course site with this body, under the strictest policy that lets it embed the page of `url`; answers its address and its end.
 * `files` are further files by their paths, each with its type and content; `policy` is another policy, none if it is empty.
 */
export async function serveCourse(url, body, { files = {}, policy = strict(url) } = {}) {
  const headers = policy === "" ? {} : { "content-security-policy": policy };
  const server = createServer((request, answer) => {
    const file = request.url === "/" ? undefined : files[request.url];
    if (file) return answer.writeHead(200, { "content-type": file.type }).end(file.content);
    if (request.url !== "/") return answer.writeHead(204).end();
    const html = `<!doctype html><html lang="en"><title>A course</title><body>${body}</body></html>`;
    return answer.writeHead(200, { "content-type": "text/html", ...headers }).end(html);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  // Another name of this machine is another origin.
  return { url: `http://localhost:${server.address().port}/`, stop };
}

/** For a window that is to remember the messages that it gets, in `heard`: a script to begin each page with. */
export function listen() {
  if (window !== window.top) return;
  window.heard = [];
  addEventListener("message", ({ data }) => window.heard.push(data));
}

/** Has the course send a message to its first frame. */
export const ask = (page, wish) =>
  page.evaluate((wish) => document.querySelector("iframe").contentWindow.postMessage(wish, "*"), wish);

/**
 * As `startPlayground`, with course sites: `openCourse` opens one for a new reader, `stop` also ends those that a test that fails leaves
 * behind.
 */
export async function startCourses(options) {
  const playground = await startPlayground(options);
  const sites = [];
  return {
    ...playground,
    async stop() {
      for (const site of sites) await site.stop();
      await playground.stop();
    },
    /**
     * Opens a course site with this body, which embeds the page of the address `of`; `heard` are the messages of a kind that its window got,
     * `warned` is what was printed. `prepare` gets the reader's context before anything is opened; pages may ask `origins` too.
     */
    async openCourse(body, { files, policy, of = playground.url, prepare, origins = [], ...options } = {}) {
      const site = await serveCourse(of, body, { files, policy });
      sites.push(site);
      const reader = await playground.reader({ origins: [new URL(site.url).origin, new URL(of).origin, ...origins], ...options });
      await reader.context.addInitScript(listen);
      await prepare?.(reader.context);
      const page = await reader.context.newPage();
      const warned = [];
      page.on("console", (message) => warned.push(message.text()));
      await page.goto(site.url);
      return {
        page,
        warned,
        context: reader.context,
        url: site.url,
        heard: (kind) => page.evaluate((kind) => window.heard.filter((it) => it.worldlines === kind), kind),
        /** Ends it; `missing`: a file could not be found, as it should. */
        async leave({ missing = false } = {}) {
          // A request that is still open fails when the window is closed.
          if (missing) await reader.context.close();
          const isOfIt = (it) => missing && /404|missing\.json/.test(it);
          reader.complaints.splice(0, Infinity, ...reader.complaints.filter((it) => !isOfIt(it)));
          await reader.leave();
          await site.stop();
        },
      };
    },
  };
}
