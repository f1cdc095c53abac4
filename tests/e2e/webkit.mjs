// Starts WebKitGTK for the tests that compare engines: many students hold an iPhone, whose browsers are all WebKit. Driven by the
// classic WebDriver protocol over HTTP, which needs no package.

import { spawn } from "node:child_process";

/** `cargo xtask test` finds or installs WebKit's driver and names it in this variable. */
const VARIABLE = "WORLDLINES_WEBKIT";
/** Size of the window, in pixels. */
const SCREEN = "1280x800x24";
/** Time limit for the start, in milliseconds. */
const PATIENCE = 30_000;

/** Path of WebKit's driver; undefined where WebKit is not wanted. */
export const webkitPath = process.env[VARIABLE];

/** Waits until a process has printed what it is to print, and returns that. */
function printed(stream, pattern, what) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`${what} did not start: ${text}`)), PATIENCE);
    stream.on("data", (data) => {
      text += data;
      const found = pattern.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    stream.on("error", reject);
  });
}

/** A screen in memory: WebKitGTK has no mode without one. */
async function startScreen() {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", SCREEN, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const failed = new Promise((_, reject) => screen.once("error", reject));
  const number = await Promise.race([failed, printed(screen.stdio[3], /^(\d+)\n/, "Xvfb")]);
  return { name: `:${number}`, stop: () => screen.kill() };
}

/** A free port of this machine. */
async function freePort() {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * A WebKit with a fresh profile and one window. The caller closes it.
 *
 * `newPage()` returns that window, with what Playwright's pages and Puppeteer's have in common and our tests use: `goto`,
 * `evaluate`, `on` (which hears nothing: the classic protocol tells no events).
 */
export async function launchWebKit() {
  if (!webkitPath) throw new Error(`${VARIABLE} must name WebKit's driver; \`cargo xtask test\` sets it`);
  const screen = await startScreen();
  const port = await freePort();
  const driver = spawn(webkitPath, [`--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    env: { ...process.env, DISPLAY: screen.name, GDK_BACKEND: "x11", WEBKIT_DISABLE_COMPOSITING_MODE: "1" },
  });
  const broken = new Promise((_, reject) => driver.once("error", reject));
  const stop = () => {
    driver.kill();
    screen.stop();
  };
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`WebKit: ${value?.error}: ${value?.message}`);
    return value;
  };
  const begin = async () => {
    const end = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await ask("POST", "", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { args: ["--automation"] } } } });
      } catch (error) {
        // The driver does not listen yet.
        if (!(error instanceof TypeError) || Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  try {
    const { sessionId, capabilities } = await Promise.race([begin(), broken]);
    const session = (method, path, body) => ask(method, `/${sessionId}${path}`, body);
    await session("POST", "/timeouts", { script: 60_000, pageLoad: 60_000 });
    const page = {
      on() {},
      goto: (url) => session("POST", "/url", { url: String(url) }),
      /** Runs a function in the page, and waits for its promise. */
      evaluate: (script, ...args) => session("POST", "/execute/sync", { script: `return (${script})(...arguments)`, args }),
    };
    return {
      version: `${capabilities.browserName} ${capabilities.browserVersion}`,
      newPage: async () => page,
      async close() {
        await session("DELETE", "").catch(() => {});
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
