//! Compiles the bundled scenarios into the program: every `static/scenarios/<family>/<protocol>/<name>.json`
//! becomes a line of the list of its protocol that `protocols::packs` includes. Sorted, so that equal files give equal builds.
//! Cuts the styles of the diagram out of the page's style sheet, for exported pictures (`export::svg`).
//! Tells the linker to keep what the splitter needs, where the page is built in parts.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

const SCENARIOS: &str = "static/scenarios";
const STYLES: &str = "www/styles/worldlines.css";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={SCENARIOS}");
    println!("cargo:rerun-if-changed={STYLES}");
    println!("cargo:rerun-if-changed=build.rs");
    // The splitter reads which function refers to which.
    if env::var_os("CARGO_FEATURE_SPLIT").is_some()
        && env::var("CARGO_CFG_TARGET_ARCH")? == "wasm32"
    {
        println!("cargo:rustc-link-arg-bin=playground=--emit-relocs");
    }
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(SCENARIOS);
    let mut all = Vec::new();
    for family in names(&root, "")? {
        for protocol in names(&root.join(&family), "")? {
            let scenarios = names(&root.join(&family).join(&protocol), ".json")?;
            all.push((family.clone(), protocol, scenarios));
        }
    }
    let mut table = String::new();
    for (family, protocol, scenarios) in &all {
        writeln!(
            table,
            "pub(in crate::protocols) const {}: &[Bundled] = &[",
            protocol.replace('-', "_")
        )?;
        for name in scenarios {
            let file = root.join(family).join(protocol).join(format!("{name}.json"));
            let file = file.to_str().ok_or("the path of a scenario is not UTF-8")?;
            let others =
                all.iter().filter(|(_, other, names)| other != protocol && names.contains(name));
            let namesakes: Vec<_> = others.map(|(_, other, _)| other).collect();
            writeln!(
                table,
                "    Bundled {{ family: {family:?}, protocol: {protocol:?}, name: {name:?}, \
                 text: include_str!({file:?}), namesakes: &{namesakes:?} }},"
            )?;
        }
        table.push_str("];\n");
    }
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("bundled.rs"), table)?;
    let styles = fs::read_to_string(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(STYLES))?;
    fs::write(Path::new(&out).join("picture.css"), of_pictures(&styles)?)?;
    Ok(())
}

/// Returns the rules of the style sheet that stand between `picture: begin` and `picture: end`, without comments and with
/// single spaces.
fn of_pictures(styles: &str) -> Result<String, Box<dyn Error>> {
    let mut kept = String::new();
    for stretch in styles.split("/* picture: begin").skip(1) {
        let (_, stretch) = stretch.split_once("*/").ok_or("a comment that does not end")?;
        let (mut rest, _) = stretch.split_once("/* picture: end */").ok_or("no end")?;
        while let Some((before, comment)) = rest.split_once("/*") {
            kept += before;
            rest = comment.split_once("*/").ok_or("a comment that does not end")?.1;
        }
        kept += rest;
    }
    Ok(kept.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns the sorted names in a folder, without this ending; an empty ending means folders. Empty if there
/// is no such folder.
fn names(folder: &Path, ending: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a scenario's name is not UTF-8")?;
        if entry.file_type()?.is_dir() != ending.is_empty() {
            continue;
        }
        names.extend(name.strip_suffix(ending).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
