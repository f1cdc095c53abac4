//! The program in parts: what is split off, into which files, and the module that loads them.
//!
//! All parts share memory, table and stack pointer of the main program, and call each other through the table. So
//! several parts can be merged into one file (`wasm-merge`), after which wasm-opt sees them as one program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ExportKind, ExportSection, ImportSection, Module};
use wasmparser::{Imports, Parser, Payload, TypeRef};

use crate::Failure;
use crate::grouping::{self, MOST_POINTS, Points, Shared};

/// The module that loads the parts; the main program imports its functions.
const LINK: &str = "./parts.js";
/// The module from which the splitter's parts import what the main program shares.
const SHARED: &str = "__wasm_split";
/// The loader, without what differs between two builds.
const LOADER: &str = include_str!("parts.js");

/// Writes glue, main program and loader into `out`; parts and a plan of their files into `work`.
///
/// Each line of the plan has the name of a file and the parts that `wasm-merge` makes it of. The first file of each
/// is a module that has only imports and exports: with it they share one memory instead of importing one each.
pub(crate) fn split(
    input: &Path,
    out: &Path,
    work: &Path,
    needed: &[Vec<&str>; 2],
) -> Result<(), Failure> {
    let name = crate::stem(input);
    let wasm = fs::read(input).map_err(|why| format!("{}: {why}", input.display()))?;
    let build = format!("{:016x}", hash(&wasm));
    let main = work.join("main.wasm");
    let glue = format!("./{name}.js");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    options.output_dir = work;
    options.main_out_path = &main;
    options.main_module = &glue;
    options.link_name = LINK;
    let made = wasm_split_cli_support::transform(options)?;
    crate::bind(&name, fs::read(&main)?, out)?;

    let (points, sets, stems) = read_sets(work, &made.prefetch_map)?;
    let files = grouping::plan(&sets, points.len());
    let mut plan = String::new();
    let mut names: Vec<String> = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let own = file.sets.iter().find_map(|&set| stems[set].strip_prefix("split_"));
        let name = match own {
            _ if file.first => "shared".to_owned(),
            Some(own) => own.to_owned(),
            None => format!("common-{place}"),
        };
        write!(plan, "{name} base")?;
        for &set in &file.sets {
            write!(plan, " {}", stems[set])?;
        }
        plan.push('\n');
        names.push(name);
    }
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    fs::write(work.join("base.wasm"), base(work, &stems, &build)?)?;
    fs::write(work.join("plan.txt"), plan)?;
    let first = files.iter().position(|file| file.first).map(|at| names[at].as_str());
    let loads: BTreeMap<&str, Vec<&str>> = points
        .iter()
        .enumerate()
        .map(|(number, point)| {
            let needed = files.iter().zip(&names);
            let needed = needed.filter(|(file, _)| !file.first && file.points.contains(number));
            (point.as_str(), needed.map(|(_, name)| name.as_str()).collect())
        })
        .collect();
    if let Some(unknown) = needed.iter().flatten().find(|part| !loads.contains_key(*part)) {
        let known: Vec<&str> = loads.keys().copied().collect();
        return Err(
            format!("there is no part {unknown}; the parts are {}", known.join(", ")).into()
        );
    }
    let list = loads.iter().map(|(point, files)| format!("{point} {}\n", files.join(" ")));
    fs::write(work.join("loads.txt"), list.collect::<String>())?;
    fs::write(out.join("parts.js"), loader(&glue, &build, first, &loads, needed)?)?;
    Ok(())
}

/// Returns the FNV-1a hash.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Split points, the sets that share code, and the names of their files, without ending.
type Sets = (Vec<String>, Vec<Shared>, Vec<String>);

