//! The text that embeds a run in a page: docs/embedding.md.

use super::svg::escaped;
use crate::{
    app::{Colours, EmbedForm},
    kernel::Time,
};

/// A run that is embedded, and the page that shows it.
#[derive(Clone, Copy, Debug)]
pub struct Embedded<'a> {
    /// Address of the page of Worldlines; what stands from its `?` or `#` on does not matter.
    pub page: &'a str,
    /// The part of the run's link from its `#` on.
    pub fragment: &'a str,
    /// Name of the run, as its title or protocol has it.
    pub title: &'a str,
    /// Moment that is shown, in virtual ms.
    pub now: Time,
}

/// Returns the HTML that embeds a run: the element `<world-lines>` with its script, or an `iframe`. Addresses and title are
/// escaped.
#[must_use]
pub fn snippet(run: &Embedded<'_>, form: &EmbedForm) -> String {
    snippet_with_picture(run, form, "")
}

/// Returns the same with a picture of the run (SVG) within the element: for readers without scripts, and for paper. It has no
/// empty line, which would end the HTML in a text of Markdown.
#[must_use]
pub fn snippet_with_picture(run: &Embedded<'_>, form: &EmbedForm, svg: &str) -> String {
    let title = escaped(&run.title.replace('\n', " "));
    if form.plain_frame {
        return format!(
            "<iframe src=\"{}\" width=\"100%\" height=\"{}\"\n        sandbox=\"allow-scripts\" loading=\"lazy\" title=\"{title}\"></iframe>",
            escaped(&embed_address(run, form)),
            form.height,
        );
    }
    let mut attributes = vec![("scenario", escaped(run.fragment))];
    attributes.extend(keys(run, form));
    attributes.push(("title", title));
    let attributes: String =
        attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
    let script = escaped(&format!("{}embed.js", folder(run.page)));
    format!(
        "<script type=\"module\" src=\"{script}\"></script>\n<world-lines{attributes}>{}</world-lines>",
        within(svg)
    )
}

/// Returns a picture on lines of its own, none of them empty.
fn within(svg: &str) -> String {
    let lines = svg.lines().filter(|line| !line.trim().is_empty());
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// Returns the address of a run in a frame: its link with `?embed`, and the keys of the form.
#[must_use]
pub fn embed_address(run: &Embedded<'_>, form: &EmbedForm) -> String {
    let keys: String =
        keys(run, form).iter().map(|(name, value)| format!("&{name}={value}")).collect();
    format!("{}?embed{}{keys}", folder(run.page), run.fragment)
}

/// Keys of a fragment and attributes of the element, with their values: those that differ from the usual ones, and the
/// controls, since an author may want to change them.
fn keys(run: &Embedded<'_>, form: &EmbedForm) -> Vec<(&'static str, String)> {
    let mut keys = vec![("controls", form.controls.value().to_owned())];
    if form.theme != Colours::Auto {
        keys.push(("theme", form.theme.value().to_owned()));
    }
    if form.german {
        keys.push(("lang", "de".to_owned()));
    }
    if form.from_here && run.now > 0 {
        keys.push(("start", run.now.to_string()));
    }
    if let Some(property) = form.property {
        keys.push(("property", property.replace(' ', "-")));
    }
    if form.future_hidden {
        keys.push(("future", "hidden".to_owned()));
    }
    if form.loops {
        keys.push(("loop", String::new()));
    }
    if form.plain_frame || !form.fits {
        keys.push(("height", form.height.to_string()));
    }
    keys
}

/// Returns the folder of a page, with the `/` at its end.
fn folder(page: &str) -> &str {
    let page = page.split(['?', '#']).next().unwrap_or_default();
    page.rfind('/').map_or("", |end| &page[..=end])
}
