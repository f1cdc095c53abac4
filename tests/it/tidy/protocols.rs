//! A protocol is a file or a folder: registered by its family, named by its id, introduced by its header.

use worldlines::protocols::FAMILIES;

use super::{expect_none, source::Source, sources};

/// Part that the header of a protocol has; what the constant `PROTOCOL` says (source, model, properties) stands there alone.
const DEPARTURE: &str = "Where it departs from";

/// Each file of a family against what the families list: pairs of a family's id and a protocol's.
fn complaints(sources: &[Source], registered: &[(&str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let module = source.module();
        let &["protocols", family, name] = module.as_slice() else { continue };
        let id = name.replace('_', "-");
        if !registered.contains(&(family, &id)) {
            let what = format!("{family} does not register {id}, which the file is named after");
            complaints.push(source.complain(1, &what));
        }
        if !lists(sources, family, name) {
            let what = format!("src/protocols/{family}/mod.rs does not list {name}");
            complaints.push(source.complain(1, &what));
        }
        let header: Vec<&str> =
            source.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if !header.iter().any(|line| line.contains(DEPARTURE)) {
            complaints.push(source.complain(1, &format!("its header has no `{DEPARTURE}`")));
        }
    }
    complaints
}

/// True if the family's `mod.rs` lists the module.
fn lists(sources: &[Source], family: &str, name: &str) -> bool {
    let path = format!("src/protocols/{family}/mod.rs");
    sources.iter().filter(|source| source.path == path).any(|source| {
        let mut tokens = source.tokens.iter().skip_while(|token| !token.is_word("family"));
        tokens.any(|token| token.is_word(name))
    })
}

#[test]
fn every_file_of_a_family_is_a_registered_protocol() {
    let registered: Vec<(&str, &str)> = FAMILIES
        .iter()
        .flat_map(|family| family.protocols.iter().map(|protocol| (family.id, protocol.id)))
        .collect();
    let sources = sources();
    let files = sources.iter().filter(|source| source.module().len() == 3);
    let files = files.filter(|source| source.layer() == Some("protocols")).count();
    assert_eq!(files, registered.len(), "a file for each protocol");
    expect_none(&complaints(sources, &registered));
}

#[test]
fn unregistered_protocol_file_is_found() {
    let header = "//! Gossip.\n//!\n//! Where it departs from the paper: nowhere.\n";
    let family =
        Source::new("src/protocols/many/mod.rs", "family!(\"many\", \"Many\", [push_gossip]);");
    let file = |path: &str, text: &str| {
        [Source::new(path, text), Source::new("src/protocols/many/mod.rs", &family.text)]
    };
    let registered = [("many", "push-gossip"), ("many", "other")];
    let found = |path: &str, text: &str| complaints(&file(path, text), &registered).len();
    assert_eq!(found("src/protocols/many/push_gossip.rs", header), 0);
    assert_eq!(found("src/protocols/many/other.rs", header), 1, "not listed in mod.rs");
    assert_eq!(found("src/protocols/few/push_gossip.rs", header), 2, "in the wrong family");
    assert_eq!(
        found("src/protocols/many/push_gossip.rs", "//! Gossip.\n// Where it departs from"),
        1
    );
    assert_eq!(found("src/protocols/many/push_gossip/mod.rs", header), 0, "a folder");
    assert_eq!(found("src/protocols/many/push_gossip/tests.rs", ""), 0, "a part of a folder");
}
