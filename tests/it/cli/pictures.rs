//! `run --svg` and `run --png`, as files that other programs read.

use std::{collections::BTreeSet, fs, io::Cursor, path::Path};

use png::{ColorType, Decoder};
use roxmltree::Document;
use skrifa::{FontRef, MetadataProvider};
use worldlines::{
    export::{SvgOptions, svg},
    formats::{link, scenario},
    runs::Outcome,
};

use crate::common::command_line::{HALF_WAY, file, printed, refused, worldlines};

fn outcome() -> Outcome {
    Outcome::of(scenario::read(HALF_WAY).expect("it is valid")).expect("it can be run")
}

fn link() -> String {
    link::fragment(&outcome().scenario, Some(&outcome().digest()))
}

#[test]
fn run_writes_a_picture_with_the_options_that_it_has() {
    let plain = printed(&["run", "--svg", "-", "-"], HALF_WAY);
    assert!(
        plain.contains("prefers-color-scheme") && plain.contains(&link().replace('&', "&amp;"))
    );
    let options =
        ["--theme", "dark", "--width", "700", "--bare", "--base", "https://a.org/", "--svg", "-"];
    let dark = printed(&[&["run", "-"][..], &options].concat(), HALF_WAY);
    assert!(dark.contains("fill:#10171e") && dark.contains(" width=\"700\" "), "{dark}");
    assert!(dark.contains("https://a.org/#s=") && !dark.contains("wl-heading"), "{dark}");
    let out = file("picture.svg", "");
    assert_eq!(printed(&["run", "-", "--svg", &out], HALF_WAY), "");
    assert_eq!(fs::read_to_string(&out).expect("it is written"), plain);
}

#[test]
fn picture_with_a_wrong_option_is_refused() {
    for option in
        [&["--bare"][..], &["--width", "900"], &["--theme", "dark"], &["--base", "https://a.org"]]
    {
        for form in [&[][..], &["--json"]] {
            let line = refused(&[&["run", "-"][..], option, form].concat(), HALF_WAY);
            let expected = "expected one of --svg, --png, --html and --embed beside it";
            assert_eq!(line, format!("worldlines: {}: {expected}", option[0]));
        }
    }
    assert_eq!(
        refused(&["run", "--svg", "-", "--width", "12", "-"], HALF_WAY),
        "worldlines: --width: found \"12\", expected a whole number from 240 to 20000"
    );
    for (form, out) in
        [("--svg", "no/such/folder.svg"), ("--png", "no/such/fo\nlder.png"), ("--csv", "")]
    {
        let line = refused(&["run", form, out, "-"], HALF_WAY);
        let named = if out.is_empty() { "\"\"" } else { &out.replace('\n', "\\n") };
        assert!(line.starts_with(&format!("worldlines: {named}: ")), "{line}");
    }
    let line = refused(&["run", "--svg", "-", "--width", "-5", "-"], HALF_WAY);
    assert!(line.ends_with("--width: found \"-5\", expected a whole number from 240 to 20000"));
    assert!(
        refused(&["run", "--svg", "-", "--scale", "2", "-"], HALF_WAY).contains("--png beside it")
    );
    for scale in ["0", "17", "-1", "-0.5", "NaN", "x"] {
        let line = refused(&["run", "--png", "-", "--scale", scale, "-"], HALF_WAY);
        let expected = "expected a number from 0.1 to 16";
        assert_eq!(line, format!("worldlines: --scale: found \"{scale}\", {expected}"));
    }
    let large = ["run", "--png", "-", "--width", "20000", "--scale", "16", "-"];
    assert!(refused(&large, HALF_WAY).contains("at most 100000000 pixels"));
}

#[test]
fn picture_of_an_imported_run_has_no_link() {
    let log = "a {\"a\":1}\nx\nb {\"b\":1,\"a\":1}\ny\n";
    let base = ["--base", "https://example.org/"];
    let imported = worldlines(&[&["import", "-", "--svg", "-"][..], &base].concat(), log);
    let imported = String::from_utf8(imported.stdout).expect("it is text");
    assert!(imported.contains("<svg") && !imported.contains("example.org"), "{imported}");
    let own = worldlines(&[&["run", "-", "--svg", "-"][..], &base].concat(), HALF_WAY);
    let own = String::from_utf8(own.stdout).expect("it is text");
    assert!(own.contains("https://example.org/#s="), "the link of a run that can be opened");
}

