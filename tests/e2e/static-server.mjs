// Serves a folder on this machine, below a path of its own as a course site would: a page that
// relies on the root of its host breaks here, not at a reader's.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";

const BASE = "/below/a/path/";

/** The strictest policy under which the page works (docs/hosting.md): every test runs under it. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** The file that an address names, or null where it names none inside the folder. */
export function fileOf(folder, address) {
  const { pathname } = new URL(address, "http://127.0.0.1");
  if (!pathname.startsWith(BASE)) return null;
  let below;
  try {
    below = decodeURIComponent(pathname.slice(BASE.length));
  } catch {
    return null;
  }
  const file = path.resolve(folder, below === "" || below.endsWith("/") ? `${below}index.html` : below);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : null;
}

/** Files of whose compressed forms none is beside them, each compressed once, as usual hosts do. */
const compressed = new Map();

function brotli(file, content) {
  if (!compressed.has(file)) compressed.set(file, brotliCompressSync(content));
  return compressed.get(file);
}

/**
 * The form of a file in which a host sends it, with the name of its encoding: the one that `cargo xtask dist` has put beside
 * it, or else brotli.
 */
async function sent(file, content, accepted = "") {
  const forms = [["br", ".br"], ["gzip", ".gz"]].filter(([encoding]) => accepted.includes(encoding));
  for (const [encoding, ending] of forms) {
    const form = await readFile(file + ending).catch(() => undefined);
    if (form) return [encoding, form];
  }
  return forms[0]?.[0] === "br" ? ["br", brotli(file, content)] : ["identity", content];
}

/**
 * Starts the server on a free port, or on `port`; answers its address and a function that stops it. With `compress` it
 * sends compressed files, which matters to those who measure; `policy` is another one than the strictest; with `kept` browsers keep the
 * files of a build, and each request that reaches the server is added to it.
 */
export async function serveFolder(folder, { compress = false, port = 0, policy = POLICY, kept = undefined } = {}) {
  const server = createServer(async (request, response) => {
    const file = fileOf(folder, request.url);
    kept?.push(request.url);
    try {
      if (file === null) throw new Error("outside the folder");
      const content = await readFile(file);
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      // Any origin may read it, as with the usual hosts of static pages: in a frame with a sandbox the page has none.
      const headers = {
        "content-type": type,
        "cache-control": kept && /\/[0-9a-f]{16}\//.test(request.url) ? "max-age=31536000, immutable" : "no-store",
        "access-control-allow-origin": "*",
        "content-security-policy": policy,
      };
      if (!compress) return response.writeHead(200, headers).end(content);
      const [encoding, form] = await sent(file, content, request.headers["accept-encoding"]);
      response.writeHead(200, { ...headers, "content-encoding": encoding, vary: "accept-encoding" }).end(form);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}${BASE}`, stop };
}
