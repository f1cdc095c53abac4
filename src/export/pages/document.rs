//! The frame of a page of the site: head, landmarks, place in the site.

use super::{card, statement};
use crate::{
    export::{LICENCE, svg::escaped},
    kernel::visible,
};

/// Name of the style sheet.
pub(super) const STYLE_FILE: &str = "pages.css";
/// Name of the icon.
pub(super) const ICON_FILE: &str = "icon.svg";
/// Longest description in the head, in characters: search engines and cards cut longer ones.
const LONGEST: usize = 200;

/// A place above a page, or the page itself, which has no link.
pub(super) struct Place<'a> {
    /// Name of the place.
    pub(super) name: &'a str,
    /// Relative link to it.
    pub(super) href: Option<&'a str>,
}

/// A page of the site.
pub(super) struct Document<'a> {
    /// Its folder in the site: empty, or with `/` at its end.
    pub(super) path: &'a str,
    /// Its title.
    pub(super) title: &'a str,
    /// Its content in a sentence or two.
    pub(super) description: &'a str,
    /// The places from the site's root to this page.
    pub(super) places: &'a [Place<'a>],
    /// Relative address of its card, a PNG.
    pub(super) card: Option<&'a str>,
    /// Its content, as HTML.
    pub(super) main: &'a str,
}

/// Returns a text for HTML, with characters that are invisible or change the order of others as their code points.
pub(super) fn escaped_text(text: &str) -> String {
    escaped(&visible(text))
}

/// Returns the beginning of a text, up to a space, with an ellipsis if it was cut.
fn shortened(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.truncate(line.rfind(' ').unwrap_or(end));
        line.push('…');
    }
    line
}

impl Document<'_> {
    /// Returns the page; `base` is the address of the playground, if it is known.
    pub(super) fn html(&self, base: Option<&str>) -> String {
        // As many folders up as the path has.
        let root = "../".repeat(self.path.matches('/').count());
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n{}</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">Skip to the content</a>\n\
             <header>\n<p><a href=\"{root}../\">Worldlines</a></p>\n{}</header>\n\
             <main id=\"main\">\n{}</main>\n\
             <footer>\n<p>Worldlines · texts and pictures: <a rel=\"license\" href=\"{LICENCE}\">CC BY 4.0</a></p>\n\
             <p>{}</p>\n</footer>\n\
             </body>\n</html>\n",
            self.head(base, &root),
            self.navigation(),
            self.main,
            statement::links(&root)
        )
    }

    fn head(&self, base: Option<&str>, root: &str) -> String {
        let title = escaped_text(self.title);
        let description = escaped_text(&shortened(self.description));
        // If the site's address is unknown, addresses are relative; most programs resolve them.
        let absolute = |path: &str| match base {
            Some(base) => escaped(&format!("{base}p/{}{path}", self.path)),
            None if path.is_empty() => "./".to_owned(),
            None => escaped(path),
        };
        let mut head = format!(
            "<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n\
             <title>{title} · Worldlines</title>\n\
             <meta name=\"description\" content=\"{description}\"/>\n\
             <link rel=\"canonical\" href=\"{}\"/>\n\
             <link rel=\"icon\" type=\"image/svg+xml\" href=\"{root}{ICON_FILE}\"/>\n\
             <link rel=\"stylesheet\" href=\"{root}{STYLE_FILE}\"/>\n",
            absolute("")
        );
        let mut property = |name: &str, content: &str| {
            head += &format!("<meta property=\"{name}\" content=\"{content}\"/>\n");
        };
        property("og:site_name", "Worldlines");
        property("og:type", if self.card.is_some() { "article" } else { "website" });
        property("og:title", &title);
        property("og:description", &description);
        property("og:url", &absolute(""));
        let Some(card) = self.card else {
            return head + "<meta name=\"twitter:card\" content=\"summary\"/>\n";
        };
        property("og:image", &absolute(card));
        property("og:image:type", "image/png");
        property("og:image:width", &card::WIDTH.to_string());
        property("og:image:height", &card::HEIGHT.to_string());
        property("og:image:alt", &format!("Space-time diagram: {title}"));
        head + "<meta name=\"twitter:card\" content=\"summary_large_image\"/>\n"
    }

    fn navigation(&self) -> String {
        let items: String = self
            .places
            .iter()
            .map(|place| {
                let name = escaped_text(place.name);
                match place.href {
                    Some(href) => format!("<li><a href=\"{href}\">{name}</a></li>\n"),
                    None => format!("<li aria-current=\"page\">{name}</li>\n"),
                }
            })
            .collect();
        format!("<nav aria-label=\"Place in the site\">\n<ol>\n{items}</ol>\n</nav>\n")
    }
}