#[test]
fn run_writes_the_html_of_an_embed_with_its_picture() {
    let base = ["--base", "https://example.org/worldlines", "--width", "800"];
    let html = printed(&[&["run", "-", "--embed", "-"][..], &base].concat(), HALF_WAY);
    let (script, element) = html.split_once('\n').expect("two parts");
    let address = "https://example.org/worldlines/embed.js";
    assert_eq!(script, format!("<script type=\"module\" src=\"{address}\"></script>"));
    let page = Document::parse(element).expect("it is well-formed");
    let root = page.root_element();
    assert!(root.has_tag_name("world-lines"));
    assert_eq!(root.attribute("scenario"), Some(link().as_str()));
    let picture = root.children().find(|it| it.tag_name().name() == "svg").expect("a picture");
    assert_eq!(picture.attribute("role"), Some("img"));
    assert_eq!(picture.attribute("width"), Some("800"));
    let way = picture.descendants().find(|it| it.tag_name().name() == "a").expect("a link");
    let page = format!("https://example.org/worldlines/{}", link());
    assert_eq!(way.attribute("href"), Some(page.as_str()));
    let told = picture.descendants().find(|it| it.tag_name().name() == "desc").expect("words");
    assert!(told.text().is_some_and(|it| it.contains("At 10 ms Alice is asked")), "{told:?}");
    assert!(
        html.lines().all(|line| !line.trim().is_empty()),
        "Markdown ends HTML at an empty line"
    );
}

#[test]
fn embed_without_the_address_of_a_playground_is_refused() {
    let line = refused(&["run", "-", "--embed", "-"], HALF_WAY);
    let expected = "expected --base beside it, the address of a playground";
    assert_eq!(line, format!("worldlines: --embed: {expected}"));
    // Each option of this name is checked alike.
    for base in
        ["", "example.org", "https://", "javascript:x", "https://a.org/\"", "https://a.org/#s"]
    {
        for command in [
            &["run", "-", "--embed", "-"][..],
            &["run", "-", "--svg", "-"],
            &["pages", "no-such-folder"],
        ] {
            let line = refused(&[command, &["--base", base]].concat(), HALF_WAY);
            let found = base.replace('"', "\\\"");
            let expected = "expected an address like https://example.org/worldlines/";
            assert_eq!(line, format!("worldlines: --base: found \"{found}\", {expected}"));
        }
    }
    let html = |base: &str| printed(&["run", "-", "--embed", "-", "--base", base], HALF_WAY);
    for base in ["https://a.org/x/", "https://a.org/x/index.html"] {
        assert_eq!(html(base), html("https://a.org/x"));
    }
    let log = "a {\"a\":1}\nx\nb {\"b\":1,\"a\":1}\ny\n";
    let base = ["--base", "https://example.org/"];
    let refused = worldlines(&[&["import", "-", "--embed", "-"][..], &base].concat(), log);
    let said = String::from_utf8(refused.stderr).expect("it is text");
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("--embed: standard input: found an imported run"), "{said}");
}

/// A decoded PNG.
struct Pixels {
    width: usize,
    height: usize,
    colours: Vec<[u8; 3]>,
    texts: Vec<(String, String)>,
}

