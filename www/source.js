// Fetches the scenario that an address asks for (docs/link.md): `?src=ADDRESS`, from the host of the page or from one that allows it.
// The page loads this script only where its address asks. The program, which knows what a scenario is, checks and opens the file.

/** Greatest length of a scenario, in bytes (`MAX_TEXT` in `src/formats/json.rs`). */
const MAX_TEXT = 1024 * 1024;
/** Time without data after which a host is given up, in ms. */
const PATIENCE = 30_000;
const SILENT = `no data for ${PATIENCE / 1000} s`;
/** Events of the window by which the program asks, and hears. */
const WANTED = "worldlines-source-wanted";
const TOLD = "worldlines-source";

/** A file that is not there or may not be used: what was found instead, and what was expected. */
class Fault extends Error {
  constructor(found, expected) {
    super(found);
    Object.assign(this, { found, expected });
  }
}

const FILE = "the file of a scenario";

/** A key of the address's part behind its `?`; as it is written where it cannot be decoded. */
export function asked(search, name) {
  const field = search.replace(/^\?/, "").split("&").find((it) => it.startsWith(`${name}=`));
  const value = field?.slice(name.length + 1);
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** True for names of this machine, which browsers trust without https. */
const isLoopback = (host) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

/** The address of a file, as seen from the page; only those that can be fetched. */
function addressOf(source) {
  let address;
  try {
    address = new URL(source, document.baseURI);
  } catch {
    throw new Fault("no address", "one such as large.json or https://example.org/large.json");
  }
  const { protocol, username, password, hostname } = address;
  if (protocol !== "https:" && protocol !== "http:") {
    throw new Fault(`an address that begins with ${protocol}`, "https: or http:, or the name of a file beside a page that has one of them");
  }
  if (username || password) throw new Fault("a user name or a password in the address", "an address without");
  if (protocol === "http:" && location.protocol === "https:" && !isLoopback(hostname)) {
    throw new Fault("an address with http:", "https:, as this page has it: browsers block the other");
  }
  return address;
}

/** Fetches an address. Why it fails is hidden from the page, but for its own policy and a missing network. */
async function answerOf(address, isOwn, signal) {
  let isForbidden = false;
  const hear = (event) => {
    isForbidden ||= /^(connect|default)-src/.test(event.effectiveDirective) && address.href.startsWith(event.blockedURI);
  };
  document.addEventListener("securitypolicyviolation", hear);
  try {
    // No cookie is sent to another host. Where another host's redirect would lead is nothing that the reader sees in the address.
    return await fetch(address, { credentials: "same-origin", redirect: isOwn ? "follow" : "manual", signal });
  } catch {
    if (signal.aborted) throw new Fault(SILENT, FILE);
    // The report of the policy comes a moment later.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (isForbidden) {
      throw new Fault("an address that the policy of this page forbids", "one that its host allows by connect-src in Content-Security-Policy");
    }
    if (!navigator.onLine && !isLoopback(address.hostname)) throw new Fault("no network", "a connection, to fetch the file");
    if (isOwn && origin !== "null") throw new Fault("no answer", `${FILE}: the host cannot be reached`);
    throw new Fault(
      "no answer that the browser lets this page read (it does not tell why)",
      "a host that can be reached and allows this page by the header Access-Control-Allow-Origin",
    );
  } finally {
    document.removeEventListener("securitypolicyviolation", hear);
  }
}

function checkStatus({ ok, status, statusText, type }) {
  if (type === "opaqueredirect") {
    throw new Fault("a redirect", "the address to which it leads: open the file in a tab to see that");
  }
  if (status === 404 || status === 410) throw new Fault(`no file (the host answers ${status})`, FILE);
  if (status === 401 || status === 403) {
    throw new Fault(`a file that is not for everyone (the host answers ${status})`, "one that can be read without signing in");
  }
  if (!ok) throw new Fault(`the answer ${`${status} ${statusText}`.trim()}`, FILE);
}

/** Reads the file, and no more of it than a scenario may have. */
async function textOf(answer, rested, signal) {
  const declared = Number(answer.headers.get("content-length"));
  const expected = `at most ${MAX_TEXT}`;
  if (declared > MAX_TEXT) throw new Fault(`${declared} bytes`, expected);
  const bytes = new Uint8Array(MAX_TEXT);
  let length = 0;
  const reader = answer.body?.getReader();
  while (reader) {
    let part;
    try {
      part = await reader.read();
    } catch {
      if (signal.aborted) throw new Fault(`${SILENT} after the first ${length} bytes`, "the whole file");
      throw new Fault(`an answer that ends after ${length} bytes`, "the whole file");
    }
    if (part.done) break;
    if (length + part.value.length > MAX_TEXT) throw new Fault(`more than ${MAX_TEXT} bytes`, expected);
    bytes.set(part.value, length);
    length += part.value.length;
    rested();
  }
  try {
    // The mark at the beginning is one of the bytes that the checksum is of.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
  } catch {
    const type = answer.headers.get("content-type") ?? "an unknown type";
    throw new Fault(`data that is no UTF-8 (${type})`, "the JSON of a scenario");
  }
}

async function fetched(source) {
  const address = addressOf(source);
  const stop = new AbortController();
  let timer;
  const rested = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), PATIENCE);
  };
  rested();
  try {
    const answer = await answerOf(address, address.origin === location.origin, stop.signal);
    checkStatus(answer);
    return await textOf(answer, rested, stop.signal);
  } catch (error) {
    // What has not been read is not wanted.
    stop.abort();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Returns what the program is told of a file: a line of JSON with its address, what was asked beside it, and what is wrong, then
 * the text.
 */
export async function sourceOf({ src, integrity, v }) {
  const head = { address: src, integrity, v };
  try {
    const text = await fetched(src);
    return `${JSON.stringify(head)}\n${text}`;
  } catch (error) {
    const { found, expected } = error instanceof Fault ? error : new Fault(String(error), FILE);
    return JSON.stringify({ ...head, found, expected });
  }
}

/** Fetches the file of the page's address, before the program is here, and again when it asks again. */
export function serve() {
  const keys = Object.fromEntries(["src", "integrity", "v"].map((name) => [name, asked(location.search, name)]));
  // In a package the learning system names the student (`start.js`); empty where it named none.
  keys.v ??= document.documentElement.dataset.student;
  // A run in the address takes precedence.
  let told = /[#&]s=/.test(location.hash) ? undefined : sourceOf(keys);
  addEventListener(WANTED, async () => {
    told ??= sourceOf(keys);
    const detail = await told;
    told = undefined;
    dispatchEvent(new CustomEvent(TOLD, { detail }));
  });
}
