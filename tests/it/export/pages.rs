//! The pages of the permanent addresses, read by an XML parser that knows nothing of how they were written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use roxmltree::{Document, Node, ParsingOptions};
use worldlines::{
    export::{Content, Site, SiteFile, words},
    formats::{bundled, link},
    protocols,
};

/// Documents that every page of the site names, by the names of their folders.
const STATEMENTS: [&str; 5] = ["worldlines", "glossary", "privacy", "accessibility", "browsers"];
/// The others, which the first leads to.
const DOCUMENTS: [&str; 7] =
    ["embedding", "exercises", "search", "order-of-events", "links", "scenarios", "import"];

/// All files of the site, by their paths; those of SVG in place of the cards.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| files(Site::default()));

fn files(site: Site<'_>) -> BTreeMap<String, String> {
    let examples = bundled::bundled();
    let examples = examples.iter().flat_map(|it| site.example(it).expect("it runs"));
    let all = site.common().into_iter().chain(examples);
    let file = |SiteFile { path, content }| match content {
        Content::Text(text) | Content::Card(text) => (path, text),
    };
    let files: Vec<_> = all.map(file).collect();
    let by_path: BTreeMap<_, _> = files.iter().cloned().collect();
    assert_eq!(by_path.len(), files.len(), "each file has its own path");
    by_path
}

fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let pages = FILES.iter().filter(|(path, _)| path.ends_with(".html"));
    pages.map(|(path, text)| (path.as_str(), text.as_str()))
}

fn parsed(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

fn elements<'a, 'b>(page: &'a Document<'b>, name: &'a str) -> Vec<Node<'a, 'b>> {
    page.descendants().filter(|node| node.tag_name().name() == name).collect()
}

/// All text in an element.
fn text_of(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|it| it.text()).collect()
}

/// The file to which a relative address leads, without its fragment; none if it leads out of the site.
fn target(from: &str, address: &str) -> Option<String> {
    let mut place: Vec<&str> = from.split('/').collect();
    place.pop();
    let address = address.split('#').next().unwrap_or_default();
    for step in address.split('/') {
        match step {
            ".." => drop(place.pop()?),
            "." | "" => {}
            step => place.push(step),
        }
    }
    let path = place.join("/");
    let is_folder = address.is_empty() || address.ends_with('/');
    Some(match (is_folder, path.is_empty()) {
        (false, _) => path,
        (true, true) => "index.html".to_owned(),
        (true, false) => path + "/index.html",
    })
}

#[test]
fn every_protocol_and_every_bundled_scenario_has_its_page() {
    for bundled in bundled::bundled() {
        let folder = format!("{}/{}", bundled.protocol, bundled.name);
        for file in ["index.html", "picture.svg", "picture-dark.svg", "card.png"] {
            assert!(FILES.contains_key(&format!("{folder}/{file}")), "{folder}/{file}");
        }
    }
    for protocol in protocols::index() {
        let page = &FILES[&format!("{}/index.html", protocol.id)];
        let page = parsed(page);
        let links: Vec<_> =
            elements(&page, "a").iter().filter_map(|it| it.attribute("href")).collect();
        for bundled in bundled::of_protocol(protocol.id) {
            assert!(links.contains(&&*format!("{}/", bundled.name)), "{}", bundled.path());
        }
        assert!(FILES["index.html"].contains(&format!("href=\"{}/\"", protocol.id)));
    }
    let statements = STATEMENTS.len() + DOCUMENTS.len();
    let others = protocols::index().count() + bundled::bundled().len();
    assert_eq!(pages().count(), 1 + statements + others);
}

#[test]
fn statement_has_its_page_which_every_page_names() {
    for (path, text) in pages() {
        let page = parsed(text);
        let links = elements(&page, "a").into_iter().filter_map(|it| it.attribute("href"));
        let led: BTreeSet<_> = links.filter_map(|address| target(path, address)).collect();
        for id in STATEMENTS {
            assert!(led.contains(&format!("about/{id}/index.html")), "{path}: {id}");
        }
    }
    let page = parsed(&FILES["about/worldlines/index.html"]);
    let links: Vec<_> = elements(&page, "a").iter().filter_map(|it| it.attribute("href")).collect();
    for id in DOCUMENTS {
        assert!(links.contains(&&*format!("../{id}/")), "{id}: {links:?}");
    }
    let page = parsed(&FILES["about/privacy/index.html"]);
    assert!(text_of(page.root_element()).contains("Nothing is collected."));
    assert!(elements(&page, "td").len() > 10, "its table is a table");
    // The folder is no protocol's.
    assert!(protocols::index().all(|it| it.id != "about"));
}

