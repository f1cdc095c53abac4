// Makes the documentation's pictures anew, of the page in dist/: `cargo xtask shots` builds it and calls this.

import { mkdir, writeFile } from "node:fs/promises";

import { startPlayground } from "./playground.mjs";
import { STATES, letters, shoot } from "./states.mjs";

const docs = new URL("../../docs/", import.meta.url);
await mkdir(new URL("states/", docs), { recursive: true });
const playground = await startPlayground();
let text = `# Pictures of the page

Pictures of the built page: \`cargo xtask shots\` makes them and this text, and the tests compare them with the page.
`;
for (const state of STATES) {
  await writeFile(new URL(`states/${state.name}.png`, docs), await shoot(playground, state));
  text += `\n${state.says}\n\n![${state.says}](states/${state.name}.png)\n`;
  console.log(`docs/states/${state.name}.png`);
}
const page = await (await playground.reader()).open();
await writeFile(new URL("states/letters.json", docs), `${JSON.stringify(await letters(page))}\n`);
await writeFile(new URL("states.md", docs), text);
await playground.stop();
