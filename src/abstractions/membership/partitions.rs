//! Primary partition.

use super::members::{Heard, ViewName};
use crate::{
    abstractions::watch::{Violation, Watch, safety},
    kernel::{EventId, Kind, NodeId, Observation, Property, SortedMap},
};

/// Primary partition.
///
/// A view is identified by its number and its members. It follows the view in which a process was when it
/// installed it, and every view that this one follows, by the installations so far. Two views of one group that
/// processes have installed after another view are two partitions if neither follows the other and they share no
/// member; their numbers and the order of installations do not matter. A process's first view follows none, so it
/// is not compared before another process goes on to it. Views belong to one group if installations link them.
pub const PRIMARY_PARTITION: Property = Property {
    name: "primary partition",
    kind: Kind::Safety,
    statement: "Only one partition continues: of two views that processes go on to, one follows the other \
                or they share a member.",
    monitor: |_| safety(PrimaryPartition::default()),
};

/// The views of a run and their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct PrimaryPartition {
    views: Vec<Followed>,
    places: SortedMap<ViewName, usize>,
    /// By node: the place of the view that it is in.
    current: SortedMap<NodeId, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Followed {
    name: ViewName,
    /// The first process that installed it after another view, and the event.
    reached: Option<(NodeId, EventId)>,
    /// Views that it follows directly.
    before: Vec<usize>,
    /// The views that follow on it immediately.
    after: Vec<usize>,
    /// The same for all views that are linked.
    group: usize,
}

impl PrimaryPartition {
    fn place(&mut self, name: ViewName) -> usize {
        let place = *self.places.entry(name).or_insert(self.views.len());
        if place == self.views.len() {
            let (before, after) = (Vec::new(), Vec::new());
            self.views.push(Followed { name, reached: None, before, after, group: place });
        }
        place
    }

    /// Records that a process installed one view after another.
    fn link(&mut self, from: usize, to: usize) {
        if self.views[to].before.contains(&from) {
            return;
        }
        self.views[to].before.push(from);
        self.views[from].after.push(to);
        let (one, other) = (self.views[from].group, self.views[to].group);
        if one != other {
            self.views.iter_mut().filter(|it| it.group == other).for_each(|it| it.group = one);
        }
    }

    /// Marks the view and everything that is reached from it in one direction.
    fn mark(&self, from: usize, related: &mut [bool], next: impl Fn(&Followed) -> &Vec<usize>) {
        let mut seen = vec![false; self.views.len()];
        let mut open = vec![from];
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut seen[place], true) {
                continue;
            }
            related[place] = true;
            open.extend(next(&self.views[place]));
        }
    }

    /// The first view in another partition than this one.
    fn rival(&self, place: usize) -> Option<&Followed> {
        let (_, members) = self.views[place].name;
        let group = self.views[place].group;
        let apart = |it: &Followed| {
            it.reached.is_some() && it.group == group && it.name.1.and(members).is_empty()
        };
        if !self.views.iter().any(apart) {
            return None;
        }
        let mut related = vec![false; self.views.len()];
        self.mark(place, &mut related, |it| &it.before);
        self.mark(place, &mut related, |it| &it.after);
        let mut views = self.views.iter().zip(related);
        views.find(|(it, related)| !related && apart(it)).map(|(it, _)| it)
    }
}

impl Watch for PrimaryPartition {
    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let node = seen.node;
        let name = match Heard::of(seen)? {
            Heard::View { id, members } => (id, members),
            Heard::Gone => {
                self.current.remove(&node);
                return None;
            }
            Heard::Deliver(_) | Heard::Notice(_) => return None,
        };
        let place = self.place(name);
        let from = self.current.insert(node, place)?;
        if from == place {
            return None;
        }
        self.link(from, place);
        if self.views[place].reached.is_some() {
            return None;
        }
        self.views[place].reached = Some((node, seen.id));
        let rival = self.rival(place)?;
        let (other, event) = rival.reached?;
        let ((mine, members), (theirs, others)) = (name, rival.name);
        let why = format!(
            "{other} continued in view {theirs} of {others} and {node} in view {mine} of {members}: neither \
             view follows the other, and they share no member"
        );
        Some(Violation::new(why, [event, seen.id]))
    }
}
