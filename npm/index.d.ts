/** Virtual milliseconds: whole, from 0. */
export type Time = number;
/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A scenario: the only input of a run (docs/scenario.md). */
export interface Scenario {
  version: 1;
  title?: string;
  /** Id of the protocol. */
  protocol: string;
  params?: Record<string, boolean | number | string>;
  /** Names of the nodes, or their number: then they are P1 to Pn. */
  nodes: string[] | number;
  seed?: number;
  network?: Network;
  requests?: Request[];
  faults?: Fault[];
  /** Horizon: the end of the run. */
  until?: Time;
  captions?: { at: Time; node: string; text: string }[];
  goal?: Goal;
}

export interface Network {
  timing?: "asynchronous" | { synchronous: Time };
  /** Least and greatest delay. */
  delay?: [Time, Time];
  order?: "any" | "fifo";
  /** Probabilities, with at most six decimals. */
  loss?: number;
  duplicate?: number;
  corrupt?: number;
  detector?: "none" | "perfect" | { perfect: Time };
  topology?: "full" | "ring" | "line" | "tree" | { links: [string, string][]; routers?: string[] };
  medium?: "links" | "shared";
  links?: { from: string; to: string; delay?: [Time, Time]; rate?: number; queue?: number }[];
}

export interface Request {
  at: Time;
  node: string;
  do: string;
  with?: Json;
}

/** A fault: an object with one of these fields. A message is named `Alice>Carol#1`. */
export type Fault =
  | { drop: { message: string } }
  | { delay: { message: string; by: Time } }
  | { duplicate: { message: string; after: Time } }
  | { corrupt: { message: string; bits: number[] } }
  | { forge: { message: string; with: Json } }
  | { crash: { node: string; at: Time; after_sends?: number; after_writes?: number } }
  | { recover: { node: string; at: Time } }
  | { pause: { node: string; at: Time; until: Time } }
  | { partition: { groups: string[][]; at: Time; until: Time } }
  | { cut: { from: string; to: string; at: Time; until: Time } }
  | { omit: { node: string; side: "send" | "receive"; at: Time; until: Time } }
  | { traitor: { node: string; strategy?: "scripted" | "silent" | "random" | "equivocate" | "flip" | "collude" } }
  | { drift: { node: string; rate?: number; offset?: Time } };

/** Goal of an exercise (docs/exercises.md). */
export type Goal = (
  | { violate: string; within?: string }
  | { tell: { node: string; first: string; then?: string }; within?: string }
  | { keep: string }
) & { variants?: { nodes?: string[]; seed?: number; later?: Time; delay?: [Time, Time] }[] };

/** A run (docs/trace.md). Later versions may add fields. */
export interface Trace {
  version: 1;
  protocol: string;
  nodes: string[];
  end: Time;
  quiescent: boolean;
  exhausted?: boolean;
  events: Event[];
  messages: Message[];
  verdicts: Verdict[];
  class: "masking" | "fail-safe" | "non-masking" | "intolerant" | null;
  /** Paths of faults and requests without effect. */
  unused: string[];
  deadlock?: string[];
  metrics: { messages: number; series?: { metric: string; unit: string; node: string | null; points: [Time, number][] }[] };
}

export interface Event {
  /** Place in the list of events. */
  id: number;
  time: Time;
  node: string;
  /** `request`, `send`, `receive`, `lose`, `timer`, `crash`, …, or the name of an indication. */
  kind: string;
  name?: string;
  message?: string;
  label?: string;
  why?: string;
  text?: string;
  data?: Json;
}

export interface Message {
  id: string;
  from: string;
  to: string;
  label: string;
  sent: Time;
  received?: Time;
  fate: "received" | "lost" | "in flight";
  why?: string;
  copies?: { received?: Time; fate: "received" | "lost" | "in flight"; why?: string }[];
  truth?: string;
  damaged?: string;
  transmission?: number;
}

export interface Verdict {
  property: string;
  kind: "safety" | "liveness";
  promised: boolean;
  status: "holds" | "violated" | "undecided";
  at: Time | null;
  /** Ids of the events that prove the violation. */
  witness: number[];
  why: string | null;
  broke: { assumption: string; culprit: string; at: Time; why: string } | null;
  cause?: {
    tested: boolean;
    tried: number;
    left_out: number;
    holds_without: string[];
    holds_without_all: string[];
    until?: Time;
    said: string;
  };
}

