//! Shared parts of the tests: chance, hand-made histories, random scenarios, bundled files.
#![allow(dead_code, reason = "every program uses its own part")]

pub(crate) mod budget;
pub(crate) mod chance;
pub(crate) mod command_line;
pub(crate) mod compared;
pub(crate) mod faults;
pub(crate) mod history;
pub(crate) mod prose;
pub(crate) mod random_scenario;
pub(crate) mod rumour;
pub(crate) mod scene;

use std::{
    fs,
    path::{Path, PathBuf},
};

use worldlines::{
    kernel::{
        Delay, Failures, Fault, NodeId, Protocol, RequestSpec, Scenario, Setting, Trace, run,
    },
    protocols,
};

/// The node at this place.
pub(crate) fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

/// The protocol of this id.
pub(crate) fn protocol(id: &str) -> &'static Protocol {
    protocols::find(id).expect("the test names a registered protocol")
}

/// A scenario of this many nodes on a network in which every message takes `delay` ms.
pub(crate) fn scenario(protocol: &str, nodes: usize, delay: u64) -> Scenario {
    let mut scenario = Scenario::new(protocol, Scenario::numbered(nodes));
    scenario.network.delay = Delay { min: delay, max: delay };
    scenario
}

/// A request to broadcast a text.
pub(crate) fn broadcast(at: u64, index: usize, text: &str) -> RequestSpec {
    RequestSpec { at, node: node(index), name: "broadcast".to_owned(), with: Some(text.into()) }
}

/// A crash, in the middle of the node's step if `after_sends` is given.
pub(crate) fn crash(at: u64, index: usize, after_sends: Option<u32>) -> Fault {
    Fault::Crash { node: node(index), at, after_sends }
}

/// Runs a scenario that is known to be valid.
pub(crate) fn run_valid(scenario: &Scenario) -> Trace {
    run(protocol(&scenario.protocol), scenario).expect("the test's requests are the protocol's")
}

/// The repository's folder of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every file below a folder with this ending: its path from the folder, with `/`, without the ending, and its
/// text; in the order of the paths.
pub(crate) fn files(root: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(root).expect("it is below the root");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            if let Some(name) = parts.join("/").strip_suffix(ending) {
                let text = fs::read_to_string(&path).expect("the file can be read");
                found.push((name.to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// Every bundled scenario: `family/protocol/name`, and the file's text.
pub(crate) fn bundled() -> Vec<(String, String)> {
    files(&folder("static/scenarios"), ".json")
}

/// The setting of a protocol's run with this many nodes.
pub(crate) const fn setting(protocol: &Protocol, nodes: usize) -> Setting {
    Setting { nodes, failures: protocol.failures, time_to_serve: None }
}

/// The setting of a run in this failure model with this many nodes.
pub(crate) const fn in_model(failures: Failures, nodes: usize) -> Setting {
    Setting { nodes, failures, time_to_serve: None }
}

/// The setting of a crash-stop run with this many nodes.
pub(crate) const fn crash_stop(nodes: usize) -> Setting {
    in_model(Failures::CrashStop, nodes)
}
