// The documentation's pictures show the page as it is: `cargo xtask shots` makes them anew.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startPlayground } from "./playground.mjs";
import { STATES, difference, shoot } from "./states.mjs";

/** How much of a picture may differ: other machines' fonts do. */
const MOST = 0.06;

let playground;
let judge;
before(async () => {
  playground = await startPlayground();
  judge = await (await playground.reader()).context.newPage();
});
after(() => playground?.stop());

const kept = (name) => readFile(new URL(`../../docs/states/${name}.png`, import.meta.url));

for (const state of STATES) {
  test(`the picture of the state "${state.name}" shows the page as it is`, async () => {
    const differs = await difference(judge, await kept(state.name), await shoot(playground, state));
    assert.ok(differs <= MOST, `${(differs * 100).toFixed(1)} % of it is otherwise: cargo xtask shots`);
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
