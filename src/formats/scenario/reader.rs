//! Reads scenarios from JSON.

use serde_json::Value as Json;

use super::{
    super::{
        catalogue,
        json::{self, Object, Place},
        problem::{Problem, alternatives},
    },
    MAX_CAPTION, MAX_CAPTIONS, MAX_TITLE, VERSION, bounds, check, faults, goal,
    names::{Nodes, expected_name, expected_nodes, node_names},
    times::{delay as delays, time},
};
use crate::kernel::{
    Caption, Delay, Detector, LinkSpec, MAX_FAULTS, MAX_NODES, MAX_REQUESTS, Medium, NetworkSpec,
    NodeId, NodeSet, Order, ParameterValue, ParameterValues, Protocol, RequestSpec, Scenario,
    Timing, Topology,
};

const FIELDS: &[&str] = &[
    "version", "title", "protocol", "params", "nodes", "seed", "network", "requests", "faults",
    "until", "captions", "goal",
];

/// Reads a scenario.
///
/// # Errors
/// The first error in it.
pub fn read(text: &str) -> Result<Scenario, Problem> {
    from_json(&json::parse(text)?)
}

/// Reads a scenario from parsed JSON: in the browser, a plain object.
///
/// # Errors
/// The first error in it.
pub fn from_json(value: &Json) -> Result<Scenario, Problem> {
    let (scenario, _) = unchecked(value)?;
    check::checked(scenario, |_| value.clone())
}

/// Reads a bundled scenario. It is known to break no rule (a test checks all of them), so the page can begin without the
/// rules.
///
/// # Errors
/// As [`read`], but for the rules.
pub fn read_bundled(text: &str) -> Result<Scenario, Problem> {
    let (scenario, protocol) = unchecked(&json::parse(text)?)?;
    Ok(check::canonical(scenario, protocol))
}

/// Reads a scenario as far as the types go.
fn unchecked(value: &Json) -> Result<(Scenario, &'static Protocol), Problem> {
    let place = Place::root(value);
    read_version(&place)?;
    let fields = place.object(FIELDS)?;
    let protocol = read_protocol(&fields.get("protocol"))?;
    let nodes = read_nodes(&fields.get("nodes"))?;
    node_names(&nodes).map_err(|problem| check::found_in(problem, value))?;
    let mut scenario = Scenario::new(protocol.id, nodes);
    if let Some(title) = fields.find("title") {
        title.line(MAX_TITLE)?.clone_into(&mut scenario.title);
    }
    if let Some(params) = fields.find("params") {
        scenario.params = read_params(&params, protocol)?;
    }
    if let Some(seed) = fields.find("seed") {
        scenario.seed = seed.whole(bounds::SEEDS)?;
    }
    if let Some(network) = fields.find("network") {
        scenario.network = read_network(&network, Nodes(&scenario.nodes))?;
    }
    if let Some(until) = fields.find("until") {
        scenario.until = until.whole(bounds::ENDS)?;
    }
    read_lists(&fields, protocol, &mut scenario)?;
    Ok((scenario, protocol))
}

/// Reads the version before anything else: a later one may have fields that this one does not know.
fn read_version(place: &Place) -> Result<(), Problem> {
    let fields = place.open_object()?;
    let Some(version) = fields.find("version") else {
        // A misspelt field is the likelier mistake: it is reported first.
        place.object(FIELDS)?;
        return Err(fields.get("version").problem(VERSION.to_string()));
    };
    match version.any_whole() {
        Some(number) if number == i128::from(VERSION) => Ok(()),
        Some(number) if number > i128::from(VERSION) => {
            Err(version.problem(format!("{VERSION}: a later Worldlines wrote this, open it there")))
        }
        _ => Err(version.problem(VERSION.to_string())),
    }
}

fn read_protocol(place: &Place) -> Result<&'static Protocol, Problem> {
    let id = place.text("the id of a protocol")?;
    catalogue::find(place.path(), id)
}

/// Reads the nodes: a list of names, or their number.
fn read_nodes(place: &Place) -> Result<Vec<String>, Problem> {
    let expected = expected_nodes();
    if let Some(number) = place.any_whole() {
        return match usize::try_from(number) {
            Ok(size @ 1..=MAX_NODES) => Ok(Scenario::numbered(size)),
            _ => Err(place.problem(expected)),
        };
    }
    let places = place.list(&expected, MAX_NODES)?;
    let expected = expected_name();
    places.iter().map(|place| place.text(&expected).map(str::to_owned)).collect()
}

