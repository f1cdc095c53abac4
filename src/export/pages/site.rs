//! The site: its pages of protocols, and the pages of examples in it.

use std::iter;

use super::{
    document::{Document, ICON_FILE, Place, STYLE_FILE, escaped_text},
    example,
    file::{Content, SiteFile, link_to, path_of},
    statement::{STATEMENTS, Statement},
};
use crate::{
    export::{Theme, svg::tokens},
    formats::{
        Problem,
        bundled::{self, Bundled},
    },
    kernel::{Kind, Protocol},
    protocols::{self, FAMILIES, Family},
};

/// Style sheet of all pages, behind the playground's tokens of colours.
const STYLE: &str = include_str!("pages.css");
/// The playground's icon: without one of their own, browsers ask the root of the host.
const ICON: &str = include_str!("../../../static/icon.svg");

/// The site of permanent addresses, `p/` beside the playground.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site<'a> {
    /// Address of the playground, which ends with `/`. Where it is known, the pages also have the absolute addresses that search
    /// engines and cards ask for.
    pub base: Option<&'a str>,
}

impl Site<'_> {
    /// Returns the files that belong to no single example: the catalogue, a page for each protocol, the statements, the style sheet, the icon, and a
    /// map of the site where its address is known.
    #[must_use]
    pub fn common(&self) -> Vec<SiteFile> {
        let text = |path: &str, text: String| SiteFile {
            path: path.to_owned(),
            content: Content::Text(text),
        };
        let mut files = vec![
            text(STYLE_FILE, tokens(Theme::Auto) + STYLE),
            text(ICON_FILE, ICON.to_owned()),
            text("index.html", self.catalogue()),
        ];
        for (family, protocol) in protocols::catalogue() {
            let path = format!("{}/index.html", protocol.id);
            files.push(text(&path, self.protocol(family, protocol)));
        }
        files.extend(STATEMENTS.iter().map(|it| text(&it.file(), self.statement(it))));
        files.extend(self.map().map(|map| text("sitemap.xml", map)));
        files
    }

    /// Returns the files of a bundled scenario's page: the page, its picture in light and in dark, and its card. It runs the
    /// scenario.
    ///
    /// # Errors
    /// If the scenario has a mistake; a test reads them all.
    pub fn example(&self, bundled: &Bundled) -> Result<Vec<SiteFile>, Problem> {
        let run = bundled.outcome()?;
        run.find_causes();
        Ok(example::files(self.base, bundled, &run))
    }

    /// Returns the page of all protocols.
    fn catalogue(&self) -> String {
        let mut main = String::from(
            "<h1>Protocols</h1>\n\
             <p>Worldlines runs distributed protocols as simulated nodes and draws each run as a space-time diagram. Every example \
             opens in the playground, where any message can be dropped and any node can crash.</p>\n\
             <p><a class=\"open\" href=\"../\">Open the playground</a></p>\n",
        );
        for family in FAMILIES {
            main += &format!("<h2 id=\"{}\">{}</h2>\n<ul>\n", family.id, escaped_text(family.name));
            for protocol in family.protocols.iter().filter_map(|entry| protocols::find(entry.id)) {
                main += &format!(
                    "<li><a href=\"{}/\">{}</a>: {}</li>\n",
                    protocol.id,
                    escaped_text(protocol.name),
                    escaped_text(protocol.summary)
                );
            }
            main += "</ul>\n";
        }
        let document = Document {
            path: "",
            title: "Protocols",
            description: "Distributed protocols as runs that a reader can break: broadcast, order, mutual exclusion, election, \
                          consensus, commit, replication, clocks.",
            places: &[Place { name: "Protocols", href: None }],
            card: None,
            main: &main,
        };
        document.html(self.base)
    }

    /// Returns the page of a protocol.
    fn protocol(&self, family: &Family, protocol: &Protocol) -> String {
        let mut main = format!(
            "<h1>{}</h1>\n<p>{}</p>\n",
            escaped_text(protocol.name),
            escaped_text(protocol.summary)
        );
        main += "<h2>Examples</h2>\n<ul>\n";
        for bundled in bundled::of_protocol(protocol.id) {
            main += &format!("<li>{}</li>\n", link_to(bundled, ""));
        }
        main += "</ul>\n<h2>Properties</h2>\n<dl>\n";
        for (property, promised) in protocol.properties() {
            let kind = match property.kind {
                Kind::Safety => "safety",
                Kind::Liveness => "liveness",
            };
            let promised = if promised { "promised" } else { "beyond the promise" };
            main += &format!(
                "<dt>{} <span class=\"soft\">({kind}, {promised})</span></dt>\n<dd>{}</dd>\n",
                escaped_text(property.name),
                escaped_text(property.statement)
            );
        }
        main += "</dl>\n";
        let rules: Vec<String> =
            protocol.assumptions().map(|assumption| assumption.statement()).collect();
        if !rules.is_empty() {
            main += "<h2>Assumptions</h2>\n<ul>\n";
            main.extend(rules.iter().map(|rule| format!("<li>{}</li>\n", escaped_text(rule))));
            main += "</ul>\n";
        }
        if !protocol.breaks.is_empty() {
            main += "<h2>Ways to break it</h2>\n<ul>\n";
            main.extend(protocol.breaks.iter().map(|way| {
                format!("<li><a href=\"{}/\">{}</a></li>\n", way.scenario, escaped_text(way.when))
            }));
            main += "</ul>\n";
        }
        main += &format!("<h2>Source</h2>\n<p>{}</p>\n", escaped_text(protocol.source));
        let best = bundled::best_of(protocol);
        let card = best.map(|best| format!("{}/{}", best.name, example::CARD));
        let document = Document {
            path: &format!("{}/", protocol.id),
            title: protocol.name,
            description: protocol.summary,
            places: &[
                Place { name: "Protocols", href: Some("../") },
                Place { name: family.name, href: Some(&format!("../#{}", family.id)) },
                Place { name: protocol.name, href: None },
            ],
            card: card.as_deref(),
            main: &main,
        };
        document.html(self.base)
    }

    /// Returns the page of a statement.
    fn statement(&self, statement: &Statement) -> String {
        let document = Document {
            path: &statement.path(),
            title: statement.title,
            description: statement.description,
            places: &[
                Place { name: "Protocols", href: Some("../../") },
                Place { name: statement.title, href: None },
            ],
            card: None,
            main: &statement.html(),
        };
        document.html(self.base)
    }

    /// Returns the map of the site, for search engines; none if its address is unknown.
    fn map(&self) -> Option<String> {
        let base = self.base?;
        let protocols = protocols::catalogue().map(|(_, protocol)| format!("{}/", protocol.id));
        let examples = bundled::bundled().into_iter().map(path_of);
        let statements = STATEMENTS.iter().map(Statement::path);
        let paths = iter::once(String::new()).chain(protocols).chain(examples).chain(statements);
        let entries: String = paths
            .map(|path| {
                format!("<url><loc>{}</loc></url>\n", escaped_text(&format!("{base}p/{path}")))
            })
            .collect();
        Some(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</urlset>\n"
        ))
    }
}
