//! An input of the fuzzer: a protocol, and bytes that are read as the rest of a scenario, within the limits of the
//! format or slightly outside. Any bytes are one.

use serde_json::{Map, Value as Json, json};
use worldlines::{
    kernel::{Domain, Protocol},
    protocols,
};

use crate::common::{chance::Chance, random_scenario::random_value};

/// An input. Its file holds the protocol's id, a newline, and the bytes, so another protocol in the catalogue changes
/// the meaning of no input.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) protocol: &'static Protocol,
    pub(crate) bytes: Vec<u8>,
}

impl Input {
    /// Reads a file of the corpus; none if it names no protocol.
    pub(crate) fn read(file: &[u8]) -> Option<Self> {
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let protocol = protocols::find(str::from_utf8(&file[..end]).ok()?)?;
        Some(Self { protocol, bytes: file[end + 1..].to_vec() })
    }

    /// Returns the content of its file.
    pub(crate) fn write(&self) -> Vec<u8> {
        [self.protocol.id.as_bytes(), b"\n", &self.bytes].concat()
    }
}

/// Bytes from which decisions are read; when they run out, zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Reads a place below `bound`; the first when the bytes have run out.
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// True in one of `odds` cases, and false when the bytes have run out.
    fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == odds - 1
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Reads a time: mostly small, sometimes at a limit, rarely beyond.
    fn time(&mut self) -> Json {
        match self.below(16) {
            14 => self.one_of(&[0_u64, 999_999_999, 1_000_000_000]).into(),
            15 => self.one_of(&[json!(1_000_000_001), json!(-1), json!(0.5), json!(1e300)]),
            tens => (tens * 10 + self.below(16)).into(),
        }
    }

    fn odds(&mut self) -> Json {
        let likely = [json!(0.1), json!(0.5), json!(1), json!(0.000_001), json!(0.999_999)];
        let wrong = [json!(1.000_001), json!(-0.1), json!(0.000_000_1), json!("often")];
        if self.one_in(16) { self.one_of(&wrong) } else { self.one_of(&likely) }
    }
}

/// Returns the scenario of an input, as JSON.
pub(crate) fn scenario(input: &Input) -> Json {
    let (protocol, mut bytes) = (input.protocol, Bytes(&input.bytes));
    let nodes = nodes(&mut bytes);
    let mut fields = Map::new();
    let version = if bytes.one_in(64) { 2 } else { 1 };
    fields.insert("version".to_owned(), version.into());
    fields.insert("protocol".to_owned(), protocol.id.into());
    fields.insert("nodes".to_owned(), nodes.clone().into());
    fields.insert("seed".to_owned(), bytes.byte().into());
    if bytes.one_in(2) {
        fields.insert("params".to_owned(), params(&mut bytes, protocol));
    }
    if !bytes.one_in(4) {
        fields.insert("network".to_owned(), network(&mut bytes, &nodes));
    }
    let requests =
        (0..many(&mut bytes, nodes.len())).map(|_| request(&mut bytes, protocol, &nodes));
    fields.insert("requests".to_owned(), requests.collect());
    let count = many(&mut bytes, nodes.len());
    let faults = (0..count).map(|_| json!({ KINDS[bytes.below(13)]: fault(&mut bytes, &nodes) }));
    fields.insert("faults".to_owned(), faults.collect());
    let until = if bytes.one_in(4) { bytes.time() } else { 2000.into() };
    fields.insert("until".to_owned(), until);
    if bytes.one_in(8) {
        let node = node(&mut bytes, &nodes);
        let caption = json!([{ "at": bytes.time(), "node": node, "text": "look" }]);
        fields.insert("captions".to_owned(), caption);
    }
    fields.into()
}