/// Reads the parameters.
fn read_params(place: &Place, protocol: &Protocol) -> Result<ParameterValues, Problem> {
    let fields = place.open_object()?;
    let mut values = ParameterValues::new();
    for name in fields.names() {
        let place = fields.get(name);
        let Some(parameter) = check::parameter(protocol, name) else {
            return Err(check::unknown_parameter(place.path(), protocol, name));
        };
        let value = match place.value() {
            Some(Json::Bool(flag)) => Some(ParameterValue::Flag(*flag)),
            Some(Json::String(word)) => Some(ParameterValue::Choice(word.clone())),
            _ => place.any_whole().and_then(|n| n.try_into().ok()).map(ParameterValue::Integer),
        };
        let value = value.ok_or_else(|| place.problem(parameter.expected()))?;
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

fn read_network(place: &Place, nodes: Nodes) -> Result<NetworkSpec, Problem> {
    let known = [
        "timing",
        "delay",
        "order",
        "loss",
        "duplicate",
        "corrupt",
        "detector",
        "topology",
        "medium",
        "links",
    ];
    let fields = place.object(&known)?;
    let mut network = NetworkSpec::default();
    if let Some(timing) = fields.find("timing") {
        network.timing = read_timing(&timing)?;
    }
    if let Some(delay) = fields.find("delay") {
        network.delay = delays(&delay)?;
    }
    if let Some(order) = fields.find("order") {
        network.order = match order.word(&["any", "fifo"])? {
            "fifo" => Order::Fifo,
            _ => Order::Any,
        };
    }
    if let Some(loss) = fields.find("loss") {
        network.loss = loss.probability()?;
    }
    if let Some(duplicate) = fields.find("duplicate") {
        network.duplicate = duplicate.probability()?;
    }
    if let Some(corrupt) = fields.find("corrupt") {
        network.corrupt = corrupt.probability()?;
    }
    if let Some(detector) = fields.find("detector") {
        network.detector = read_detector(&detector)?;
    }
    if let Some(topology) = fields.find("topology") {
        network.topology = read_topology(&topology, nodes)?;
    }
    if let Some(medium) = fields.find("medium") {
        network.medium = match medium.word(&["links", "shared"])? {
            "shared" => Medium::Shared,
            _ => Medium::Links,
        };
    }
    if let Some(links) = fields.find("links") {
        network.links = read_links(&links, nodes, network.delay)?;
    }
    Ok(network)
}

fn read_timing(place: &Place) -> Result<Timing, Problem> {
    if let Some(Json::Object(_)) = place.value() {
        let fields = place.object(&["synchronous"])?;
        return Ok(Timing::Synchronous(time(&fields.get("synchronous"))?));
    }
    let expected = "\"asynchronous\" or {\"synchronous\": BOUND}";
    match place.text(expected)? {
        "asynchronous" => Ok(Timing::Asynchronous),
        other => Err(place.problem(expected).with_closest(other, ["asynchronous"])),
    }
}

fn read_detector(place: &Place) -> Result<Detector, Problem> {
    if let Some(Json::Object(_)) = place.value() {
        let fields = place.object(&["perfect"])?;
        return Ok(Detector::Perfect(time(&fields.get("perfect"))?));
    }
    let expected = "\"none\", \"perfect\" or {\"perfect\": MS}";
    match place.text(expected)? {
        "none" => Ok(Detector::None),
        "perfect" => Ok(Detector::Perfect(Detector::BOUND)),
        other => Err(place.problem(expected).with_closest(other, ["none", "perfect"])),
    }
}

fn read_topology(place: &Place, nodes: Nodes) -> Result<Topology, Problem> {
    if let Some(Json::Object(_)) = place.value() {
        let fields = place.object(&["links", "routers"])?;
        let links = read_pairs(&fields.get("links"), nodes)?;
        let mut routers = NodeSet::EMPTY;
        let places = fields.find("routers").map(|it| it.list("a list of nodes", MAX_NODES));
        for place in places.transpose()?.unwrap_or_default() {
            if !routers.insert(nodes.node(&place)?) {
                return Err(place.problem("each router once"));
            }
        }
        return Ok(Topology::Links { links, routers });
    }
    let expected = "\"full\", \"ring\", \"line\", \"tree\" or {\"links\": [[A, B], …]}";
    match place.text(expected)? {
        "full" => Ok(Topology::Full),
        "ring" => Ok(Topology::Ring),
        "line" => Ok(Topology::Line),
        "tree" => Ok(Topology::Tree),
        other => {
            let known = ["full", "ring", "line", "tree"];
            Err(place.problem(expected).with_closest(other, known))
        }
    }
}

fn read_pairs(place: &Place, nodes: Nodes) -> Result<Vec<[NodeId; 2]>, Problem> {
    let mut pairs = Vec::new();
    for place in place.list("a list of pairs of nodes", MAX_NODES * (MAX_NODES - 1) / 2)? {
        let expected = "a pair of nodes, such as [\"A\", \"B\"]";
        let places = place.list(expected, MAX_NODES)?;
        let [one, other] = places.as_slice() else { return Err(place.problem(expected)) };
        pairs.push([nodes.node(one)?, nodes.node(other)?]);
    }
    Ok(pairs)
}

/// Reads links of their own; those without a delay have that of the `others`.
fn read_links(place: &Place, nodes: Nodes, others: Delay) -> Result<Vec<LinkSpec>, Problem> {
    let mut links = Vec::new();
    for place in place.list("a list of links", MAX_NODES * (MAX_NODES - 1))? {
        let fields = place.object(&["from", "to", "delay", "rate", "queue"])?;
        let from = nodes.node(&fields.get("from"))?;
        let to = nodes.node(&fields.get("to"))?;
        let rate = fields.find("rate").map(|rate| rate.count(bounds::RATES)).transpose()?;
        let queue = fields.find("queue").map(|queue| queue.count(bounds::QUEUES)).transpose()?;
        let delay = match fields.find("delay") {
            None if rate.is_some() || queue.is_some() => others,
            _ => delays(&fields.get("delay"))?,
        };
        links.push(LinkSpec { from, to, delay, rate, queue });
    }
    Ok(links)
}

fn read_lists(
    fields: &Object,
    protocol: &Protocol,
    scenario: &mut Scenario,
) -> Result<(), Problem> {
    let nodes = Nodes(&scenario.nodes);
    if let Some(requests) = fields.find("requests") {
        let requests = requests.list("a list of requests", MAX_REQUESTS)?;
        let requests = requests.iter().map(|place| read_request(place, protocol, nodes));
        scenario.requests = requests.collect::<Result<_, _>>()?;
    }
    if let Some(faults) = fields.find("faults") {
        let faults = faults.list("a list of faults", MAX_FAULTS)?;
        let faults = faults.iter().map(|place| faults::read(place, nodes));
        scenario.faults = faults.collect::<Result<_, _>>()?;
    }
    if let Some(captions) = fields.find("captions") {
        let captions = captions.list("a list of captions", MAX_CAPTIONS)?;
        let captions = captions.iter().map(|place| read_caption(place, nodes));
        scenario.captions = captions.collect::<Result<_, _>>()?;
    }
    if let Some(goal) = fields.find("goal") {
        scenario.goal = Some(goal::goal_json(&goal::read(&goal, nodes)?));
    }
    Ok(())
}

fn read_request(place: &Place, protocol: &Protocol, nodes: Nodes) -> Result<RequestSpec, Problem> {
    let fields = place.object(&["at", "node", "do", "with"])?;
    let at = time(&fields.get("at"))?;
    let node = nodes.node(&fields.get("node"))?;
    let name =
        fields.get("do").text_or(&|| alternatives(check::request_names(protocol)))?.to_owned();
    let with = fields.get("with").value().cloned();
    Ok(RequestSpec { at, node, name, with })
}

fn read_caption(place: &Place, nodes: Nodes) -> Result<Caption, Problem> {
    let fields = place.object(&["at", "node", "text"])?;
    Ok(Caption {
        at: time(&fields.get("at"))?,
        node: nodes.node(&fields.get("node"))?,
        text: fields.get("text").line(MAX_CAPTION)?.to_owned(),
    })
}
