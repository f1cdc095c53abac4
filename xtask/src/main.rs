//! The commands that build, serve and test Worldlines: `cargo xtask serve`, `cargo xtask test` and others.
//!
//! Each works on a machine with only Rust (rustup) and Node: it first installs what is missing, announces
//! every step, and never asks. Only the standard library is used, so that the command itself starts after a
//! few seconds of compiling.

mod apt;
mod arguments;
mod bench;
mod bless;
mod browser;
mod bundle;
mod bytes;
mod counts;
mod dist;
mod first_picture;
mod hash;
mod inline;
mod json;
mod latex;
mod licences;
mod markup;
mod node;
mod npm;
mod pages;
mod process;
mod progress;
mod rust;
mod serve;
mod server;
mod shots;
mod steps;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use arguments::Arguments;
use workspace::Workspace;

const HELP: &str = "\
The commands that build, serve and test Worldlines. Each installs what it misses.

USAGE
    cargo xtask serve [--port N] [--no-open] [--dev]    the playground, rebuilt when a file changes
    cargo xtask serve --trunk [...]                     the same by Trunk, which takes minutes to install
    cargo xtask test [STEP...]                          every check and test, or only the named ones
    cargo xtask test --long [STEP...]                   the tests that take an hour: once an issue
    cargo xtask dist [--keep DIR] [--base ADDRESS]      the page as it is published, into dist/, with the files
                                                        of the last three builds in DIR, for this address
    cargo xtask dist --whole DIR                        the page in one part, into DIR, for `worldlines scorm`
    cargo xtask npm                                     the npm module, into target/npm/worldlines
    cargo xtask licences                                the licences of the page's parts, into dist/ only
    cargo xtask bench                                   the speed of the kernel, natively and in the browser
    cargo xtask shots                                   take the documentation's pictures of the page anew
    cargo xtask bless                                   rewrite the golden files of the tests

STEPS OF `test`, in their order
";

fn main() -> ExitCode {
    let arguments = Arguments::from_environment();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<(), String> {
    let workspace = Workspace::of_this_checkout();
    match arguments.command().as_deref() {
        Some("serve") => serve::serve(&workspace, arguments),
        Some("test") => test::test(&workspace, arguments),
        Some("dist") => dist::dist(&workspace, arguments),
        Some("npm") => npm::npm(&workspace, arguments),
        Some("licences") => licences::licences(&workspace, arguments),
        Some("bench") => bench::bench(&workspace, arguments),
        Some("shots") => shots::shots(&workspace, arguments),
        Some("first-picture") => first_picture::after_trunk(&workspace, arguments),
        Some("bless") => bless::bless(&workspace, arguments),
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            for name in steps::STEPS.iter().map(|step| step.name) {
                println!("    {name}");
            }
            println!("\nSTEPS OF `test --long`\n");
            for name in steps::LONG_STEPS.iter().map(|step| step.name) {
                println!("    {name}");
            }
            Ok(())
        }
        Some(other) => Err(format!("there is no command `{other}`; `cargo xtask help` lists them")),
    }
}
