//! Puts the opening page, drawn, into the page's HTML: the build of the page calls it (`cargo xtask first-picture`).

use std::{env, error::Error, fs};

/// Where it goes in `www/index.html`.
const PLACE: &str = "<!-- first picture -->";

fn main() -> Result<(), Box<dyn Error>> {
    let index = env::args_os().nth(1).ok_or("usage: first-picture INDEX.HTML")?;
    let page = fs::read_to_string(&index)?;
    if !page.contains(PLACE) {
        return Err(format!("{} has no place for the first picture", index.display()).into());
    }
    // Nothing in it can be used before the program is there.
    let first = format!("<div class=\"first\" inert>{}</div>", worldlines::ui::first_picture());
    fs::write(&index, page.replacen(PLACE, &first, 1))?;
    Ok(())
}
