//! Picture of the network's links.

use super::{
    Label, Point,
    labels::{Placed, elide_to, half_width},
};
use crate::kernel::{NodeId, NodeSet, Scenario, Topology};

/// Smallest distance between two nodes.
const APART: f64 = 76.0;
/// Distance between two levels of a tree.
const LEVEL: f64 = 58.0;
/// Share of its height that a picture keeps, since it should be wide.
const FLAT: f64 = 0.6;
/// Free space around the outermost nodes.
const MARGIN: Point = Point { x: 44.0, y: 28.0 };
/// Size of a node's sign.
const SIGN: f64 = 20.0;
/// Largest length of a name.
const NAME: usize = 10;
/// Largest number of nodes of a network that is laid out by its distances; larger ones are rings.
const MANY: usize = 40;
/// Number of rounds of that layout; each moves every node.
const ROUNDS: usize = 150;

/// Layout of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Width of the picture, in CSS pixels.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Nodes.
    pub places: Vec<Place>,
    /// Links.
    pub links: Vec<Link>,
}

/// A node in the layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The node.
    pub node: NodeId,
    /// Its place.
    pub at: Point,
    /// True if it is a router.
    pub router: bool,
    /// Its name, if there is room.
    pub label: Option<Label>,
}

/// A link in the layout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The two nodes that it links.
    pub nodes: [NodeId; 2],
    /// Their places.
    pub ends: [Point; 2],
}

/// Width of a picture in which messages travel, if its nodes are few.
const ROOMY: f64 = 620.0;
/// Largest ratio of its size to that of the small picture.
const LARGER: f64 = 3.2;
/// Largest number of nodes of a full network whose links are drawn.
const FEW: usize = 8;

/// Lays out the scenario's network; none if it is full.
#[must_use]
pub fn graph(scenario: &Scenario) -> Option<Graph> {
    let topology = &scenario.network.topology;
    if *topology == Topology::Full {
        return None;
    }
    let neighbours = topology.neighbours(scenario.nodes.len());
    let at = places(topology, &neighbours);
    Some(picture(scenario, &neighbours, &at))
}

/// Lays out the scenario's network with room for messages between its nodes. A full network is a ring, without its
/// links if they are many.
#[must_use]
pub fn roomy_graph(scenario: &Scenario) -> Graph {
    let topology = &scenario.network.topology;
    let size = scenario.nodes.len();
    let mut neighbours = topology.neighbours(size);
    let mut at = places(topology, &neighbours);
    if *topology == Topology::Full && size > FEW {
        neighbours.fill(NodeSet::EMPTY);
    }
    let least = at.iter().map(|it| it.x).fold(f64::INFINITY, f64::min);
    let most = at.iter().map(|it| it.x).fold(f64::NEG_INFINITY, f64::max);
    let larger = (ROOMY / (most - least).max(1.0)).clamp(1.0, LARGER);
    at.iter_mut().for_each(|it| *it = Point { x: it.x * larger, y: it.y * larger });
    picture(scenario, &neighbours, &at)
}

fn places(topology: &Topology, neighbours: &[NodeSet]) -> Vec<Point> {
    let size = neighbours.len();
    match topology {
        Topology::Ring | Topology::Full => ring(size),
        Topology::Line => {
            (0..size).map(|place| Point { x: place as f64 * APART, y: 0.0 }).collect()
        }
        Topology::Tree => tree(neighbours, NodeId::new(0)),
        _ if is_tree(neighbours) => tree(neighbours, centre(neighbours)),
        _ => any(neighbours),
    }
}

