//! `worldlines scorm`: a package whose manifest names every file, and which holds the exercise and the page.

use std::{collections::BTreeSet, fs, path::PathBuf};

use roxmltree::{Document, Node};
use worldlines::formats::scenario;

use super::grade::{EXERCISE, folder, name};
use crate::common::command_line::{file, printed, refused};

const ADL: &str = "http://www.adlnet.org/xsd/adlcp_rootv1p2";
const IMS: &str = "http://www.imsproject.org/xsd/imscp_rootv1p1p2";

/// A folder like that of a page in one part.
fn page(test: &str) -> PathBuf {
    let page = folder(test);
    let files = page.join("0123456789abcdef");
    fs::create_dir_all(files.join("source")).expect("it can be made");
    let html =
        r#"<!doctype html><html lang="en" data-files="./0123456789abcdef/"><p>page</p></html>"#;
    let put = |path: PathBuf, text: &str| fs::write(path, text).expect("it can be written");
    put(page.join("index.html"), html);
    put(page.join("builds.txt"), "0123456789abcdef\n");
    put(page.join("third-party-licences.txt"), "MIT");
    put(page.join("README"), "not the page's");
    put(files.join("start.js"), "1");
    put(files.join("start.js.br"), "compressed");
    put(files.join("a b&c.css"), "");
    put(files.join("source/paxos.json"), "{}");
    page
}

/// The files of an archive.
fn unpacked(path: &str) -> Vec<(String, String)> {
    let archive = fs::File::open(path).expect("it is there");
    let mut archive = zip::ZipArchive::new(archive).expect("it is an archive");
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).expect("it is listed");
            let mut text = String::new();
            std::io::Read::read_to_string(&mut file, &mut text).expect("it is text");
            (file.name().expect("it is UTF-8").into_owned(), text)
        })
        .collect()
}

fn child<'a>(node: Node<'a, 'a>, namespace: &'static str, name: &'static str) -> Node<'a, 'a> {
    let mut found = node.children().filter(|it| it.has_tag_name((namespace, name)));
    let child = found.next().unwrap_or_else(|| panic!("there is no {name}"));
    assert!(found.next().is_none(), "there is one {name}");
    child
}

