//! `worldlines scorm`: an exercise and the page as a package for a learning system.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, Write},
    path::Path,
};

use clap::Args;
use worldlines::{
    export::{EXERCISE_FILE, MANIFEST_FILE, launched, manifest, page_files},
    formats::scenario::{goal_of, write},
    kernel::{Scenario, count_of},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::input::{about_named, decoded, named};

/// Largest number of files of a page.
const MOST_FILES: usize = 2000;
/// Largest size of a page's files together, in bytes.
const MOST_BYTES: u64 = 64 << 20;
/// Level of compression: the page is packed once and fetched often.
const LEVEL: i64 = 9;
/// File of a page that is in parts.
const PARTS: &str = "parts.js";
/// Files beside the page that belong into the package, where they are.
const BESIDE: [&str; 1] = ["third-party-licences.txt"];
/// The command that makes a page in one part.
const WHOLE: &str = "the page in one part, which `cargo xtask dist --whole DIR` makes";

/// Arguments of `scorm`.
#[derive(Args)]
pub(crate) struct ScormArgs {
    /// The exercise: a scenario's file with a goal, or its link.
    #[arg(value_name = "EXERCISE")]
    source: String,
    /// Folder of the page in one part.
    #[arg(long, value_name = "DIR")]
    page: String,
    /// The package.
    #[arg(short, long = "out", value_name = "ZIP")]
    out: String,
}

/// A file of the package.
struct Packed {
    name: String,
    content: Vec<u8>,
}

impl ScormArgs {
    /// Writes the package and returns a line about it.
    pub(crate) fn execute(self) -> Result<String, String> {
        let exercise = decoded(&self.source)?.scenario;
        if goal_of(&exercise).is_none() {
            return Err(about_named(&self.source, "found no goal, expected an exercise"));
        }
        let files = package(&exercise, Path::new(&self.page))?;
        let failed = |why: io::Error| format!("{}: {why}", named(&self.out));
        let mut packed = io::Cursor::new(Vec::new());
        zip(&files, &mut packed).map_err(|why| failed(why.into()))?;
        let packed = packed.into_inner();
        let mut out = BufWriter::new(File::create(&self.out).map_err(failed)?);
        out.write_all(&packed).and_then(|()| out.flush()).map_err(failed)?;
        Ok(format!(
            "{}: {}, {} bytes\n",
            named(&self.out),
            count_of(files.len(), "file"),
            packed.len()
        ))
    }
}

/// Returns the files of the package: the manifest, the exercise and the page.
fn package(exercise: &Scenario, page: &Path) -> Result<Vec<Packed>, String> {
    let about = |path: &Path, why: &str| format!("{}: {why}", named(&path.to_string_lossy()));
    let index = page.join("index.html");
    let html = match fs::read_to_string(&index) {
        Ok(html) => html,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            return Err(about(page, &format!("found no index.html, expected {WHOLE}")));
        }
        Err(why) => return Err(about(&index, &why.to_string())),
    };
    let Some(folder) = page_files(&html) else {
        return Err(about(&index, &format!("found another page, expected {WHOLE}")));
    };
    let within = page.join(folder);
    if !within.join("start.js").is_file() {
        return Err(about(&within, &format!("found no start.js, expected the files of {WHOLE}")));
    }
    if within.join(PARTS).is_file() {
        return Err(about(page, &format!("found the page in parts, expected {WHOLE}")));
    }
    let mut names = Vec::new();
    list(page, folder, &mut names)?;
    names.extend(BESIDE.iter().filter(|name| page.join(name).is_file()).map(|it| (*it).to_owned()));
    names.retain(|name| name != "index.html" && name != EXERCISE_FILE && name != MANIFEST_FILE);
    names.sort();
    names.dedup();
    let launched = launched(&html, exercise).map_err(|problem| problem.to_string())?;
    let mut files = vec![
        Packed { name: EXERCISE_FILE.to_owned(), content: write(exercise).into_bytes() },
        Packed { name: "index.html".to_owned(), content: launched.into_bytes() },
    ];
    let mut total = 0;
    for name in names {
        let path = page.join(&name);
        let size = fs::metadata(&path).map_err(|why| about(&path, &why.to_string()))?.len();
        total += size;
        if total > MOST_BYTES {
            let why = format!("found more than {MOST_BYTES} bytes, expected {WHOLE}");
            return Err(about(page, &why));
        }
        let content = fs::read(&path).map_err(|why| about(&path, &why.to_string()))?;
        files.push(Packed { name, content });
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let manifest = manifest(exercise, &names).into_bytes();
    files.insert(0, Packed { name: MANIFEST_FILE.to_owned(), content: manifest });
    Ok(files)
}

/// Lists the files in a folder of the page and in those inside it, by their paths from the page. Links and compressed
/// copies, which a server sends in place of the originals, are left out.
fn list(page: &Path, folder: &str, names: &mut Vec<String>) -> Result<(), String> {
    let path = page.join(folder);
    let failed = |why: io::Error| format!("{}: {why}", named(&path.to_string_lossy()));
    for entry in fs::read_dir(&path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(format!(
                "{}: found a name that is no UTF-8",
                named(&path.to_string_lossy())
            ));
        };
        let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        let is_copy = name.ends_with(".br") || name.ends_with(".gz");
        if kind.is_dir() {
            list(page, &name, names)?;
        } else if kind.is_file() && !is_copy {
            names.push(name);
        }
        if names.len() > MOST_FILES {
            let why = format!("found more than {MOST_FILES} files, expected {WHOLE}");
            return Err(format!("{}: {why}", named(&page.to_string_lossy())));
        }
    }
    Ok(())
}

/// Writes the files as an archive. The same files give the same bytes.
fn zip(files: &[Packed], out: &mut (impl Write + Seek)) -> zip::result::ZipResult<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(out);
    for file in files {
        archive.start_file(file.name.as_str(), options)?;
        archive.write_all(&file.content)?;
    }
    archive.finish()?;
    Ok(())
}
