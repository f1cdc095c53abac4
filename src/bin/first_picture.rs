//! Draws the opening page into the page's HTML, and writes the catalogue beside it: the build of the page calls it (`cargo
//! xtask first-picture`).

use std::{env, error::Error, fs, path::Path};

/// Mark in `www/index.html` that the picture replaces.
const PLACE: &str = "<!-- first picture -->";

fn main() -> Result<(), Box<dyn Error>> {
    let index = env::args_os().nth(1).ok_or("usage: first-picture INDEX.HTML")?;
    let page = fs::read_to_string(&index)?;
    if !page.contains(PLACE) || !page.contains("</head>") {
        return Err(format!("{} has no place for the first picture", index.display()).into());
    }
    let (picture, styles) = worldlines::ui::first_picture();
    // Nothing in it can be used before the program has started.
    let first = format!("<div class=\"first\" inert>{picture}</div>");
    // The name contains a hash of the content, so that a browser never uses an outdated file.
    let hash = styles.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let sheet = format!("first-{hash:016x}.css");
    let link = format!("<link rel=\"stylesheet\" href=\"./{sheet}\" /></head>");
    let page = page.replacen(PLACE, &first, 1).replacen("</head>", &link, 1);
    let folder = Path::new(&index).parent().unwrap_or(Path::new("."));
    fs::write(folder.join(sheet), styles)?;
    fs::write(&index, page)?;
    fs::write(folder.join("gallery.json"), worldlines::export::gallery()?)?;
    Ok(())
}