#[test]
fn package_holds_manifest_exercise_and_page() {
    let page = page("scorm-page");
    let out = file("exercise.zip", "");
    let said = printed(&["scorm", EXERCISE, "--page", name(&page), "-o", &out], "");
    assert!(said.contains("7 files"), "{said}");
    let files = unpacked(&out);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "imsmanifest.xml",
            "exercise.json",
            "index.html",
            "0123456789abcdef/a b&c.css",
            "0123456789abcdef/source/paxos.json",
            "0123456789abcdef/start.js",
            "third-party-licences.txt",
        ]
    );
    let exercise = fs::read_to_string(EXERCISE).expect("it is there");
    let exercise = scenario::read(&exercise).expect("it is a scenario");
    assert_eq!(files[1].1, scenario::write(&exercise));
    assert!(files[2].1.contains(r#"data-src="exercise.json" data-files="./0123456789abcdef/""#));
    assert!(!files[2].1.contains("data-student"), "there is one form of it");
    let first = fs::read(&out).expect("it is there");
    printed(&["scorm", EXERCISE, "--page", name(&page), "-o", &out], "");
    assert_eq!(fs::read(&out).expect("it is there"), first, "the same files give the same package");
}

#[test]
fn manifest_has_the_structure_of_scorm_1_2() {
    let page = page("scorm-manifest");
    let hostile = r#"A <b> & "c" ]]>"#;
    let mut exercise = scenario::read(&fs::read_to_string(EXERCISE).expect("it is there"))
        .expect("it is a scenario");
    exercise.title = hostile.to_owned();
    let source = file("hostile-title.json", scenario::write(&exercise));
    let out = file("manifest.zip", "");
    printed(&["scorm", &source, "--page", name(&page), "-o", &out], "");
    let files = unpacked(&out);
    let document = Document::parse(&files[0].1).expect("it is XML");
    let manifest = document.root_element();
    assert!(manifest.has_tag_name((IMS, "manifest")) && manifest.attribute("identifier").is_some());
    // The order of the schema.
    let order: Vec<&str> =
        manifest.children().filter(Node::is_element).map(|it| it.tag_name().name()).collect();
    assert_eq!(order, ["metadata", "organizations", "resources"]);
    let metadata = child(manifest, IMS, "metadata");
    assert_eq!(child(metadata, IMS, "schema").text(), Some("ADL SCORM"));
    assert_eq!(child(metadata, IMS, "schemaversion").text(), Some("1.2"));
    let organizations = child(manifest, IMS, "organizations");
    let organization = child(organizations, IMS, "organization");
    assert_eq!(organizations.attribute("default"), organization.attribute("identifier"));
    assert_eq!(child(organization, IMS, "title").text(), Some(hostile));
    let item = child(organization, IMS, "item");
    assert_eq!(item.attribute("parameters"), Some("?src=exercise.json"));
    assert_eq!(child(item, IMS, "title").text(), Some(hostile));
    assert_eq!(child(item, ADL, "masteryscore").text(), Some("100"));
    let resource = child(child(manifest, IMS, "resources"), IMS, "resource");
    assert_eq!(item.attribute("identifierref"), resource.attribute("identifier"));
    assert_eq!(resource.attribute((ADL, "scormtype")), Some("sco"));
    assert_eq!(resource.attribute("type"), Some("webcontent"));
    assert_eq!(resource.attribute("href"), Some("index.html"));
    let listed: BTreeSet<String> = resource
        .children()
        .filter(|it| it.has_tag_name((IMS, "file")))
        .map(|it| it.attribute("href").expect("it has one").replace("%20", " ").replace("%26", "&"))
        .collect();
    let packed = files[1..].iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(listed, packed, "it lists every file but itself");
}

#[test]
fn package_without_the_page_in_one_part_is_refused() {
    let refused = |page: &std::path::Path| {
        refused(&["scorm", EXERCISE, "--page", name(page), "-o", &file("no.zip", "")], "")
    };
    let empty = folder("scorm-empty");
    let said = refused(&empty);
    assert!(said.contains("found no index.html, expected the page in one part"), "{said}");
    assert!(said.contains("cargo xtask dist --whole"), "{said}");
    fs::write(empty.join("index.html"), "<!doctype html>").expect("it can be written");
    assert!(refused(&empty).contains("index.html: found another page"));
    for outside in ["../..", "/etc", "./.git", "a//b", "a/../.."] {
        let html = format!("<html data-files=\"{outside}/\">");
        fs::write(empty.join("index.html"), html).expect("it can be written");
        let said = refused(&empty);
        assert!(said.contains("found another page"), "{said}");
    }
    let split = page("scorm-split");
    fs::write(split.join("0123456789abcdef/parts.js"), "").expect("it can be written");
    assert!(refused(&split).contains("found the page in parts, expected the page in one part"));
    let whole = page("scorm-whole");
    let plain = file("scorm-plain.json", crate::common::command_line::HALF_WAY);
    let refused = |arguments: &[&str]| crate::common::command_line::refused(arguments, "");
    let said = refused(&["scorm", &plain, "--page", name(&whole), "-o", "x.zip"]);
    assert!(said.contains("found no goal, expected an exercise"), "{said}");
    let said = refused(&["scorm", EXERCISE, "--page", name(&whole), "-o", "no-folder/x.zip"]);
    assert!(said.starts_with("worldlines: no-folder/x.zip: "), "{said}");
    let said = refused(&["scorm", EXERCISE, "-o", "x.zip"]);
    assert!(said.contains("--page"), "{said}");
}

#[test]
fn page_of_an_exercise_with_variants_asks_for_the_student() {
    let page = page("scorm-variants");
    let text = fs::read_to_string(EXERCISE).expect("it is there");
    let mut exercise = scenario::read(&text).expect("it is a scenario");
    let variants = [1, 2].map(|later| scenario::Variant { later, ..Default::default() });
    exercise = scenario::with_variants(&exercise, &variants);
    let source = file("scorm-variants.json", scenario::write(&exercise));
    let out = file("variants.zip", "");
    printed(&["scorm", &source, "--page", name(&page), "-o", &out], "");
    let files = unpacked(&out);
    assert_eq!(files[1].1, scenario::write(&exercise), "the variants are in the package");
    assert!(files[2].1.contains(r#"data-src="exercise.json" data-student="" data-files="./"#));
}
