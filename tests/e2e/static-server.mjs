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

/** Files that a host sends in brotli if the browser accepts it, each compressed once, as usual hosts do. */
const compressed = new Map();

function brotli(file, content) {
  if (!compressed.has(file)) compressed.set(file, brotliCompressSync(content));
  return compressed.get(file);
}

/**
 * Starts the server on a free port; answers its address and a function that stops it. With `compress` it sends
 * brotli, which matters to those who measure.
 */
export async function serveFolder(folder, { compress = false } = {}) {
  const server = createServer(async (request, response) => {
    const file = fileOf(folder, request.url);
    try {
      if (file === null) throw new Error("outside the folder");
      const content = await readFile(file);
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      // Any origin may read it, as with the usual hosts of static pages: in a frame with a sandbox the page has none.
      const headers = {
        "content-type": type,
        "cache-control": "no-store",
        "access-control-allow-origin": "*",
        "content-security-policy": POLICY,
      };
      if (compress) headers["content-encoding"] = "br";
      response.writeHead(200, headers).end(compress ? brotli(file, content) : content);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}${BASE}`, stop };
}
