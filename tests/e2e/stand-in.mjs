// The scripts of the page with a stand-in for the program: for tests of what the scripts do when the program, its frame or the network
// fails. The stand-in does nothing by itself; the test has it speak.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { launchChromium } from "./chromium.mjs";
import { listen, serveCourse } from "./course.mjs";
import { PATIENCE, until } from "./playground.mjs";
import { serveFolder } from "./static-server.mjs";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));

const HTML = `<!doctype html><html lang="en" data-files="./"><title>A stand-in</title><script src="early.js"></script>
<script src="record.js"></script><script type="module" src="start.js"></script><body><p class="unsupported"></p><main>A run</main></body></html>`;
/** Script that keeps what the window hears from other windows, and what the scripts ask of the program. */
const RECORD = `window.heard = []; window.asked = [];
addEventListener("message", ({ data }) => window.heard.push(data));
addEventListener("worldlines-asked", ({ detail }) => window.asked.push(JSON.parse(detail)));`;
const PROGRAM = "export default async () => { globalThis.begun = true; };";

/** A folder with the scripts and the stand-in, and these further files. */
async function folderOf(files) {
  const folder = await mkdtemp(path.join(tmpdir(), "worldlines-stand-in-"));
  await cp(WWW, folder, { recursive: true });
  for (const name of ["embed.css", "noscript.css"]) await cp(path.join(WWW, "styles", name), path.join(folder, name));
  const all = { "index.html": HTML, "record.js": RECORD, "playground.js": PROGRAM, ...files };
  for (const [name, content] of Object.entries(all)) await writeFile(path.join(folder, name), content);
  return folder;
}

/**
 * Starts a browser and a server of the scripts, below `url`, with another policy than the strictest where one is given. `open(body)` opens a course site with this body for a new reader: `heard` are
 * the messages that its window got, `warned` what was printed, `frame(part)` waits for the program in the frame with this part in its
 * address. `stop` ends everything.
 */
export async function startStandIn({ files = {}, policy } = {}) {
  const folder = await folderOf(files);
  const server = await serveFolder(folder, { policy });
  const browser = await launchChromium();
  const sites = [];
  return {
    url: server.url,
    browser,
    async open(body, options) {
      const site = await serveCourse(server.url, body, options);
      sites.push(site);
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const warned = [];
      page.on("console", (message) => warned.push(message.text()));
      const thrown = [];
      context.on("weberror", (error) => thrown.push(String(error.error())));
      // The time of 40 s for which the element waits is the test's.
      await page.clock.install();
      await page.addInitScript(listen);
      await page.goto(site.url);
      return {
        page,
        context,
        warned,
        thrown,
        heard: () => page.evaluate(() => window.heard),
        async frame(part) {
          let frame;
          await until(() => {
            frame = page.frames().findLast((it) => it.url().includes(part) && !it.isDetached());
            return frame?.evaluate(() => globalThis.begun).catch(() => false);
          }, `a frame with ${part}`);
          return frame;
        },
        leave: () => context.close(),
      };
    },
    async stop() {
      await browser.close();
      for (const site of sites) await site.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Has the program in a frame tell something. */
export const tells = (frame, message) =>
  frame.evaluate((detail) => void dispatchEvent(new CustomEvent("worldlines-told", { detail })), JSON.stringify(message));
