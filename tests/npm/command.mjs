// The command line, for tests that compare with it.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Path of the program: `cargo xtask test` builds it and names it. */
const PROGRAM = process.env.WORLDLINES_COMMAND ?? fileURLToPath(new URL("../../target/debug/worldlines", import.meta.url));

/** Runs the command with this standard input, and returns its output; an error where it fails. */
export const commandWith = (input, ...words) => execFileSync(PROGRAM, words, { encoding: "utf8", input, stdio: "pipe", maxBuffer: 1 << 27 });
export const command = (...words) => commandWith("", ...words);
