//! Properties of views, and of deliveries in them.

use super::members::{Heard, ViewName};
use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Numbering},
        naming::{Mention, Sentence},
        watch::{Violation, Watch, safety},
    },
    kernel::{EventId, Kind, Needs, NodeId, NodeSet, Observation, Property, SortedMap},
};

/// View agreement.
///
/// Here a view's number is its name, as in the textbook: two views of one number with different members violate
/// it. The other properties take such views for different ones.
pub const VIEW_AGREEMENT: Property = Property {
    name: "view agreement",
    kind: Kind::Safety,
    statement: "If some process installs a view (i, M) and another process installs some view \
                (i, M'), then M = M'.",
    monitor: |_| safety(ViewAgreement::default()),
};

/// Self-inclusion.
pub const SELF_INCLUSION: Property = Property {
    name: "self-inclusion",
    kind: Kind::Safety,
    statement: "If a process p installs a view (i, M), then p is in M.",
    monitor: |_| safety(SelfInclusion),
};

/// Same-view delivery.
///
/// A delivery before any view is a delivery in none, which counts as one. Views of one number with different
/// members are different views.
pub const SAME_VIEW_DELIVERY: Property = Property {
    name: "same-view delivery",
    kind: Kind::Safety,
    statement: "If processes p and q both deliver message m, they deliver m in the same view.",
    monitor: |_| safety(SameViewDelivery::default()),
};

/// Virtual synchrony.
///
/// Views of one number with different members are different views: processes that install them do not go on
/// together.
pub const VIRTUAL_SYNCHRONY: Property = Property {
    name: "virtual synchrony",
    kind: Kind::Safety,
    statement: "If processes p and q install the same new view in the same previous view, then any \
                message delivered by p in the previous view is also delivered by q in it.",
    monitor: |_| safety(VirtualSynchrony::default()),
};

/// By number of a view: the node that installed it first, the event and the members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct ViewAgreement(SortedMap<u32, (NodeId, EventId, NodeSet)>);

impl Watch for ViewAgreement {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::View { id, members } = Heard::of(seen)? else { return None };
        let (node, event, first) = *self.0.entry(id).or_insert((seen.node, seen.id, members));
        let why = format!("{node} installed view {id} with {first}, {} with {members}", seen.node);
        (first != members).then(|| Violation::new(why, [event, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SelfInclusion;

impl Watch for SelfInclusion {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::View { id, members } = Heard::of(seen)? else { return None };
        let why = format!("{} installed view {id}, which does not contain it", seen.node);
        (!members.contains(seen.node)).then(|| Violation::new(why, [seen.id]))
    }
}

/// Returns the names of two views in a sentence: with their members if they have the same number.
fn in_views(views: [Option<ViewName>; 2]) -> [String; 2] {
    let [one, two] = views;
    let namesakes = one != two && one.map(|(id, _)| id) == two.map(|(id, _)| id);
    views.map(|view| match view {
        None => "no view".to_owned(),
        Some((id, members)) if namesakes => format!("view {id} of {members}"),
        Some((id, _)) => format!("view {id}"),
    })
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct SameViewDelivery {
    numbering: Numbering,
    views: SortedMap<NodeId, ViewName>,
    /// By message: its first delivery.
    delivered: SortedMap<BroadcastId, (NodeId, EventId, Option<ViewName>)>,
}

impl Watch for SameViewDelivery {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        match Heard::of(seen)? {
            Heard::View { id, members } => {
                self.views.insert(seen.node, (id, members));
                None
            }
            Heard::Gone => {
                self.views.remove(&seen.node);
                None
            }
            Heard::Notice(_) => None,
            Heard::Deliver(deliver) => {
                let view = self.views.get(&seen.node).copied();
                let first = (seen.node, seen.id, view);
                let (node, event, first) = *self.delivered.entry(deliver.id()).or_insert(first);
                if first == view {
                    return None;
                }
                let [there, here] = in_views([first, view]);
                let why = Sentence::new(format!("{node} delivered "))
                    .message(deliver.id().mention(&deliver.payload))
                    .words(format!(" in {there}, {} in {here}", seen.node));
                Some(Violation::new(why, [event, seen.id]))
            }
        }
    }
}

/// Equality is transitive, so a node that goes on from a view to another is compared with the first that did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct VirtualSynchrony {
    numbering: Numbering,
    /// By node: its current view, and the messages that it has delivered there.
    current: SortedMap<NodeId, (ViewName, Delivered)>,
    /// By two successive views: the first node that went on from one to the other, the event, and its deliveries.
    steps: SortedMap<(ViewName, ViewName), (NodeId, EventId, Delivered)>,
}

/// Delivered messages, each with the event of its delivery.
type Delivered = SortedMap<BroadcastId, (EventId, Value)>;

impl Watch for VirtualSynchrony {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        match Heard::of(seen)? {
            Heard::View { id, members } => {
                let next = (id, members);
                let (previous, delivered) =
                    self.current.insert(seen.node, (next, Delivered::new()))?;
                self.step(seen, (previous, next), delivered)
            }
            Heard::Deliver(deliver) => {
                let (_, delivered) = self.current.get_mut(&seen.node)?;
                delivered.entry(deliver.id()).or_insert_with(|| (seen.id, deliver.payload.clone()));
                None
            }
            Heard::Gone => {
                self.current.remove(&seen.node);
                None
            }
            Heard::Notice(_) => None,
        }
    }
}

impl VirtualSynchrony {
    fn step(
        &mut self,
        seen: &Observation,
        (previous, next): (ViewName, ViewName),
        mine: Delivered,
    ) -> Option<Violation> {
        let Some((peer, moved, theirs)) = self.steps.get(&(previous, next)) else {
            self.steps.insert((previous, next), (seen.node, seen.id, mine));
            return None;
        };
        let only = |here: &Delivered, there: &Delivered, node: NodeId, other: NodeId| {
            let lacks = here.iter().find(|(id, _)| !there.contains_key(id));
            lacks.map(|(id, (event, payload))| (*event, id.mention(payload), node, other))
        };
        let (event, message, node, other) = only(theirs, &mine, *peer, seen.node)
            .or_else(|| only(&mine, theirs, seen.node, *peer))?;
        let [here, there] = in_views([Some(previous), Some(next)]);
        let why = Sentence::new(format!("{node} delivered "))
            .message(message)
            .words(format!(" in {here}, {other} went on to {there} without it"));
        Some(Violation::new(why, [event, *moved, seen.id]))
    }
}
