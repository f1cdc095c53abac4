//! `pages`: the static pages in a folder.

use std::{env, fs, path::PathBuf};

use png::Decoder;
use worldlines::formats::bundled;

use crate::common::command_line::{file, printed, refused};

#[test]
fn pages_are_written_with_their_cards() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    if out.exists() {
        fs::remove_dir_all(&out).expect("the last run's pages can be removed");
    }
    let path = out.to_str().expect("it is UTF-8");
    let line = printed(
        &["pages", path, "--base", "https://example.org/w", "--only", "best-effort-broadcast"],
        "",
    );
    let count = bundled::of_protocol("best-effort-broadcast").count();
    assert!(line.contains(&format!("{count} examples")), "{line}");
    for bundled in bundled::of_protocol("best-effort-broadcast") {
        let folder = out.join(bundled.protocol).join(bundled.name);
        let card = fs::File::open(folder.join("card.png")).expect("a card");
        let card = Decoder::new(std::io::BufReader::new(card)).read_info().expect("it is a PNG");
        assert_eq!(card.info().size(), (1200, 630), "{}", bundled.path());
        let page = fs::read_to_string(folder.join("index.html")).expect("a page");
        assert!(page.contains("\"https://example.org/w/p/"), "{}", bundled.path());
    }
    assert!(
        out.join("paxos").join("index.html").is_file()
            && !out.join("paxos/duelling-proposers").exists()
    );
    assert!(out.join("sitemap.xml").is_file() && out.join("pages.css").is_file());
    // They are not written over.
    assert!(refused(&["pages", path], "").contains("expected a new or an empty folder"));
}

#[test]
fn pages_without_a_folder_or_with_a_wrong_address_are_refused() {
    let taken = file("pages-are-no-file", "");
    assert!(refused(&["pages", &taken], "").contains("expected a new or an empty folder"));
    let line = refused(&["pages", "no-such-folder", "--only", "paxo"], "");
    assert!(line.contains("--only: found \"paxo\"") && line.contains("\"paxos\""), "{line}");
}