#[test]
fn page_is_well_formed_and_has_its_landmarks() {
    for (path, text) in pages() {
        let page = parsed(text);
        let count = |name: &str| elements(&page, name).len();
        for name in ["title", "main", "header", "nav", "footer", "h1"] {
            assert_eq!(count(name), 1, "{path}: {name}");
        }
        assert_eq!(page.root_element().attribute("lang"), Some("en"), "{path}");
        // No level of the headings is left out.
        let mut level = 0;
        for node in page.descendants() {
            let Some(next) = node.tag_name().name().strip_prefix('h') else { continue };
            let Ok(next) = next.parse::<u32>() else { continue };
            assert!(next <= level + 1, "{path}: h{next} after h{level}");
            level = next;
        }
        let ids: Vec<_> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}: {ids:?}");
        for node in page.descendants() {
            let named = node.attribute("aria-labelledby").or(node.attribute("aria-describedby"));
            assert!(named.is_none_or(|id| ids.contains(&id)), "{path}: {named:?}");
        }
    }
}

#[test]
fn page_obeys_the_strict_policy() {
    for (path, text) in pages() {
        let page = parsed(text);
        for node in page.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(
                !["script", "style", "iframe", "object", "base"].contains(&name),
                "{path}: {name}"
            );
            for attribute in node.attributes() {
                let (name, value) = (attribute.name(), attribute.value());
                assert!(name != "style" && !name.starts_with("on"), "{path}: {name}");
                assert!(!value.starts_with("data:") && !value.starts_with("javascript:"), "{path}");
            }
            // Nothing is fetched from another host.
            for fetched in ["src", "srcset"].iter().filter_map(|name| node.attribute(*name)) {
                assert!(!fetched.contains(':'), "{path}: {fetched}");
            }
        }
    }
    assert!(!FILES["pages.css"].contains("url(") && !FILES["pages.css"].contains("@import"));
}

#[test]
fn relative_link_leads_to_a_file_of_the_site_or_to_the_playground() {
    for (path, text) in pages() {
        let page = parsed(text);
        let mut playground = 0;
        for node in page.descendants() {
            for name in ["href", "src", "srcset"] {
                let Some(address) = node.attribute(name) else { continue };
                if address.starts_with("https://creativecommons.org/") {
                    continue;
                }
                assert!(!address.starts_with('/') && !address.contains("://"), "{path}: {address}");
                match target(path, address) {
                    Some(file) => assert!(FILES.contains_key(&file), "{path}: {address}"),
                    None => {
                        // One folder above the site, and no further.
                        assert!(
                            target(&format!("p/{path}"), address).is_some(),
                            "{path}: {address}"
                        );
                        playground += 1;
                    }
                }
            }
        }
        assert!(playground > 0, "{path}");
        let image = elements(&page, "meta")
            .into_iter()
            .find(|it| it.attribute("property") == Some("og:image"));
        if let Some(card) = image.and_then(|it| it.attribute("content")) {
            let file = target(path, card).expect("it is in the site");
            assert!(FILES.contains_key(&file), "{path}: {card}");
        } else {
            assert!(path == "index.html" || path.starts_with("about/"), "{path}");
        }
    }
}