/** An entry of the catalogue (docs/command-line.md). */
export interface Protocol {
  id: string;
  family: string;
  name: string;
  summary: string;
  source: string;
  uses: string[];
  model: string[];
  parameters: {
    name: string;
    default: boolean | number | string;
    min: number | null;
    max: number | null;
    unit: string | null;
    help: string;
    choices?: { name: string; help: string }[];
  }[];
  requests: { name: string; help: string; with: string }[];
  properties: { name: string; kind: "safety" | "liveness"; statement: string; promised: boolean }[];
  scenarios: { name: string; title: string }[];
  breaks: { when: string; scenario: string; violates: string[]; broken: string[] }[];
  costs: { operation: string; formula: string }[];
  metrics: { name: string; unit: string; help: string }[];
}

export interface SearchOptions {
  /** Names of the properties to violate; by default all that the protocol promises, or the goal of an exercise. */
  properties?: string[];
  /** Budget of faults: `"crash=1,drop=2"`. */
  faults?: string;
  /** Approximate maximum of runs. */
  budget?: number;
  /** Seed of random choices. */
  seed?: number;
  /** True if the assumptions of the protocol must hold. */
  insideModel?: boolean;
  /** Ends the search: the promise is rejected with its reason. */
  signal?: AbortSignal;
}

export interface Progress {
  stage: "runs" | "orders" | "walks" | "chance" | "over";
  property: string | null;
  explored: number;
  queue: number;
  depth: number;
}

/** Results of a search (docs/search.md). */
export interface SearchResults {
  version: 1;
  search: {
    scenario: Scenario;
    properties: Target[];
    faults: string;
    budget: number;
    seed: number;
    shard: string;
    inside_model: boolean;
  };
  findings: {
    property: Target;
    /** The smallest scenario that shows it. */
    scenario: Scenario;
    by: "runs" | "orders" | "livelock" | "walks" | "chance";
    steps?: number;
    shortest?: boolean;
    stem?: number;
    cycle?: number;
    explanation: string;
  }[];
  coverage: {
    runs: number;
    distinct: number;
    complete: number | null;
    exhausted: boolean;
    random: number;
    orders: {
      property: Target;
      unfit: string | null;
      states: number;
      depth: number;
      complete: boolean;
      reduced: boolean;
      walks: number;
      untimed: boolean;
    }[];
  };
}

/** Name of a property, or the indication that an exercise asks for. */
export type Target = string | { node: string; first: string; then?: string };

export interface Explanation {
  property: string;
  text: string;
  /** The events that lead to the violation, in their order. */
  path: { event: number; time: Time; text: string }[];
}

export interface SvgOptions {
  /** Colours; by default those that the reader prefers. */
  theme?: "light" | "dark" | "auto";
  /** Width in CSS pixels, 240 to 20 000; by default the one at which marks can be told apart. */
  width?: number;
  /** True for the diagram alone: no title, captions, verdicts or legend. */
  bare?: boolean;
  /** Link to the run, for the picture's metadata; by default the one of `encode`. */
  link?: string;
}

/** Form of the errors that all functions throw: the place, the value there, and what was expected. */
export interface Problem extends Error {
  /** Place in the input, such as `faults[2].crash.node`; empty for the whole. */
  path: string;
  found: string;
  expected: string;
  /** The closest known name, if one is close. */
  suggestion: string | null;
}

/** Returns the catalogue. */
export function protocols(): Protocol[];
/** Runs a scenario. A text is taken for its JSON. */
export function run(scenario: Scenario | string): Trace;
/**
 * Searches for runs that violate a property. It works in slices of some milliseconds, so the thread stays free, and calls
 * `onProgress` after each.
 */
export function search(
  scenario: Scenario | string,
  options?: SearchOptions,
  onProgress?: (progress: Progress) => void,
): Promise<SearchResults>;
/** Returns the link of a scenario, from its `#` on, with the digest of its run. */
export function encode(scenario: Scenario | string): string;
/** Returns the scenario of a link, in its canonical form. */
export function decode(link: string): Scenario;
/** Explains the violation of a property, by default of the first that is violated; null if it is not violated. */
export function explain(scenario: Scenario | string, property?: string): Explanation | null;
/** Returns a run as a picture: the text of an SVG document. */
export function svg(scenario: Scenario | string, options?: SvgOptions): string;