/// Reads the nodes' names: mostly a few, sometimes as many as the format allows, rarely one too many or none.
fn nodes(bytes: &mut Bytes) -> Vec<String> {
    let count = match bytes.below(64) {
        62 => 128,
        63 => bytes.one_of(&[0, 129]),
        few => few % 7 + 1,
    };
    let kind = bytes.below(8);
    let name = |number| match kind {
        6 => format!("\u{202e}N\u{200b} {number}\u{2066}"),
        7 => format!("Nœud \"{number}\" 🐦"),
        _ => format!("P{number}"),
    };
    (1..=count).map(name).collect()
}

/// Reads a number of requests or faults: mostly a few, sometimes hundreds where the group is small.
fn many(bytes: &mut Bytes, nodes: usize) -> usize {
    match bytes.below(32) {
        31 if nodes <= 8 => 300,
        few => few % 12,
    }
}

fn node(bytes: &mut Bytes, nodes: &[String]) -> Json {
    if nodes.is_empty() || bytes.one_in(128) {
        return "Nobody".into();
    }
    bytes.one_of(nodes).into()
}

fn params(bytes: &mut Bytes, protocol: &Protocol) -> Json {
    let values = protocol.behaviour.parameters.iter().map(|parameter| {
        let value = match parameter.domain {
            Domain::Flag { .. } => bytes.one_in(2).into(),
            Domain::Integer { min, max, .. } => {
                let edges = [min, max, max.saturating_add(1)];
                if bytes.one_in(4) { bytes.one_of(&edges) } else { u32::from(bytes.byte() % 8) }
                    .into()
            }
            Domain::Choice { choices, .. } => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                bytes.one_of(&words).into()
            }
        };
        (parameter.name.to_owned(), value)
    });
    Json::Object(values.collect())
}

fn delay(bytes: &mut Bytes) -> Json {
    let least = bytes.time();
    let most = least.as_u64().map(|least| least + bytes.below(50) as u64);
    json!([least, most])
}

fn network(bytes: &mut Bytes, nodes: &[String]) -> Json {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Json| fields.insert(name.to_owned(), value);
    if bytes.one_in(2) {
        set("delay", delay(bytes));
    }
    for name in ["loss", "duplicate", "corrupt"] {
        if bytes.one_in(4) {
            set(name, bytes.odds());
        }
    }
    if bytes.one_in(3) {
        set("order", "fifo".into());
    }
    if bytes.one_in(3) {
        set("medium", "shared".into());
    }
    if bytes.one_in(4) {
        set("timing", json!({ "synchronous": bytes.time() }));
    }
    if bytes.one_in(2) {
        set("detector", json!({ "perfect": bytes.time() }));
    }
    if bytes.one_in(3) {
        let word = bytes.one_of(&["ring", "line", "tree", "full", "star"]);
        let pairs = (0..bytes.below(8)).map(|_| json!([node(bytes, nodes), node(bytes, nodes)]));
        let links = pairs.collect::<Vec<_>>();
        let drawn = json!({ "links": links, "routers": [node(bytes, nodes)] });
        set("topology", if bytes.one_in(2) { drawn } else { word.into() });
    }
    if bytes.one_in(4) {
        let (from, to) = (node(bytes, nodes), node(bytes, nodes));
        let mut link = json!({ "from": from, "to": to, "delay": delay(bytes) });
        // Derived from the delay, since what is read here shifts all that follows.
        let least = link["delay"][0].as_u64().unwrap_or_default();
        if !least.is_multiple_of(3) {
            link["rate"] = (least % 50 + 1).into();
        }
        if least % 3 > 1 {
            link["queue"] = (least % 5).into();
        }
        set("links", json!([link]));
    }
    fields.into()
}