/// Fits a layout into a picture and adds the names.
fn picture(scenario: &Scenario, neighbours: &[NodeSet], at: &[Point]) -> Graph {
    let least = |of: fn(&Point) -> f64| at.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&Point) -> f64| at.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (left, top) = (least(|it| it.x) - MARGIN.x, least(|it| it.y) - MARGIN.y);
    let width = most(|it| it.x) - left + MARGIN.x;
    let height = most(|it| it.y) - top + MARGIN.y;
    let at: Vec<_> = at.iter().map(|it| Point { x: it.x - left, y: it.y - top }).collect();
    let mut placed = Placed::new(width, height);
    for &at in &at {
        placed.block(at, SIGN);
    }
    let routers = scenario.network.topology.routers();
    let nodes = || (0..at.len()).map(NodeId::new);
    let places = nodes().map(|node| {
        let at = at[node.index()];
        let text = elide_to(&scenario.name(node), NAME);
        let half = half_width(&text);
        let far = half + 14.0;
        let beside = [(0.0, 19.0), (0.0, -19.0), (far, 0.0), (-far, 0.0)];
        let beside = beside.map(|(dx, dy)| Point { x: at.x + dx, y: at.y + dy });
        let label = placed.place(half, beside).map(|at| Label { at, text });
        Place { node, at, router: routers.contains(node), label }
    });
    let places = places.collect();
    let link = |one: NodeId, other: NodeId| Link {
        nodes: [one, other],
        ends: [at[one.index()], at[other.index()]],
    };
    let links = nodes().flat_map(|one| {
        let others = neighbours[one.index()].into_iter().filter(move |other| one < *other);
        others.map(move |other| (one, other))
    });
    let links = links.map(|(one, other)| link(one, other)).collect();
    Graph { width, height, places, links }
}

/// Places nodes on an ellipse, the first at the top, neighbours far enough apart.
fn ring(size: usize) -> Vec<Point> {
    let circumference = size as f64 * APART * 1.35;
    let radius = (circumference / std::f64::consts::TAU).max(APART * 0.62);
    let place = |place: usize| {
        let turn = place as f64 / size as f64;
        Point { x: radius * sine(turn), y: -radius * sine(turn + 0.25) * FLAT }
    };
    (0..size).map(place).collect()
}

/// Sine of an angle in whole turns, with an error of at most 0.002 (Bhaskara's formula). The code of the exact sine
/// would be larger than this file.
fn sine(turn: f64) -> f64 {
    let turn = turn - turn.floor();
    let (half, sign) = if turn < 0.5 { (turn, 1.0) } else { (turn - 0.5, -1.0) };
    let product = 4.0 * half * (0.5 - half);
    sign * 16.0 * product / (5.0 - 4.0 * product)
}

/// Distances from one node to all others, in links; the number of nodes if there is no path.
fn distances(neighbours: &[NodeSet], from: NodeId) -> Vec<usize> {
    let mut distances = vec![neighbours.len(); neighbours.len()];
    let (mut far, mut reached, mut newest) = (0, NodeSet::from(from), NodeSet::from(from));
    while !newest.is_empty() {
        let mut next = NodeSet::EMPTY;
        for node in newest {
            distances[node.index()] = far;
            next = next.or(neighbours[node.index()]);
        }
        newest = next.without(reached);
        reached = reached.or(newest);
        far += 1;
    }
    distances
}

/// True if there is exactly one path between any two nodes.
fn is_tree(neighbours: &[NodeSet]) -> bool {
    let ends: usize = neighbours.iter().map(|neighbours| neighbours.len()).sum();
    let reached = distances(neighbours, NodeId::new(0));
    ends == 2 * (neighbours.len() - 1) && reached.iter().all(|&far| far < neighbours.len())
}

/// First node whose greatest distance to another node is minimal.
fn centre(neighbours: &[NodeSet]) -> NodeId {
    let far = |node: &NodeId| distances(neighbours, *node).into_iter().max();
    (0..neighbours.len()).map(NodeId::new).min_by_key(far).unwrap_or(NodeId::new(0))
}

/// Places a tree by levels, each node above the middle of its children.
fn tree(neighbours: &[NodeSet], root: NodeId) -> Vec<Point> {
    let levels = distances(neighbours, root);
    let mut at = vec![Point { x: 0.0, y: 0.0 }; neighbours.len()];
    let mut leaves = 0;
    // Each node is visited twice: first its branches are pushed, later it is placed.
    let mut ahead = vec![(root, false)];
    while let Some((node, branches_done)) = ahead.pop() {
        let level = levels[node.index()];
        let branches =
            || neighbours[node.index()].into_iter().filter(|it| levels[it.index()] > level);
        let count = branches().count();
        if count > 0 && !branches_done {
            ahead.push((node, true));
            let mut branches: Vec<_> = branches().map(|branch| (branch, false)).collect();
            branches.reverse();
            ahead.extend(branches);
            continue;
        }
        let x = if count == 0 {
            leaves += 1;
            leaves as f64 * APART
        } else {
            branches().map(|branch| at[branch.index()].x).sum::<f64>() / count as f64
        };
        at[node.index()] = Point { x, y: level as f64 * LEVEL };
    }
    at
}

