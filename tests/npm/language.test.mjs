// The page's words in another language: `www/language.js` and its tables, without a page.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import { translator } from "../../www/language.js";

const FOLDER = new URL("../../static/languages/", import.meta.url);
const tables = await Promise.all(
  (await readdir(FOLDER)).map(async (name) => JSON.parse(await readFile(new URL(name, FOLDER), "utf8"))),
);
const german = translator(tables.find((it) => it.language === "de"));

/** A template with values that no table knows: a number for each, which may stand for any value. */
const filled = (template) => {
  let last = 1000;
  const values = {};
  return (other) => (other ?? template).replace(/\{(\w*)\}/g, (_, name) => (name === "" ? "" : (values[name] ??= String((last += 1)))));
};

test("each template of a table is recognised with values in it, and keeps them", () => {
  for (const { language, same, texts } of tables) {
    const translate = translator({ same, texts });
    for (const [english, other] of Object.entries(texts)) {
      const fill = filled(english);
      const text = fill();
      // Values without a name are empty here: such a text may be one of another template.
      if (/\{\}/.test(english) || !/\p{L}/u.test(text)) continue;
      const translated = translate(text);
      assert.notEqual(translated, undefined, `${language}: ${text}`);
      for (const number of text.match(/1\d{3}/g) ?? []) assert.ok(translated.includes(number), `${language}: ${text}: ${translated}`);
      if (!/\{/.test(english)) assert.equal(translated, other);
    }
  }
});

test("values are translated where they are words of the table, and left where they are not", () => {
  const expected = {
    "Make Alice a traitor": "Alice zum Verräter machen",
    "after: Bob delivers m1. Consistent: it could have been a global state. 1 message in transit.":
      "nach: Bob delivers m1. Konsistent: Das könnte ein globaler Zustand gewesen sein. 1 Nachricht unterwegs.",
    "10 ms: Bob receives m1 from Alice": "10 ms: Bob receives m1 from Alice",
    "Click a message to drop, delay or forge it, or drag its head to delay it.":
      "Nachricht anklicken für Verlust, Verzögerung oder Fälschung, oder ihre Spitze ziehen, um sie zu verzögern.",
    "Click a message to drop or delay it. Click a line to crash its node.":
      "Nachricht anklicken für Verlust oder Verzögerung. Linie anklicken, um ihren Knoten abstürzen zu lassen.",
    "12 messages from Alice to Bob, 3 of them lost, 2 of them forged: enlarge the diagram to see each of them":
      "12 Nachrichten von Alice an Bob, davon 3 verloren, davon 2 gefälscht: Vergrößern Sie das Diagramm, um jede einzeln zu sehen",
    "lost: m1 from Alice to Bob": "verloren: m1 von Alice an Bob",
    "30 ms · 2 messages in transit, 1 of them drawn · partitioned: Alice | Bob":
      "30 ms · 2 Nachrichten unterwegs, davon 1 gezeichnet · partitioniert: Alice | Bob",
    "Go to next delivery (D)": "Weiter: Auslieferung (D)",
    "One event back (←)": "Ein Ereignis zurück (←)",
    "Runs with faults for agreement: 1 234 explored, 12 waiting, up to 3 steps":
      "Läufe mit Fehlern für agreement: 1 234 untersucht, 12 offen, bis zu 3 Schritte",
    "Nothing can be removed from this run: 3 nodes, 1 request and 2 faults.":
      "Aus diesem Lauf lässt sich nichts entfernen: 3 Knoten, 1 Anfrage und 2 Fehler.",
    "3 nodes instead of 5, 1 request and 2 faults": "3 Knoten statt 5, 1 Anfrage und 2 Fehler",
    "A violation of FIFO order needs 2 broadcasts at one node, which this run lacks.":
      "Für eine Verletzung von FIFO order fehlt in diesem Lauf: 2 broadcasts an einem Knoten.",
    "m1: here since 12 ms, never delivered in this run": "m1: hier seit 12 ms, in diesem Lauf nie ausgeliefert",
    "Your run of Paxos · Worldlines": "Ihr Lauf von Paxos · Worldlines",
    "Drag across lines to partition the network. Drag marks and walls along the time axis.":
      "Quer über Linien ziehen, um das Netz zu partitionieren. Zeichen und Wände lassen sich entlang der Zeitachse ziehen.",
  };
  for (const [english, other] of Object.entries(expected)) assert.equal(german(english), other);
});

test("one and many have their own words", () => {
  const expected = {
    "12 ms, 1 event": "12 ms, 1 Ereignis",
    "12 ms, 2 events": "12 ms, 2 Ereignisse",
    "12 ms, 3 of 14 events": "12 ms, 3/14 Ereignisse",
    "1 example.": "1 Beispiel.",
    "7 examples.": "7 Beispiele.",
    ", 1 change": ", 1 Änderung",
    ", 3 changes": ", 3 Änderungen",
    "1 entry differs between nodes: ⇅ another order, ≠ another value.":
      "1 Eintrag unterscheidet sich zwischen den Knoten: ⇅ andere Reihenfolge, ≠ anderer Wert.",
    "2 entries differ between nodes: ⇅ another order, ≠ another value.":
      "2 Einträge unterscheiden sich zwischen den Knoten: ⇅ andere Reihenfolge, ≠ anderer Wert.",
    "1 more request was never delivered.": "1 weitere Anfrage wurde nie ausgeliefert.",
    "5 nodes, 7 links": "5 Knoten, 7 Verbindungen",
    "happened before: 4 events": "geschah vorher: 4 Ereignisse",
    "3 faults (of 2 crashes, 1 recovery and 3 delays)": "3 Fehler (aus: 2 Abstürze, 1 Wiederanlauf und 3 Verzögerungen)",
    "1 crash, 2 drops": "1 Absturz, 2 Verluste",
  };
  for (const [english, other] of Object.entries(expected)) assert.equal(german(english), other);
});

test("what is not in the table stays: sentences of a protocol, names, numbers", () => {
  for (const text of [
    "Alice broadcasts m1",
    "Bob delivers m1 from Alice, Carol never does",
    "agreement",
    "Alice",
    "Alice and Bob",
    "Tries sets of faults, largest first, and each order of events",
    "A node of a tree or of a ring",
    "12 ms",
    "×1",
    "",
    "If a correct process delivers a message, then every correct process delivers it.",
  ]) {
    const translated = german(text);
    assert.ok(translated === undefined || translated === text, `${text}: ${translated}`);
  }
});

test("five thousand texts take less than 50 ms", () => {
  const { same, texts } = tables.find((it) => it.language === "de");
  const names = ["Alice", "Bob", "Carol", "Dave", "Erin"];
  const all = Array.from({ length: 5000 }, (_, at) => {
    const name = names[at % 5];
    // As the page has them: most are sentences of protocols and numbers, and words that stand there many times.
    return [`${at} ms: ${name} delivers m${at} from Dave`, `${name} broadcasts m${at}`, String(at), "Drop message", `Make ${name} a traitor`][at % 5];
  });
  // Other programs share the machine: the time of this one counts, and the best of some tries.
  const times = Array.from({ length: 5 }, () => {
    const translate = translator({ same, texts });
    const start = process.cpuUsage();
    for (const text of all) translate(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  assert.ok(Math.min(...times) < 50, `${times.map(Math.round)} ms`);
});
