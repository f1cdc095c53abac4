//! `source-index FOLDER`: writes an index for every protocol and every abstraction into the folder.

use std::{env, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("source-index: {why}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<(), String> {
    let folder = env::args_os().nth(1).ok_or("expected the folder to write into")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
    for (name, index) in source_index::all(&source)? {
        let file = Path::new(&folder).join(format!("{name}.json"));
        let text = serde_json::to_string(&index).map_err(|why| format!("{name}: {why}"))?;
        let parent = file.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&file, text));
        written.map_err(|why| format!("{}: {why}", file.display()))?;
    }
    Ok(())
}
