// The page in another language than English (CONTRIBUTING.md). The program writes English; this script puts the words of a
// table (`de.json`) in their place, in the document alone. Nothing of it is fetched for English.
//
// A key of the table is an English text as it stands in the catalogue (`src/app/text/en/`), with the names of its values in
// braces. Elements of another language than the page's own (`lang="en"`: verdicts, protocols, scenarios) and names that a
// reader gave (`translate="no"`) are left as they are.

/** Names of values that are numbers. A template with one of them does not match a text with another word in its place. */
const NUMBERS = new Set([
  "at", "bit", "bytes", "characters", "clock", "count", "duration", "end", "events", "grace", "id", "least", "line", "most", "number",
  "of", "pace", "percent", "round", "runs", "seed", "seeds", "sent", "since", "time", "took", "until", "violating",
]);
const NUMBER = "[-−]?\\d+(?:[.,\\u2009\\u202f\\u00a0 ]\\d+)*";
/** Places at which a text may have been joined from several: what follows is looked up with the sign and without it. */
const JOINTS = /, |; | · |: |\. | \(| and | or | for | at /g;
/** Greatest number of texts whose translations are kept. */
const KEPT = 5000;
/** Values that are part of a translation, one in another, go this deep. */
const DEEPEST = 4;

const wordsOf = (text) => text.match(/\p{L}+/gu) ?? [];
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Takes a template apart: the texts between its values, and their names. */
const read = (template) => {
  const parts = template.split(/\{(\w*)\}/);
  return { texts: parts.filter((_, at) => at % 2 === 0), names: parts.filter((_, at) => at % 2 === 1) };
};

/** Returns a word that a text of this template has, whatever its values are: the longest; none if a value touches each. */
const certainWord = ({ texts }) => {
  const certain = texts.flatMap((text, at) => {
    // A word at the edge may be a part of another one.
    const from = at === 0 ? text : text.replace(/^\p{L}+/u, "");
    return wordsOf(at === texts.length - 1 ? from : from.replace(/\p{L}+$/u, ""));
  });
  return certain.sort((one, other) => other.length - one.length)[0];
};

/** Makes what recognises the texts of a template and writes them in the other language. */
const compile = (english, other) => {
  const { texts, names } = read(english);
  const isNumber = names.map((name) => NUMBERS.has(name));
  // Values that touch are one, since nothing says where the first ends.
  let pattern = escape(texts[0]);
  const groups = [];
  names.forEach((name, at) => {
    const touches = at > 0 && texts[at] === "" && !isNumber[at] && !isNumber[at - 1];
    if (touches) groups.at(-1).names.push(name);
    else {
      groups.push({ names: [name], isNumber: isNumber[at] });
      pattern += isNumber[at] ? `(${NUMBER})` : "([^]*?)";
    }
    pattern += escape(texts[at + 1]);
  });
  const into = read(other);
  // Values without a name keep their order.
  const places = names.map((name, at) => (name === "" ? `#${names.slice(0, at).filter((it) => it === "").length}` : name));
  let unnamed = 0;
  const wanted = into.names.map((name) => (name === "" ? `#${unnamed++}` : name));
  const groupOf = [];
  groups.forEach((group, index) => group.names.forEach(() => groupOf.push(index)));
  // The group of each value; that of one that touches the value before stands there already.
  const order = wanted.map((name) => {
    const at = places.indexOf(name);
    const isFirst = groupOf.indexOf(groupOf[at]) === at;
    return isFirst ? groupOf[at] : undefined;
  });
  return {
    regex: new RegExp(`^${pattern}$`, "u"),
    groups,
    startsWithText: texts[0].trim().length > 1,
    // Many sentences have "and", "or" and "of" at some place.
    isVague: texts[0].trim().length < 2 && wordsOf(texts.join(" ")).join("").length < 4 && !isNumber.includes(true),
    length: texts.join("").length,
    write: (values) => into.texts.map((text, at) => (at < order.length ? text + (order[at] === undefined ? "" : values[order[at]]) : text)).join(""),
  };
};

/**
 * Returns the function that translates a text by a table, `{ same, texts }`; of a text that the table does not have it returns
 * undefined.
 */
export const translator = ({ same = [], texts }) => {
  const whole = new Map();
  const byWord = new Map();
  for (const [english, other] of [...same.map((text) => [text, text]), ...Object.entries(texts)]) {
    const parts = read(english);
    if (parts.names.length === 0) {
      whole.set(english, other);
      continue;
    }
    const word = certainWord(parts) ?? "";
    if (!byWord.has(word)) byWord.set(word, []);
    byWord.get(word).push(compile(english, other));
  }

  /** The templates that a text may be of, the one with most text of its own first. */
  const candidates = (text) => {
    const found = [...new Set(["", ...wordsOf(text)])].flatMap((word) => byWord.get(word) ?? []);
    return found.sort((one, other) => other.length - one.length);
  };

  /** A value within a text: a word of the table, a number, or what the reader or a protocol wrote. */
  const valueOf = (text, depth) => {
    const translated = exact(text, depth, false);
    if (translated !== undefined || depth >= DEEPEST) return translated ?? text;
    // What was added to it.
    for (const { index, 0: joint } of text.matchAll(JOINTS)) {
      const head = text.slice(0, index);
      const withJoint = exact(text.slice(index), depth + 1, false);
      if (withJoint !== undefined) return valueOf(head, depth + 1) + withJoint;
      const sentence = joint === ". " ? exact(text.slice(index + joint.length), depth + 1, false) : undefined;
      if (sentence !== undefined) return valueOf(head, depth + 1) + joint + sentence;
      const lead = whole.get(head + joint);
      if (lead !== undefined) return lead + valueOf(text.slice(index + joint.length), depth + 1);
    }
    return parts(text, depth) ?? text;
  };

  /** A text of the table with its values; `outer` is true for one that is no value of another. */
  const exact = (text, depth, outer) => {
    if (whole.has(text)) return whole.get(text);
    if (depth > DEEPEST) return undefined;
    for (const template of candidates(text)) {
      const match = template.regex.exec(text);
      if (match === null) continue;
      const values = match.slice(1).map((value, at) => (template.groups[at].isNumber ? value : valueOf(value, depth + 1)));
      const isKnown = (value, at) => !/\p{L}/u.test(value) || values[at] !== value;
      // A sentence of a protocol may look like a template that is all values.
      if ((template.isVague || (!outer && !template.startsWithText)) && !match.slice(1).every(isKnown)) continue;
      return template.write(values);
    }
    return undefined;
  };

  /** A text that was joined of texts of the table, and of nothing else. */
  const parts = (text, depth) => {
    if (depth > DEEPEST) return undefined;
    if (/[^.][.:…]$/u.test(text)) {
      const sign = text.at(-1);
      const before = exact(text.slice(0, -1), depth + 1, false) ?? parts(text.slice(0, -1), depth + 1);
      if (before !== undefined) return before + sign;
    }
    for (const { index, 0: joint } of text.matchAll(JOINTS)) {
      // A sentence keeps its full stop.
      const stop = joint === ". " ? 1 : 0;
      const head = text.slice(0, index + stop);
      const tail = text.slice(index + joint.length);
      const first = head === "" ? "" : exact(head, depth + 1, true);
      if (joint === ", " && first === undefined) {
        // The name of a node may stand before what the page says of it.
        const said = exact(text.slice(index), depth + 1, false);
        if (said !== undefined) return head + said;
      }
      if (first === undefined || tail === "") continue;
      const isBare = !/\p{L}/u.test(tail);
      const rest = isBare ? tail : (exact(tail, depth + 1, true) ?? parts(tail, depth + 1));
      const between = /\p{L}/u.test(joint) ? whole.get(joint) : joint.slice(stop);
      if (rest !== undefined && between !== undefined) return first + between + rest;
      const withJoint = exact(text.slice(index + stop), depth + 1, false);
      if (withJoint !== undefined) return first + withJoint;
    }
    return undefined;
  };

  /** A text of several sentences that the table has one by one. */
  const sentences = (text) => {
    for (const { index } of text.matchAll(/[.…] /g)) {
      const first = exact(text.slice(0, index + 1), 0, true);
      if (first === undefined) continue;
      const tail = text.slice(index + 2);
      const rest = exact(tail, 0, true) ?? sentences(tail);
      if (rest !== undefined) return `${first} ${rest}`;
    }
    return undefined;
  };

  const kept = new Map();
  return (text) => {
    if (!/\p{L}/u.test(text)) return undefined;
    if (kept.has(text)) return kept.get(text);
    const translated = whole.get(text) ?? sentences(text) ?? exact(text, 0, true) ?? parts(text, 0);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, translated);
    return translated;
  };
};