/// Reads from the splitter's map, which names the files of each split point, which points share a file.
fn read_sets<'a>(
    work: &Path,
    map: impl IntoIterator<Item = (&'a String, &'a Vec<String>)>,
) -> Result<Sets, Failure> {
    let map: BTreeMap<&String, &Vec<String>> = map.into_iter().collect();
    let points: Vec<String> = map.keys().map(ToString::to_string).collect();
    if points.len() > MOST_POINTS {
        return Err(format!("{} split points: {MOST_POINTS} are possible", points.len()).into());
    }
    let mut users: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (number, files) in map.values().enumerate() {
        for file in *files {
            users.entry(file).or_default().push(number);
        }
    }
    let (mut sets, mut stems) = (Vec::new(), Vec::new());
    for (file, users) in users {
        let points: Points = users.into_iter().collect();
        let bytes = content(&fs::read(work.join(format!("{file}.wasm")))?)?;
        sets.push(Shared { points, bytes });
        stems.push(file.clone());
    }
    Ok((points, sets, stems))
}

/// Returns the number of bytes of code and data: names and types go when the file is optimised.
fn content(wasm: &[u8]) -> Result<u64, Failure> {
    let mut bytes = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::CodeSectionStart { size, .. } => bytes += u64::from(size),
            Payload::DataSection(section) => {
                let range = section.range();
                bytes += range.end - range.start;
            }
            _ => {}
        }
    }
    Ok(bytes)
}

/// Returns a module that exports all that the parts share, and imports it from a module named by the build.
///
/// So a part is refused by a main program of another build, which offers no module of that name.
fn base(work: &Path, stems: &[&str], build: &str) -> Result<Vec<u8>, Failure> {
    let mut wanted: BTreeMap<String, TypeRef> = BTreeMap::new();
    for stem in stems {
        let wasm = fs::read(work.join(format!("{stem}.wasm")))?;
        for payload in Parser::new(0).parse_all(&wasm) {
            let Payload::ImportSection(section) = payload? else { continue };
            for imports in section {
                let Imports::Single(_, import) = imports? else {
                    return Err(format!("{stem} has imports of an unknown form").into());
                };
                if import.module != SHARED {
                    return Err(format!("{stem} imports from {}", import.module).into());
                }
                wanted.insert(import.name.to_owned(), import.ty);
            }
        }
    }
    let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
    let (mut memories, mut tables, mut globals) = (0, 0, 0);
    for (name, ty) in &wanted {
        imports.import(build, name, RoundtripReencoder.entity_type(*ty)?);
        let (kind, count) = match ty {
            TypeRef::Memory(_) => (ExportKind::Memory, &mut memories),
            TypeRef::Table(_) => (ExportKind::Table, &mut tables),
            TypeRef::Global(_) => (ExportKind::Global, &mut globals),
            _ => return Err(format!("the parts share {name} of an unknown kind").into()),
        };
        exports.export(name, kind, *count);
        *count += 1;
    }
    let mut module = Module::new();
    module.section(&imports).section(&exports);
    Ok(module.finish())
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// Returns the loader of this build.
fn loader(
    glue: &str,
    build: &str,
    first: Option<&str>,
    loads: &BTreeMap<&str, Vec<&str>>,
    needed: &[Vec<&str>; 2],
) -> Result<String, Failure> {
    let mut text =
        format!("import {{ initSync }} from \"{glue}\";\n\nconst BUILD = \"{build}\";\n");
    let first = first.map(|name| format!("\"{name}\"")).unwrap_or_default();
    let [opening, linked] = needed.each_ref().map(|parts| quoted(parts));
    writeln!(text, "const PROGRAM = \"{}\";", glue.replace("./", "").replace(".js", "_bg.wasm"))?;
    writeln!(text, "const FIRST = [{first}];\nconst OPENING = [{opening}];")?;
    writeln!(text, "const LINKED = [{linked}];\nconst PARTS = {{")?;
    for (point, files) in loads {
        writeln!(text, "  {point}: [{}],", quoted(files))?;
    }
    writeln!(text, "}};\n{LOADER}")?;
    for point in loads.keys() {
        writeln!(text, "export const __wasm_split_load_{point} = loaderOf(\"{point}\");")?;
    }
    Ok(text)
}