#[test]
fn example_page_tells_the_run_and_opens_it() {
    for bundled in bundled::bundled() {
        let run = bundled.outcome().expect("it runs");
        run.find_causes();
        let path = format!("{}/{}/index.html", bundled.protocol, bundled.name);
        let page = parsed(&FILES[&path]);
        let opening =
            elements(&page, "a").into_iter().find(|it| it.attribute("class") == Some("open"));
        let address =
            opening.and_then(|it| it.attribute("href")).expect("a link to the playground");
        let decoded = link::decode(address).expect("it opens");
        assert_eq!(decoded.scenario, run.scenario, "{path}");
        assert_eq!(decoded.digest, Some(run.short_digest()), "{path}");
        let image = elements(&page, "img")[0];
        assert!(image.attribute("alt").is_some_and(|alt| alt.contains("in words")), "{path}");
        let told =
            page.descendants().find(|it| it.attribute("id") == image.attribute("aria-describedby"));
        let told = text_of(told.expect("the text alternative"));
        for line in words(&run).lines() {
            assert!(told.contains(line), "{path}: {line}");
        }
        let verdicts: Vec<_> = page
            .descendants()
            .filter(|it| matches!(it.attribute("class"), Some("holds" | "violated" | "undecided")))
            .map(|it| (it.attribute("class").unwrap_or_default(), text_of(it)))
            .collect();
        assert_eq!(verdicts.len(), run.report.judgements.len(), "{path}");
        for judgement in &run.report.judgements {
            let (name, status) = (judgement.property.name, judgement.verdict.status());
            let has = |(class, text): &(&str, String)| *class == status && text.contains(name);
            assert!(verdicts.iter().any(has), "{path}: {name} {status}");
        }
        let main = text_of(elements(&page, "main")[0]);
        assert!(main.contains(run.protocol.source), "{path}");
        for caption in &run.scenario.captions {
            assert!(main.contains(&caption.text), "{path}: {}", caption.text);
        }
        let pictures = ["picture.svg", "picture-dark.svg", "card.png"];
        for picture in pictures.map(|name| format!("{}/{}/{name}", bundled.protocol, bundled.name))
        {
            let svg = parsed(&FILES[&picture]);
            assert_eq!(svg.root_element().tag_name().name(), "svg", "{picture}");
        }
    }
}

#[test]
fn known_address_makes_absolute_addresses_and_a_map() {
    let site = Site { base: Some("https://a.org/x/") };
    let example = bundled::bundled()[0];
    let path = format!("{}/{}/", example.protocol, example.name);
    let files = site.example(example).expect("it runs");
    let Content::Text(page) = &files[0].content else { panic!("the page comes first") };
    let page = parsed(page);
    let metas = elements(&page, "meta");
    let content = |name: &str| {
        let meta = metas.iter().find(|it| it.attribute("property") == Some(name));
        meta.and_then(|it| it.attribute("content")).expect("it is there").to_owned()
    };
    assert_eq!(content("og:url"), format!("https://a.org/x/p/{path}"));
    assert_eq!(content("og:image"), format!("https://a.org/x/p/{path}card.png"));
    let canonical = elements(&page, "link")[0];
    assert_eq!(canonical.attribute("href"), Some(&*format!("https://a.org/x/p/{path}")));
    let common = site.common();
    let map = common.iter().find(|it| it.path == "sitemap.xml").expect("a map");
    let Content::Text(map) = &map.content else { panic!("it is a text") };
    let map = parsed(map);
    let places: Vec<_> = elements(&map, "loc").into_iter().map(text_of).collect();
    assert_eq!(places.len(), pages().count());
    for place in places {
        let path = place.strip_prefix("https://a.org/x/p/").expect("its address");
        assert!(FILES.contains_key(&format!("{path}index.html")), "{place}");
    }
    assert!(!FILES.contains_key("sitemap.xml"));
}

#[test]
fn hostile_texts_end_no_element_and_hide_no_character() {
    let text = r#"{"version":1,"title":"</title><script>\u202e&\"'","protocol":"best-effort-broadcast",
        "nodes":["<b \"x","a'&amp;"],"requests":[{"at":1,"node":"<b \"x","do":"broadcast","with":"</section><img>\u202e"}],
        "captions":[{"at":1,"node":"a'&amp;","text":"</li>\u202e<script src='https://x.org'>"}]}"#;
    let bundled = bundled::Bundled {
        family: "reliable",
        protocol: "best-effort-broadcast",
        name: "hostile",
        text,
        namesakes: &[],
    };
    let files = Site::default().example(&bundled).expect("it runs");
    for file in &files {
        let (Content::Text(text) | Content::Card(text)) = &file.content;
        let page = parsed(text);
        assert!(elements(&page, "script").is_empty(), "{text}");
        assert!(!text.contains('\u{202e}'), "{}", file.path);
    }
    let Content::Text(page) = &files[0].content else { panic!("the page comes first") };
    let page = parsed(page);
    let heading = text_of(elements(&page, "h1")[0]);
    assert_eq!(heading, "</title><script>\\u202e&\"'");
    assert_eq!(elements(&page, "section").len(), 1);
    assert!(text_of(page.root_element()).contains("\\u202e<script src='https://x.org'>"));
}

#[test]
fn files_are_the_same_each_time() {
    let example = bundled::bundled()[0];
    let site = Site::default();
    assert_eq!(site.example(example), site.example(example));
    assert_eq!(site.common(), site.common());
}