/// Reads a request: one that the protocol knows, with a value that it reads, or a broadcast of anything.
fn request(bytes: &mut Bytes, protocol: &Protocol, nodes: &[String]) -> Json {
    let kinds = protocol.behaviour.requests;
    let choice = bytes.below(16);
    let mut fields = Map::new();
    fields.insert("at".to_owned(), bytes.time());
    fields.insert("node".to_owned(), node(bytes, nodes));
    let is_own = kinds.iter().all(|kind| kind.name != "broadcast") || (6..11).contains(&choice);
    if is_own && !kinds.is_empty() && !nodes.is_empty() {
        let (kind, number) = (&kinds[choice % kinds.len()], choice as u64);
        let with = random_value(kind.with, nodes, &mut Chance::new(number), number);
        fields.insert("do".to_owned(), kind.name.into());
        fields.extend(with.map(|with| ("with".to_owned(), with)));
        return fields.into();
    }
    let with = match choice {
        11 => json!("m\n 10 ms  P2  deliver  \u{202e}\u{1b}[31m\u{200b}"),
        12 => json!(-7),
        13 => "x".repeat(5000).into(),
        14 => json!({ "payload": "m", "label": "l" }),
        15 => Json::Null,
        number => format!("m{number}").into(),
    };
    fields.insert("do".to_owned(), "broadcast".into());
    fields.insert("with".to_owned(), with);
    fields.into()
}

const KINDS: [&str; 13] = [
    "drop",
    "delay",
    "duplicate",
    "corrupt",
    "crash",
    "recover",
    "pause",
    "partition",
    "cut",
    "omit",
    "traitor",
    "drift",
    "forge",
];

/// Reads a fault with the fields of all kinds. [`fit`] removes those that its kind does not have.
fn fault(bytes: &mut Bytes, nodes: &[String]) -> Json {
    let (from, to) = (node(bytes, nodes), node(bytes, nodes));
    let at = bytes.time();
    let until = at.as_u64().map_or(json!(1), |at| json!(at + bytes.below(200) as u64));
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let message = format!("{}>{}#{}", text(&from), text(&to), bytes.below(6));
    let bits: Vec<_> = (0..=bytes.below(4)).map(|_| bytes.below(256) * 257).collect();
    let half = nodes.len() * bytes.below(8) / 8;
    let cut = bytes.below(8);
    let strategies = ["silent", "random", "equivocate", "flip", "collude", "scripted", "loyal"];
    json!({
        "message": message, "by": at, "after": at, "bits": bits, "node": from, "at": at,
        "until": until, "after_sends": cut, "after_writes": cut.saturating_sub(6),
        "from": from, "to": to,
        "groups": [nodes[..half], nodes[half..]], "side": bytes.one_of(&["send", "receive"]),
        "strategy": bytes.one_of(&strategies), "offset": at,
        "rate": bytes.one_of(&[json!(1), json!(0.5), json!(2), json!(1.01), json!(2.1)]),
        "with": "a lie",
    })
}

/// Keeps of each fault the fields that its kind has.
pub(crate) fn fit(scenario: &mut Json) {
    let Some(faults) = scenario["faults"].as_array_mut() else { return };
    for fault in faults {
        let Some((kind, fields)) = fault.as_object_mut().and_then(|it| it.iter_mut().next()) else {
            continue;
        };
        let known: &[&str] = match kind.as_str() {
            "drop" => &["message"],
            "delay" => &["message", "by"],
            "duplicate" => &["message", "after"],
            "corrupt" => &["message", "bits"],
            "forge" => &["message", "with"],
            "crash" => &["node", "at", "after_sends", "after_writes"],
            "recover" => &["node", "at"],
            "pause" => &["node", "at", "until"],
            "partition" => &["groups", "at", "until"],
            "cut" => &["from", "to", "at", "until"],
            "omit" => &["node", "side", "at", "until"],
            "traitor" => &["node", "strategy"],
            _ => &["node", "rate", "offset"],
        };
        let Some(fields) = fields.as_object_mut() else { continue };
        // A quarter of all crashes are not in the middle of something, and a quarter in the middle of writes.
        let cut = fields["after_sends"].as_u64().unwrap_or_default();
        fields.retain(|name, _| match name.as_str() {
            "after_sends" => known.contains(&"after_sends") && cut < 4,
            "after_writes" => known.contains(&"after_writes") && cut >= 6,
            other => known.contains(&other),
        });
    }
}