impl Pixels {
    fn of(arguments: &[&str], input: &str) -> Self {
        let output = worldlines(&[&["run", "-", "--png", "-"][..], arguments].concat(), input);
        assert_eq!(output.status.code(), Some(0));
        let mut reader = Decoder::new(Cursor::new(output.stdout)).read_info().expect("it is a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("it has a size")];
        let info = reader.next_frame(&mut bytes).expect("it has pixels");
        assert_eq!(info.color_type, ColorType::Rgb);
        let texts = reader.info().utf8_text.iter();
        let texts = texts.map(|it| (it.keyword.clone(), it.get_text().expect("it is text")));
        Self {
            width: info.width as usize,
            height: info.height as usize,
            texts: texts.collect(),
            colours: bytes.chunks(3).map(|it| [it[0], it[1], it[2]]).collect(),
        }
    }

    /// Number of pixels of a colour between two rows.
    fn count(&self, colour: [u8; 3], from: usize, to: usize) -> usize {
        let rows = &self.colours[from * self.width..to * self.width];
        rows.iter().filter(|it| **it == colour).count()
    }
}

const PAPER: [u8; 3] = [255, 255, 255];
const INK: [u8; 3] = [0x14, 0x20, 0x2b];
const GOOD: [u8; 3] = [0, 0x6b, 0x4f];
const BAD: [u8; 3] = [0xb3, 0x3c, 0];

#[test]
fn png_has_the_size_of_the_picture_its_texts_and_its_origin() {
    let one = Pixels::of(&["--scale", "1", "--base", "https://a.org/"], HALF_WAY);
    let picture = svg(&outcome(), &SvgOptions::default());
    let size = format!("width=\"{}\" height=\"{}\"", one.width, one.height);
    assert!(picture.contains(&size), "{size}");
    // The title stands in the first rows: letters are filled with ink, and not with boxes.
    let (title, whole) = (one.count(INK, 14, 37), 23 * one.width);
    assert!((200..whole / 8).contains(&title), "{title} of {whole}");
    assert_eq!(one.count(PAPER, 0, 14), 14 * one.width);
    // A picture with other letters has other pixels there.
    let other = Pixels::of(&["--scale", "1"], &HALF_WAY.replace("half-way", "too early"));
    assert_ne!(one.colours[..37 * one.width], other.colours[..37 * other.width]);
    assert_eq!(
        one.colours[60 * one.width..80 * one.width],
        other.colours[60 * one.width..80 * one.width]
    );
    let said =
        |key: &str| one.texts.iter().find(|(it, _)| it == key).map(|(_, text)| text.as_str());
    assert_eq!(said("Source"), Some(format!("https://a.org/{}", link()).as_str()));
    assert_eq!(said("Copyright"), Some("https://creativecommons.org/licenses/by/4.0/"));
    let four = Pixels::of(&["--scale", "4"], HALF_WAY);
    let below = four.height / 2..four.height;
    assert!(four.count(BAD, below.start, below.end) > 40, "a sign of a violation");
    assert!(four.count(GOOD, below.start, below.end) > 40, "a sign of a property that holds");
    let two = Pixels::of(&["--theme", "dark"], HALF_WAY);
    assert_eq!((two.width, two.height), (2 * one.width, 2 * one.height));
    assert_eq!(two.colours[0], [0x10, 0x17, 0x1e]);
    assert_eq!(two.colours.last(), Some(&[0x10, 0x17, 0x1e]));
}

#[test]
fn character_that_no_font_has_is_a_box_and_is_named() {
    let text = HALF_WAY.replace("Carol", "日本");
    let output = worldlines(&["run", "-", "--png", "-", "--bare", "--scale", "1"], &text);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0));
    assert!(said.contains("the font has no 日 本") && said.lines().count() == 1, "{said}");
    let boxed = worldlines(
        &["run", "-", "--png", "-", "--bare", "--scale", "1"],
        &HALF_WAY.replace("Carol", "□□"),
    );
    assert!(boxed.stderr.is_empty() && !boxed.stdout.is_empty());
    let wrong = file("no-font.ttf", "text");
    let line = refused(&["run", "-", "--png", "-", "--font", &wrong], HALF_WAY);
    assert!(line.contains("no-font.ttf: found no font"), "{line}");
    let line = refused(&["run", "-", "--png", "-", "--font", "none.ttf"], HALF_WAY);
    assert!(line.contains("--font: none.ttf"), "{line}");
    // A font that is read again changes nothing.
    let font = format!("{}/static/fonts/DejaVuSans.ttf", env!("CARGO_MANIFEST_DIR"));
    let plain = ["run", "-", "--png", "-", "--bare", "--scale", "1"];
    let again = [&plain[..], &["--font", &font]].concat();
    assert_eq!(worldlines(&plain, HALF_WAY).stdout, worldlines(&again, HALF_WAY).stdout);
}

/// Characters of the sources that no picture shows: examples in tests, a sign of a button, a key.
const ELSEWHERE: &str = "שלום❤日本🐦⬚⌘";

/// Calls `take` with the text of every file in a folder.
fn read_all(folder: &Path, take: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            read_all(&path, take);
        } else {
            take(&path, &fs::read_to_string(&path).expect("it is text"));
        }
    }
}

#[test]
fn fonts_of_pictures_have_every_character_of_scenarios_and_sentences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut shown: BTreeSet<char> = "⊥⇒¬∧∨…·αβωΑΩÄäßñŁżЖя€".chars().collect();
    for folder in ["src", "static/scenarios"] {
        read_all(&root.join(folder), &mut |path, text| {
            if !path.starts_with(root.join("src/ui")) {
                shown.extend(text.chars().filter(|it| !it.is_control()));
            }
        });
    }
    for name in ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] {
        let font = fs::read(root.join("static/fonts").join(name)).expect("it is there");
        let font = FontRef::new(&font).expect("it is a font");
        let has = |character: &char| font.charmap().map(*character).is_some();
        let missing: Vec<_> =
            shown.iter().filter(|it| !has(it) && !ELSEWHERE.contains(**it)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}