/** Attributes that hold words. */
const ATTRIBUTES = ["alt", "aria-label", "aria-roledescription", "aria-valuetext", "label", "placeholder", "title"];
/** Elements whose content is the reader's own, or code. */
const LEFT = "textarea, code, pre, script, style, [contenteditable], [translate=no]";
/** The language of the page's words within English ones (`text::LANGUAGE`). */
const OWN = "en-001";

/** True of an element whose words are the page's: its language is that of the document, or none is named but that. */
const isOwn = (element, language) => {
  if (element.closest(LEFT)) return false;
  const named = element.closest("[lang]");
  if (named === null || named === document.documentElement) return true;
  if (named.lang === OWN) named.lang = language;
  return named.lang === language;
};

let active;

/** Key under which the browser keeps the reader's choice; `early.js` reads it. */
const KEY = "worldlines-language";

/** Shows the page in the language that its reader has chosen, and remembers it. */
export const choose = async (language) => {
  if (language === "en") end();
  else await show(language);
  try {
    localStorage.setItem(KEY, language);
    // The choice is later than the address.
    const address = new URL(location.href);
    address.searchParams.delete("lang");
    if (address.href !== location.href && !("embed" in document.documentElement.dataset)) history.replaceState(history.state, "", address);
  } catch {
    // A page in a sandbox may keep nothing.
  }
};

