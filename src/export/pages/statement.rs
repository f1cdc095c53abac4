//! Documents on the site itself: those of `docs/` for readers, teachers and authors, as pages.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// A document as a page.
pub(super) struct Statement {
    /// Name of its folder below `about/`.
    id: &'static str,
    /// Name of its document in `docs/`.
    file: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// Its document, in Markdown.
    text: &'static str,
}

macro_rules! document {
    ($id:literal, $file:literal, $title:literal, $description:literal) => {
        Statement {
            id: $id,
            file: $file,
            title: $title,
            description: $description,
            text: include_str!(concat!("../../../docs/", $file)),
        }
    };
}

/// All documents; those first, in the order of their links, that every page leads to.
pub(super) const STATEMENTS: [Statement; 12] = [
    document!(
        "worldlines",
        "about.md",
        "About",
        "The aim of Worldlines, its documents, its source and its licence."
    ),
    document!(
        "glossary",
        "glossary.md",
        "Glossary",
        "The words of distributed systems, as Worldlines uses them."
    ),
    document!(
        "privacy",
        "privacy.md",
        "Privacy",
        "Nothing is collected. The data that Worldlines stores, and where."
    ),
    document!(
        "accessibility",
        "accessibility.md",
        "Accessibility",
        "What Worldlines does for readers without a pointer, without sight, without colours or motion, and its known limits."
    ),
    document!(
        "browsers",
        "browsers.md",
        "Browsers",
        "The least versions of browsers that run Worldlines, and the features that they need."
    ),
    document!(
        "embedding",
        "embedding.md",
        "A run in a course site",
        "A run in another page: element, frame, options and messages."
    ),
    document!(
        "exercises",
        "exercises.md",
        "Exercises",
        "Goals, result codes, variants for each student, and grades."
    ),
    document!(
        "search",
        "search.md",
        "Break it",
        "The search for a violation, its minimisation and its explanation."
    ),
    document!(
        "order-of-events",
        "order-of-events.md",
        "Order of events",
        "The order of events that have the same time."
    ),
    document!("links", "link.md", "Links", "The format of links, which hold whole scenarios."),
    document!("scenarios", "scenario.md", "Scenarios", "The format of scenarios."),
    document!(
        "import",
        "import.md",
        "Importing runs",
        "Traces and logs of other tools that Worldlines opens."
    ),
];

/// Number of the documents that every page leads to.
const NAMED: usize = 5;

/// Returns the links to the documents that every page names, for a page with the site's folder at `root`.
pub(super) fn links(root: &str) -> String {
    let link = |it: &Statement| format!("<a href=\"{root}{}\">{}</a>", it.path(), it.title);
    STATEMENTS[..NAMED].iter().map(link).collect::<Vec<_>>().join(" · ")
}

impl Statement {
    /// Returns its folder in the site.
    pub(super) fn path(&self) -> String {
        format!("about/{}/", self.id)
    }

    /// Returns the path of its page in the site.
    pub(super) fn file(&self) -> String {
        self.path() + "index.html"
    }

    /// Returns its content, as HTML.
    pub(super) fn html(&self) -> String {
        let mut main = String::new();
        let parser = Parser::new_ext(self.text, Options::ENABLE_TABLES);
        // Links that are open, each true if it is published.
        let mut open = Vec::new();
        html::push_html(&mut main, parser.filter_map(|event| published(event, &mut open)));
        main
    }
}

/// Returns a part of a document as it is published: with links to other published documents only, and without alignments
/// of columns, which would be styles in the page.
fn published<'a>(event: Event<'a>, open: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let file = dest_url.split('#').next().unwrap_or_default();
            let document = STATEMENTS.iter().find(|it| it.file == file);
            open.push(document.is_some());
            let dest_url = format!("../{}/", document?.id).into();
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::End(TagEnd::Link) => open.pop()?.then_some(Event::End(TagEnd::Link)),
        Event::Start(Tag::Table(columns)) => {
            Some(Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()])))
        }
        other => Some(other),
    }
}