/// Places any network so that distances in the picture are like those in links (stress majorisation; Gansner,
/// Koren, North 2004), or as a ring if nodes would lie on links.
fn any(neighbours: &[NodeSet]) -> Vec<Point> {
    let size = neighbours.len();
    let round = ring(size);
    if size > MANY {
        return round;
    }
    let distances: Vec<_> =
        (0..size).map(|node| distances(neighbours, NodeId::new(node))).collect();
    let mut at = round.clone();
    for _ in 0..ROUNDS {
        for node in 0..size {
            at[node] = settled(&at, node, &distances[node]);
        }
    }
    lay_down(&mut at);
    at.iter_mut().for_each(|it| it.y *= FLAT);
    spread(&mut at);
    if on_links(neighbours, &at) <= on_links(neighbours, &round) { at } else { round }
}

/// Rotates the layout so that its main axis is horizontal.
fn lay_down(at: &mut [Point]) {
    let mean = |of: fn(&Point) -> f64| at.iter().map(of).sum::<f64>() / at.len() as f64;
    let (x, y) = (mean(|it| it.x), mean(|it| it.y));
    let sum =
        |of: &dyn Fn(f64, f64) -> f64| -> f64 { at.iter().map(|it| of(it.x - x, it.y - y)).sum() };
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    let (half, least) = ((xx - yy) / 2.0, 0.001);
    // The direction of the greatest variance, as an eigenvector of the covariance.
    let (dx, dy) = (half + half.hypot(xy), xy);
    let length = dx.hypot(dy);
    let (dx, dy) = if length < least { (0.0, 1.0) } else { (dx / length, dy / length) };
    at.iter_mut().for_each(|it| *it = Point { x: it.x * dx + it.y * dy, y: it.y * dx - it.x * dy });
}

/// Place of a node that fits its distances to all others best.
fn settled(at: &[Point], node: usize, distances: &[usize]) -> Point {
    let (mut x, mut y, mut weights) = (0.0, 0.0, 0.0);
    for (other, there) in at.iter().enumerate().filter(|(other, _)| *other != node) {
        let wanted = distances[other] as f64 * APART * 1.1;
        let (dx, dy) = (at[node].x - there.x, at[node].y - there.y);
        let length = dx.hypot(dy).max(0.01);
        let weight = 1.0 / (wanted * wanted);
        x += weight * (there.x + wanted * dx / length);
        y += weight * (there.y + wanted * dy / length);
        weights += weight;
    }
    if weights > 0.0 { Point { x: x / weights, y: y / weights } } else { at[node] }
}

/// Enlarges the layout until no two nodes are too near to each other. Vertical distances count more.
fn spread(at: &mut [Point]) {
    let mut nearest = f64::INFINITY;
    for (place, one) in at.iter().enumerate() {
        for other in &at[..place] {
            nearest = nearest.min((one.x - other.x).hypot((one.y - other.y) / FLAT));
        }
    }
    let larger = (APART / nearest.max(1.0)).max(1.0);
    at.iter_mut().for_each(|it| *it = Point { x: it.x * larger, y: it.y * larger });
}

/// Number of times that a node lies on a link between two others.
fn on_links(neighbours: &[NodeSet], at: &[Point]) -> usize {
    let mut count = 0;
    for (one, others) in neighbours.iter().enumerate() {
        for other in others.into_iter().map(NodeId::index).filter(|other| one < *other) {
            let strangers = (0..at.len()).filter(|node| *node != one && *node != other);
            count +=
                strangers.filter(|&node| distance(at[node], at[one], at[other]) < SIGN).count();
        }
    }
    count
}

/// Distance of a point from the line between two others.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let along = ((point.x - from.x) * dx + (point.y - from.y) * dy) / (dx * dx + dy * dy).max(1.0);
    let along = along.clamp(0.0, 1.0);
    (point.x - from.x - dx * along).hypot(point.y - from.y - dy * along)
}
