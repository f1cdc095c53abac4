//! Sizes of the page's files, as they are and as a server sends them.

use std::fs;
use std::path::Path;

use crate::bundle;
use crate::process::Program;

/// Sizes of a file.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    /// Its name; a folder of many files counts as one.
    pub(crate) name: String,
    /// Bytes of the file.
    pub(crate) raw: u64,
    /// Bytes in gzip, at its best.
    pub(crate) gzip: u64,
    /// Bytes in brotli, at its best.
    pub(crate) brotli: u64,
}

/// Endings of files that a host sends compressed: text and programs.
const COMPRESSED: [&str; 9] =
    [".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"];

/// Reads names of files, one a line, and writes each compressed beside itself, in brotli and in gzip at their best, where
/// that is smaller. The compressors work on other threads, so several files at once. Prints the number of files, and
/// their bytes as they are, in gzip and in brotli.
const COMPRESS: &str = "\
const { readFileSync, writeFileSync } = require('fs'), { brotliCompress, gzip } = require('zlib');
const { promisify } = require('util');
const forms = [['.gz', promisify(gzip), { level: 9 }], ['.br', promisify(brotliCompress), {}]];
const paths = readFileSync(process.argv[1], 'utf8').split('\\n').filter(Boolean);
const sums = [paths.length, 0, 0, 0];
const work = async () => {
  for (let path = paths.pop(); path; path = paths.pop()) {
    const raw = readFileSync(path);
    sums[1] += raw.length;
    for (const [place, [ending, compress, options]] of forms.entries()) {
      const made = await compress(raw, options);
      if (made.length < raw.length) writeFileSync(path + ending, made);
      sums[2 + place] += Math.min(made.length, raw.length);
    }
  }
};
Promise.all(Array.from({ length: 4 }, work)).then(() => console.log(sums.join(' ')));";

/// Writes each file of the page that a host sends compressed also as `.br` and `.gz` beside it, for hosts that send such
/// files as they are. Files of earlier builds have theirs. Returns a line about them.
///
/// # Errors
/// If a file cannot be read or written, or Node fails.
pub(crate) fn compress(dist: &Path) -> Result<String, String> {
    let names = bundle::names(dist, "")?;
    let is_new = |name: &&String| {
        COMPRESSED.iter().any(|ending| name.ends_with(ending))
            && !names.contains(&format!("{name}.br"))
    };
    let paths: Vec<String> = names
        .iter()
        .filter(is_new)
        .map(|name| dist.join(name).to_string_lossy().into_owned())
        .collect();
    let list = dist.with_extension("list");
    fs::write(&list, paths.join("\n")).map_err(|why| format!("{}: {why}", list.display()))?;
    let answer = Program::new("node").arg("--eval").arg(COMPRESS).arg(&list).answer();
    fs::remove_file(&list).map_err(|why| format!("{}: {why}", list.display()))?;
    let answer = answer.ok_or("Node could not compress the page's files")?;
    let [files, raw, gzip, brotli] = answer.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("Node printed `{answer}`"));
    };
    Ok(format!(
        "{files} files to publish, {raw} bytes; compressed copies are beside them, in gzip ({gzip} bytes) and in brotli \
         ({brotli} bytes)\n"
    ))
}

