//! Sizes of the page's files, as they are and as a server sends them.

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

/// Compresses each file whose path it reads, and prints the three sizes: Node has both compressors.
const SCRIPT: &str = "\
const { readFileSync } = require('fs'), { brotliCompressSync, gzipSync } = require('zlib');
for (const path of process.argv.slice(1)) {
  const raw = readFileSync(path);
  console.log(raw.length, gzipSync(raw, { level: 9 }).length, brotliCompressSync(raw).length);
}";

/// Measures the page and the files of one build.
///
/// # Errors
/// If a file cannot be read, or Node fails.
pub(crate) fn measure(dist: &Path, build: &str) -> Result<Vec<Bytes>, String> {
    let folder = dist.join(build);
    let mut names = vec!["index.html".to_owned()];
    let mut node = Program::new("node").arg("--eval").arg(SCRIPT).arg(dist.join("index.html"));
    for name in bundle::names(&folder, "")? {
        node = node.arg(folder.join(&name));
        names.push(name);
    }
    let answer = node.answer().ok_or("Node could not compress the page's files")?;
    let mut all: Vec<Bytes> = Vec::new();
    for (name, line) in names.iter().zip(answer.lines()) {
        let numbers: Option<Vec<u64>> = line.split(' ').map(|it| it.parse().ok()).collect();
        let Some([raw, gzip, brotli]) = numbers.as_deref() else {
            return Err(format!("Node printed `{line}`"));
        };
        let (raw, gzip, brotli) = (*raw, *gzip, *brotli);
        let name = name.split_once('/').map_or(name.clone(), |(folder, _)| format!("{folder}/"));
        match all.iter_mut().find(|it| it.name == name) {
            Some(folder) => {
                folder.raw += raw;
                folder.gzip += gzip;
                folder.brotli += brotli;
            }
            None => all.push(Bytes { name, raw, gzip, brotli }),
        }
    }
    if names.len() != answer.lines().count() {
        return Err("Node did not measure every file".to_owned());
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
    fn a_table_has_a_row_for_each_file_and_one_for_the_sum() {
        let file = |name: &str, raw| Bytes { name: name.into(), raw, gzip: 2, brotli: 1 };
        let table = table(&[file("a.js", 10), file("b.wasm", 5)]);
        assert_eq!(table.lines().count(), 5, "{table}");
        assert!(table.ends_with("| all    |        15 |         4 |         2 |\n"), "{table}");
    }
}
