// Runs to open: links of bundled scenarios and of long ones.

import { readFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";

/** Bundled runs that many tests open, by their paths: the first example, one with three orders, one that deadlocks. */
export const OPENING = "reliable/best-effort-broadcast/sender-crashes-half-way";
export const ORDERS = "ordering/fifo-multicast/three-orders";
export const DEADLOCK = "mutex/maekawa/deadlock";

/** Number of events of a reliable broadcast among five: the request, a send and a receipt per copy, a delivery each. */
const EACH = 1 + 2 * 5 * 4 + 5;

/** The address's fragment for a scenario, given as an object or as text. */
export function link(scenario) {
  const text = typeof scenario === "string" ? scenario : JSON.stringify(scenario);
  return `#s=deflate.${deflateRawSync(text).toString("base64url")}`;
}

/** That of a bundled scenario, by its path below `static/scenarios/`, without the ending. */
export async function bundled(path) {
  return link(await readFile(new URL(`../../static/scenarios/${path}.json`, import.meta.url), "utf8"));
}

/** That of reliable broadcasts among five in turn, one `every` so many ms, of about so many events together. */
export function broadcasts(events, { every, faults = () => [] }) {
  const count = Math.round(events / EACH);
  const requests = Array.from({ length: count }, (_, index) => ({
    at: index * every,
    node: `P${(index % 5) + 1}`,
    do: "broadcast",
    with: `m${index}`,
  }));
  const end = count * every;
  const network = { delay: [10, 30] };
  const head = { version: 1, protocol: "reliable-broadcast", nodes: 5, network };
  return link({ ...head, requests, faults: faults(Math.floor(end / 2)), until: end + 1000 });
}

const each = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const head = (protocol) => ({ version: 1, protocol, nodes: 128 });
const asked = (count) => each(count, (at) => ({ at, node: `P${at + 1}`, do: "broadcast", with: "m" }));

/** The largest runs that there may be: a million events, or ten thousand faults, among 128 nodes. */
export const LARGEST = {
  heartbeats: { ...head("heartbeat-detector"), until: 1_000_000_000 },
  broadcasts: { ...head("uniform-broadcast"), requests: asked(31) },
  crashes: {
    ...head("reliable-broadcast"),
    requests: asked(60),
    faults: each(10_000, (at) => ({ [at % 254 < 127 ? "crash" : "recover"]: { node: `P${(at % 127) + 1}`, at } })),
    until: 12_000,
  },
};