/// Measures the page and the files of one build, once [`compress`] has compressed them: a file without a compressed copy is
/// sent as it is.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn measure(dist: &Path, build: &str) -> Result<Vec<Bytes>, String> {
    let folder = dist.join(build);
    let is_copy = |name: &String| name.ends_with(".br") || name.ends_with(".gz");
    let names = bundle::names(&folder, "")?;
    let files = names.iter().filter(|name| !is_copy(name));
    let files = files.map(|name| (name.as_str(), folder.join(name)));
    let mut all: Vec<Bytes> = Vec::new();
    for (name, path) in [("index.html", dist.join("index.html"))].into_iter().chain(files) {
        let size = |path: &Path| fs::metadata(path).map(|it| it.len());
        let raw = size(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let copy = |ending: &str| {
            let mut copy = path.clone().into_os_string();
            copy.push(ending);
            size(Path::new(&copy)).unwrap_or(raw)
        };
        let (gzip, brotli) = (copy(".gz"), copy(".br"));
        let name = name.split_once('/').map_or(name.to_owned(), |(folder, _)| format!("{folder}/"));
        match all.iter_mut().find(|it| it.name == name) {
            Some(folder) => {
                folder.raw += raw;
                folder.gzip += gzip;
                folder.brotli += brotli;
            }
            None => all.push(Bytes { name, raw, gzip, brotli }),
        }
    }
    Ok(all)
}

/// Returns the sizes as a table in Markdown, with their sums.
pub(crate) fn table(all: &[Bytes]) -> String {
    let sum = |of: fn(&Bytes) -> u64| all.iter().map(of).sum::<u64>();
    let total = Bytes {
        name: "all".to_owned(),
        raw: sum(|it| it.raw),
        gzip: sum(|it| it.gzip),
        brotli: sum(|it| it.brotli),
    };
    let width = all.iter().map(|it| it.name.len()).max().unwrap_or_default().max(4);
    let row = |it: &Bytes| {
        format!("| {:<width$} | {:>9} | {:>9} | {:>9} |\n", it.name, it.raw, it.gzip, it.brotli)
    };
    let mut table = format!("| {:<width$} |       raw |      gzip |    brotli |\n", "file");
    table.push_str(&format!("|{}|----------:|----------:|----------:|\n", "-".repeat(width + 2)));
    table.extend(all.iter().chain([&total]).map(row));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_compressed_copies_beside_it_and_pictures_have_none() {
        let root = std::env::temp_dir().join(format!("worldlines-bytes-{}", std::process::id()));
        let dist = root.join("dist");
        bundle::anew(&dist.join("p")).expect("a folder");
        let long = "again and ".repeat(1000);
        for (name, content) in [
            ("a.js", &*long),
            ("p/b.html", &long),
            ("c.png", &long),
            ("d.txt", "x"),
            ("index.html", &long[1..]),
        ] {
            fs::write(dist.join(name), content).expect("a file");
        }
        let line = compress(&dist).expect("Node is there");
        assert!(line.starts_with("4 files to publish, 30000 bytes"), "{line}");
        let names = bundle::names(&dist, "").expect("a folder");
        let expected = [
            "a.js",
            "a.js.br",
            "a.js.gz",
            "c.png",
            "d.txt",
            "index.html",
            "index.html.br",
            "index.html.gz",
            "p/b.html",
            "p/b.html.br",
            "p/b.html.gz",
        ];
        assert_eq!(names, expected);
        let measured = measure(&dist, "p").expect("they are compressed");
        let sizes: Vec<_> = measured.iter().map(|it| (it.name.as_str(), it.raw)).collect();
        assert_eq!(sizes, [("index.html", 9_999), ("b.html", 10_000)]);
        let size = |name: &str| fs::metadata(dist.join(name)).expect("a file").len();
        assert_eq!(
            (measured[1].gzip, measured[1].brotli),
            (size("p/b.html.gz"), size("p/b.html.br"))
        );
        // A file of an earlier build is left as it is.
        assert!(compress(&dist).expect("Node is there").starts_with("1 files"));
        fs::remove_dir_all(&root).expect("it is removed");
    }

    #[test]
    fn a_table_has_a_row_for_each_file_and_one_for_the_sum() {
        let file = |name: &str, raw| Bytes { name: name.into(), raw, gzip: 2, brotli: 1 };
        let table = table(&[file("a.js", 10), file("b.wasm", 5)]);
        assert_eq!(table.lines().count(), 5, "{table}");
        assert!(table.ends_with("| all    |        15 |         4 |         2 |\n"), "{table}");
    }
}
