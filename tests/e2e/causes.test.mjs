// The cause of a violation in a run that is too long to test it unasked.

import { after, before, test } from "node:test";

import { calm, startPlayground, tab, until } from "./playground.mjs";
import { link } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

test("the cause in a run of more than 20 000 events is tested on request, and again after a change", async () => {
  const reader = await playground.reader({ ...calm, tab: "Verdicts" });
  const requests = Array.from({ length: 1600 }, (_, index) => ({
    at: index * 5,
    node: `P${(index % 5) + 1}`,
    do: "broadcast",
    with: `m${index}`,
  }));
  const faults = [{ drop: { message: "P1>P2#7" } }];
  const page = await reader.open(link({ version: 1, protocol: "best-effort-broadcast", nodes: 5, requests, faults, until: 9000 }));
  await page.locator(".working").waitFor({ state: "detached" });
  await page.keyboard.press("End");
  const agreement = page.locator('.verdict[data-property="agreement"]');
  const cause = agreement.locator(".cause");
  await until(async () => /The cause was not tested/.test(await cause.innerText()), "it is not tested unasked");
  await agreement.getByRole("button", { name: "Test the cause" }).click();
  const found = async () => (await cause.innerText()) === "Without this the property would hold in the same run.";
  await until(found, "the drop is the cause");
  // The sentence is true: without the drop the property holds.
  await tab(page, "Changes");
  await page.getByRole("button", { name: "Remove: message 7 from P1 to P2 is dropped" }).click();
  await tab(page, "Verdicts");
  await until(async () => /holds/.test(await agreement.innerText()), "it holds without the drop");
  await page.locator("#undo-last").click();
  await until(async () => (await cause.count()) === 1 && /not tested/.test(await cause.innerText()), "another run is another question");
  await reader.leave();
});