/** Shows the page in a language: fetches its table, and translates what there is and what comes. */
export const show = async (language) => {
  if (active) return;
  active = { end() {} };
  try {
    const answer = await fetch(new URL(`./${language}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`${answer.url}: found status ${answer.status}`);
    active = begin(language, translator(await answer.json()));
  } catch (error) {
    active = undefined;
    throw error;
  } finally {
    delete document.documentElement.dataset.language;
  }
};

/** Shows the page in English again. */
export const end = () => {
  active?.end();
  active = undefined;
};

const begin = (language, translate) => {
  /** What was written, and what stands in its place: a text that is touched by nobody is translated once. */
  const texts = new WeakMap();
  const attributes = new WeakMap();
  const root = document.documentElement;

  const translateText = (node) => {
    const text = node.data;
    if (texts.get(node)?.now === text) return;
    const parent = node.parentElement;
    if (parent === null || !/\p{L}/u.test(text) || !isOwn(parent, language)) return;
    const now = translate(text);
    if (now === undefined || now === text) return;
    texts.set(node, { before: text, now });
    node.data = now;
    // The button for the other language is in that language.
    if (parent.id === "language") parent.lang = "en";
  };

  const translateAttribute = (element, name) => {
    const text = element.getAttribute(name);
    if (text === null || text === "") return;
    const known = attributes.get(element) ?? {};
    if (known[name]?.now === text || !isOwn(element, language)) return;
    const now = translate(text);
    if (now === undefined || now === text) return;
    attributes.set(element, { ...known, [name]: { before: text, now } });
    element.setAttribute(name, now);
  };

  const translateElement = (element) => {
    for (const name of ATTRIBUTES) if (element.hasAttribute(name)) translateAttribute(element, name);
  };

  const translateAll = (top) => {
    if (top.nodeType === Node.TEXT_NODE) return translateText(top);
    if (top.nodeType !== Node.ELEMENT_NODE) return undefined;
    translateElement(top);
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else translateElement(node);
    }
    return undefined;
  };

  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === "childList") addedNodes.forEach(translateAll);
      else if (type === "characterData") translateText(target);
      else translateAttribute(target, attributeName);
    }
  });

  root.lang = language;
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  translateAll(root);

  return {
    end() {
      observer.disconnect();
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        const text = texts.get(node);
        if (text !== undefined && text.now === node.data) node.data = text.before;
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const [name, { before, now }] of Object.entries(attributes.get(node) ?? {})) {
          if (node.getAttribute(name) === now) node.setAttribute(name, before);
        }
        if (node.id === "language") node.lang = language;
        else if (node.lang === language) node.lang = OWN;
      }
      root.lang = "en";
    },
  };
};
