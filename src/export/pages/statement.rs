//! Statements on the site itself (privacy, accessibility, browsers): the documents of `docs/` as pages.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// A statement.
pub(super) struct Statement {
    /// Name of its folder below `about/`, and of its document in `docs/`.
    id: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// Its document, in Markdown.
    text: &'static str,
}

/// All statements, in the order of their links.
pub(super) const STATEMENTS: [Statement; 3] = [
    Statement {
        id: "privacy",
        title: "Privacy",
        description: "Nothing is collected. The data that Worldlines stores, and where.",
        text: include_str!("../../../docs/privacy.md"),
    },
    Statement {
        id: "accessibility",
        title: "Accessibility",
        description: "What Worldlines does for readers without a pointer, without sight, without colours or motion, and its known limits.",
        text: include_str!("../../../docs/accessibility.md"),
    },
    Statement {
        id: "browsers",
        title: "Browsers",
        description: "The least versions of browsers that run Worldlines, and the features that they need.",
        text: include_str!("../../../docs/browsers.md"),
    },
];

/// Returns the links to all statements, for a page with the site's folder at `root`.
pub(super) fn links(root: &str) -> String {
    let link = |it: &Statement| format!("<a href=\"{root}{}\">{}</a>", it.path(), it.title);
    STATEMENTS.iter().map(link).collect::<Vec<_>>().join(" · ")
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
        html::push_html(&mut main, parser.filter_map(published));
        main
    }
}

/// Returns a part of a document as it is published: without links to other documents, which are not, and without alignments
/// of columns, which would be styles in the page.
fn published(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) => None,
        Event::Start(Tag::Table(columns)) => {
            Some(Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()])))
        }
        other => Some(other),
    }
}
