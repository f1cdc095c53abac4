//! `worldlines pages`: the static pages of the permanent addresses, in a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use clap::Args;
use worldlines::{
    export::{Content, Site, SiteFile},
    formats::{
        bundled::{self, Bundled},
        catalogue,
    },
    kernel::count_of,
};

use crate::{input::named, pixels, usage::address};

/// Arguments of `pages`.
#[derive(Args)]
pub(crate) struct PagesArgs {
    /// Folder for the pages: a new or an empty one, `p` beside the page's index.html.
    #[arg(value_name = "OUT")]
    out: String,
    /// Address of the playground, for cards and search engines, which ask for absolute addresses.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    base: Option<String>,
    /// Write the examples of one protocol only, to look at them.
    #[arg(long, value_name = "PROTOCOL")]
    only: Option<String>,
}

/// Numbers and sizes of what was written.
#[derive(Clone, Copy, Default)]
struct Written {
    files: usize,
    bytes: usize,
}

impl PagesArgs {
    /// Writes the pages and returns a line about them.
    pub(crate) fn execute(self) -> Result<String, String> {
        let only = self.only.as_deref().map(|id| catalogue::find("--only", id));
        let only = only.transpose().map_err(|why| why.to_string())?;
        let site = Site { base: self.base.as_deref() };
        let out = PathBuf::from(&self.out);
        // The pages would go into the current folder.
        let is_free = match fs::read_dir(&out) {
            Ok(mut entries) => entries.next().is_none(),
            Err(why) => why.kind() == io::ErrorKind::NotFound && !self.out.is_empty(),
        };
        if !is_free {
            return Err(format!("{}: expected a new or an empty folder", named(&self.out)));
        }
        let mut written = write(&site.common(), &out)?;
        let mut examples = bundled::bundled();
        examples.retain(|it| only.is_none_or(|only| it.protocol == only.id));
        for part in in_parallel(site, &examples, &out) {
            let part = part?;
            written.files += part.files;
            written.bytes += part.bytes;
        }
        Ok(format!(
            "{}: {}, {}, {} bytes\n",
            named(&self.out),
            count_of(examples.len(), "example"),
            count_of(written.files, "file"),
            written.bytes
        ))
    }
}

/// Writes the pages of all examples, on each processor some of them.
fn in_parallel(
    site: Site<'_>,
    examples: &[&'static Bundled],
    out: &Path,
) -> Vec<Result<Written, String>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut written = Written::default();
        while let Some(example) = examples.get(next.fetch_add(1, Ordering::Relaxed)) {
            let files =
                site.example(example).map_err(|why| format!("{}: {why}", example.path()))?;
            let part = write(&files, out)?;
            written.files += part.files;
            written.bytes += part.bytes;
        }
        Ok(written)
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ended = started.into_iter().map(|it| it.join());
        ended.map(|it| it.unwrap_or_else(|_| Err("a thread panicked".to_owned()))).collect()
    })
}

fn write(files: &[SiteFile], out: &Path) -> Result<Written, String> {
    let mut written = Written::default();
    for file in files {
        let path = out.join(&file.path);
        let failed = |why: io::Error| format!("{}: {why}", named(&path.to_string_lossy()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let drawn;
        let bytes = match &file.content {
            Content::Text(text) => text.as_bytes(),
            Content::Card(picture) => {
                drawn = pixels::of_svg(picture).map_err(|why| format!("{}: {why}", file.path))?;
                &drawn
            }
        };
        fs::write(&path, bytes).map_err(failed)?;
        written.files += 1;
        written.bytes += bytes.len();
    }
    Ok(written)
}
