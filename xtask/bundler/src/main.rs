//! Turns the program that the compiler has linked into the files that a browser loads: the glue to JavaScript, the
//! program, and (with `--split`) its parts.
//!
//! `cargo xtask` compiles this tool once for all checkouts and calls it. It is a program of its own because its
//! libraries take a minute to compile, while the commands themselves must start at once.

#[cfg(feature = "split")]
mod grouping;
#[cfg(feature = "split")]
mod parts;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

type Failure = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
USAGE
    bundler bind IN.wasm OUT                   writes the glue and the program
    bundler split IN.wasm OUT WORK OPENING LINKED
                                               the same, with parts: OUT/parts.js, and WORK/plan.txt for wasm-merge;
                                               names of the parts that the opening page needs, and a page that a link
                                               opens, as in \"one,other\"
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["bind", input, out] => bind_file(input, out),
        #[cfg(feature = "split")]
        ["split", input, out, work, opening, linked] => {
            let needed = [opening, linked].map(|names| names.split(',').collect());
            parts::split(Path::new(input), Path::new(out), Path::new(work), &needed)
        }
        _ => Err(HELP.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why:?}");
            ExitCode::FAILURE
        }
    }
}

fn bind_file(input: &str, out: &str) -> Result<(), Failure> {
    let input = PathBuf::from(input);
    let wasm = std::fs::read(&input).map_err(|why| format!("{}: {why}", input.display()))?;
    bind(&stem(&input), wasm, Path::new(out))
}

/// Writes `NAME.js` and `NAME_bg.wasm`.
fn bind(name: &str, wasm: Vec<u8>, out: &Path) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    // The parts take table, stack pointer and memory from the linker's exports.
    bindgen.web(true)?.keep_lld_exports(true).typescript(false);
    bindgen.input_bytes(name, wasm).generate(out)?;
    Ok(())
}

/// Returns the name of a file without its ending.
fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
