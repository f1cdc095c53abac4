// The documentation's pictures show the page as it is: `cargo xtask shots` makes them anew.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startPlayground } from "./playground.mjs";
import { STATES, difference, letters, shoot } from "./states.mjs";

/** Share of a picture that may differ. */
const MOST = 0.04;
/** Share if the letters are not those of the pictures: lines break elsewhere. */
const MOST_WITH_OTHER_LETTERS = 0.75;

let playground;
let judge;
let most;
before(async () => {
  playground = await startPlayground();
  judge = await (await playground.reader()).open();
  const taken = await readFile(new URL("../../docs/states/letters.json", import.meta.url), "utf8");
  const same = JSON.stringify(await letters(judge)) === taken.trim();
  most = same ? MOST : MOST_WITH_OTHER_LETTERS;
});
after(() => playground?.stop());

const kept = (name) => readFile(new URL(`../../docs/states/${name}.png`, import.meta.url));

for (const state of STATES) {
  test(`the picture of the state "${state.name}" shows the page as it is`, async () => {
    const differs = await difference(judge, await kept(state.name), await shoot(playground, state));
    assert.ok(differs <= most, `${(differs * 100).toFixed(1)} % of it is otherwise: cargo xtask shots`);
  });
}

test("a picture of another state would be noticed", async () => {
  const wide = STATES.filter(({ viewport }) => viewport.width > 1000);
  for (const [index, { name }] of wide.entries()) {
    const other = wide[(index + 1) % wide.length].name;
    const differs = await difference(judge, await kept(name), await kept(other));
    assert.ok(differs > MOST, `${name} and ${other} differ by ${differs}`);
  }
});
