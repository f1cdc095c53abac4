//! Texts that embed a run, and QR codes, read by programs that know nothing of how they were made.

use resvg::{tiny_skia, usvg};
use roxmltree::Document;
use rqrr::PreparedImage;
use worldlines::{
    app::{Colours, Controls, EmbedForm, Sharing},
    export::{Embedded, MOST_IN_QR, Qr, embed_address, file_stem, qr, snippet},
    formats::link,
};

use super::runs;

const PAGE: &str = "https://host.example/worldlines/";
const HOSTILE: &str = "\"><script>alert(1)</script> ' & &lt;\nonload=x";

fn embedded<'a>(fragment: &'a str, title: &'a str) -> Embedded<'a> {
    Embedded { page: PAGE, fragment, title, now: 30 }
}

fn form() -> EmbedForm {
    Sharing::default().embed
}

/// Attributes of the only element with this name in a text of HTML.
fn attributes(html: &str, element: &str) -> Vec<(String, String)> {
    let whole = format!("<page>{html}</page>");
    let page = Document::parse(&whole).expect("it is well-formed");
    let mut found = page.descendants().filter(|node| node.has_tag_name(element));
    let node = found.next().expect("it is there");
    assert!(found.next().is_none(), "{element} stands twice in {html}");
    node.attributes().map(|it| (it.name().to_owned(), it.value().to_owned())).collect()
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(its, _)| its == name).map(|(_, value)| value.as_str())
}

#[test]
fn snippet_of_the_element_has_the_script_and_an_attribute_for_each_choice() {
    let usual = snippet(&embedded("#s=deflate.abc&d=01234567", "A run"), &form());
    assert_eq!(
        usual,
        "<script type=\"module\" src=\"https://host.example/worldlines/embed.js\"></script>\n\
         <world-lines scenario=\"#s=deflate.abc&amp;d=01234567\" controls=\"focus\" title=\"A run\"></world-lines>"
    );
    let chosen = EmbedForm {
        controls: Controls::Locked,
        theme: Colours::Dark,
        german: true,
        from_here: true,
        fits: false,
        height: 600,
        property: Some("uniform agreement"),
        future_hidden: true,
        loops: true,
        ..form()
    };
    let chosen = snippet(&embedded("#s=deflate.abc", "A run"), &chosen);
    let chosen = attributes(&chosen, "world-lines");
    for (name, expected) in [
        ("controls", "locked"),
        ("theme", "dark"),
        ("lang", "de"),
        ("start", "30"),
        ("property", "uniform-agreement"),
        ("future", "hidden"),
        ("loop", ""),
        ("height", "600"),
    ] {
        assert_eq!(value(&chosen, name), Some(expected), "{name}");
    }
}

#[test]
fn snippet_of_a_frame_is_sandboxed_and_has_the_choices_in_its_address() {
    let form = EmbedForm {
        plain_frame: true,
        controls: Controls::Full,
        theme: Colours::Light,
        german: true,
        from_here: true,
        loops: true,
        ..form()
    };
    let run = embedded("#s=deflate.abc&d=01234567", "A run");
    let html = snippet(&run, &form);
    let frame = attributes(&html, "iframe");
    let address = embed_address(&run, &form);
    assert_eq!(
        address,
        "https://host.example/worldlines/?embed#s=deflate.abc&d=01234567&controls=full&theme=light&lang=de&start=30&loop=&height=450"
    );
    assert_eq!(value(&frame, "src"), Some(address.as_str()));
    assert_eq!(value(&frame, "sandbox"), Some("allow-scripts"));
    assert_eq!(value(&frame, "height"), Some("450"));
}

#[test]
fn snippet_escapes_a_hostile_title_and_page() {
    for plain_frame in [false, true] {
        let form = EmbedForm { plain_frame, ..form() };
        let page = "https://host.example/a\"b<i>/index.html?src=x.json#old";
        let run = Embedded { page, ..embedded("#s=deflate.abc", HOSTILE) };
        let html = snippet(&run, &form);
        let element = if plain_frame { "iframe" } else { "world-lines" };
        let its = attributes(&html, element);
        let title = value(&its, "title").expect("it has a title");
        assert_eq!(title, HOSTILE.replace('\n', " "));
        assert!(its.iter().all(|(name, _)| !name.starts_with("on")), "{html}");
        let (element, name) = if plain_frame { ("iframe", "src") } else { ("script", "src") };
        let its = attributes(&html, element);
        let source = value(&its, name).expect("it has a source");
        assert!(source.starts_with("https://host.example/a\"b<i>/"), "{source}");
        assert!(!source.contains("x.json") && !source.contains("old"), "{source}");
    }
}

#[test]
fn file_name_has_only_characters_that_every_system_allows() {
    for (heading, expected) in [
        ("The sender crashes half-way", "the-sender-crashes-half-way"),
        ("../../etc/passwd\0.svg", "etc-passwd-svg"),
        ("Zähler 2 → 3", "z-hler-2-3"),
        ("…", "worldlines"),
    ] {
        assert_eq!(file_stem(heading), expected, "{heading}");
    }
    assert_eq!(file_stem(&"ab ".repeat(100)).len(), 59);
}

#[test]
fn embed_address_of_every_bundled_run_opens_its_scenario() {
    for (path, run) in runs() {
        let fragment = link::fragment(&run.scenario, None);
        let form = EmbedForm { theme: Colours::Dark, from_here: true, ..form() };
        let address = embed_address(&embedded(&fragment, "A run"), &form);
        let read = link::decode(&address).unwrap_or_else(|problem| panic!("{path}: {problem}"));
        assert_eq!(read.scenario, run.scenario, "{path}");
    }
}

/// Reads a QR code from its picture.
fn read(code: &Qr) -> String {
    let Qr { size, path } = code;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" width=\"{size}\" height=\"{size}\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    );
    let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).expect("it is SVG");
    let side = u32::try_from(*size).expect("it is small") * 4;
    let mut pixels = tiny_skia::Pixmap::new(side, side).expect("it has a size");
    let scale = tiny_skia::Transform::from_scale(4.0, 4.0);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    let side = side as usize;
    let mut image =
        PreparedImage::prepare_from_greyscale(side, side, |x, y| pixels.data()[(y * side + x) * 4]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code is seen");
    grids[0].decode().expect("it can be read").1
}

#[test]
fn qr_code_of_a_link_is_read_by_another_program() {
    let mut count = 0;
    for (path, run) in runs().step_by(5) {
        let link = format!("{PAGE}{}", link::fragment(&run.scenario, Some("0123456789")));
        let Some(code) = qr(&link) else {
            assert!(link.len() > MOST_IN_QR, "{path}: {} bytes have a code", link.len());
            continue;
        };
        assert_eq!(read(&code), link, "{path}");
        count += 1;
    }
    assert!(count > 5, "{count} links have codes");
}

#[test]
fn qr_code_holds_as_much_as_is_said_and_no_more() {
    let longest = "x".repeat(MOST_IN_QR);
    let code = qr(&longest).expect("it fits");
    assert_eq!(code.size, 125);
    assert_eq!(read(&code), longest);
    assert_eq!(qr(&"x".repeat(MOST_IN_QR + 1)), None);
}
