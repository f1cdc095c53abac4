// A project of another program that uses the npm module.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The folder of the built module. `cargo xtask test` names it. */
export const MODULE = resolve(process.env.WORLDLINES_MODULE ?? "target/npm/worldlines");

/** Makes a project that has installed the module, with these files. `remove` deletes it. */
export const project = (files = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "worldlines-project-"));
  const write = (name, text) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write("package.json", JSON.stringify({ name: "project", private: true, type: "module", dependencies: { worldlines: "*" } }));
  cpSync(MODULE, join(folder, "node_modules", "worldlines"), { recursive: true });
  // The types and the bundler of this repository.
  symlinkSync(resolve("node_modules/vite"), join(folder, "node_modules", "vite"), "junction");
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
