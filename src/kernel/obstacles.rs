//! Obstacles that a message may meet in transit, found by time.
//!
//! A scenario may hold ten thousand faults, and a run half a million messages. So obstacles are kept by the
//! nodes that they concern and sorted by their beginnings, and a message looks only at those of its time.

use super::{
    Fault, Loss, MessageName, NodeId, NodeSet, Scenario, Side, SortedMap, Time, sort_by_key,
};

/// All obstacles of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Obstacles {
    partitions: Spans<Sides>,
    cuts: SortedMap<(NodeId, NodeId), Spans<()>>,
    senders: SortedMap<NodeId, Spans<()>>,
    receivers: SortedMap<NodeId, Spans<()>>,
}

/// For each node, the number of its side of a partition.
#[derive(Clone, Debug)]
struct Sides(Box<[u8]>);

impl Obstacles {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut partitions = Vec::new();
        let mut cuts = SortedMap::<_, Vec<_>>::new();
        let mut senders = SortedMap::<_, Vec<_>>::new();
        let mut receivers = SortedMap::<_, Vec<_>>::new();
        for (fault, it) in scenario.faults.iter().enumerate() {
            match *it {
                Fault::Partition { ref groups, at, until } => {
                    let sides = Sides::new(scenario.nodes.len(), groups);
                    partitions.push(Span::new(fault, at, until, sides));
                }
                Fault::Cut { from, to, at, until } => {
                    cuts.entry((from, to)).or_default().push(Span::new(fault, at, until, ()));
                }
                Fault::Omit { node, side, at, until } => {
                    let hit = match side {
                        Side::Send => &mut senders,
                        Side::Receive => &mut receivers,
                    };
                    hit.entry(node).or_default().push(Span::new(fault, at, until, ()));
                }
                _ => {}
            }
        }
        Self {
            partitions: Spans::new(partitions),
            cuts: by_whom(cuts),
            senders: by_whom(senders),
            receivers: by_whom(receivers),
        }
    }

    /// True if a message that is sent at this moment is stopped at its sender.
    pub(super) fn stops_at_once(&self, name: MessageName, sent: Time) -> bool {
        let MessageName { from, to, .. } = name;
        let alone = |spans: Option<&Spans<()>>| {
            spans.is_some_and(|it| it.first(sent, sent, |()| true).is_some())
        };
        self.partitions.first(sent, sent, |sides| sides.part(from, to)).is_some()
            || alone(self.cuts.get(&(from, to)))
            || alone(self.senders.get(&from))
    }

    /// Returns the first obstacle of a message that is to travel from `sent` to `arrival`, and its time: of
    /// several at one moment, the first in the scenario.
    pub(super) fn first(
        &self,
        name: MessageName,
        sent: Time,
        arrival: Time,
    ) -> Option<(Time, Loss)> {
        let MessageName { from, to, .. } = name;
        let partition = self.partitions.first(sent, arrival, |sides| sides.part(from, to));
        let cut = self.cuts.get(&(from, to)).and_then(|it| it.first(sent, arrival, |()| true));
        let unsent = self.senders.get(&from).and_then(|it| it.first(sent, sent, |()| true));
        let unheard = self.receivers.get(&to).and_then(|it| it.first(arrival, arrival, |()| true));
        let hits = [
            partition.map(|(at, fault)| (at, fault, Loss::Partition(fault))),
            cut.map(|(at, fault)| (at, fault, Loss::Cut(fault))),
            unsent.map(|(at, fault)| (at, fault, Loss::Omission(fault))),
            unheard.map(|(at, fault)| (at, fault, Loss::Omission(fault))),
        ];
        let first = hits.into_iter().flatten().min_by_key(|(at, fault, _)| (*at, *fault));
        first.map(|(at, _, loss)| (at, loss))
    }
}

fn by_whom<K: Ord>(spans: SortedMap<K, Vec<Span<()>>>) -> SortedMap<K, Spans<()>> {
    spans.into_iter().map(|(whom, spans)| (whom, Spans::new(spans))).collect()
}

impl Sides {
    fn new(size: usize, groups: &[NodeSet]) -> Self {
        // A node in no group is alone: its number is that of no group and of no other node.
        let alone = groups.len();
        let side = |node: NodeId| {
            let group = groups.iter().position(|group| group.contains(node));
            group.unwrap_or(alone + node.index()) as u8
        };
        Self((0..size).map(NodeId::new).map(side).collect())
    }

    /// True if the two nodes are on different sides.
    fn part(&self, one: NodeId, other: NodeId) -> bool {
        self.0[one.index()] != self.0[other.index()]
    }
}

/// Spans of time, sorted by their beginnings.
#[derive(Clone, Debug)]
struct Spans<T>(Vec<Span<T>>);

#[derive(Clone, Debug)]
struct Span<T> {
    fault: usize,
    at: Time,
    until: Time,
    /// Latest end of those that begin no later: none of them is in effect after it.
    last_end: Time,
    what: T,
}

impl<T> Span<T> {
    const fn new(fault: usize, at: Time, until: Time, what: T) -> Self {
        Self { fault, at, until, last_end: until, what }
    }
}

impl<T> Spans<T> {
    fn new(mut spans: Vec<Span<T>>) -> Self {
        sort_by_key(&mut spans, |span| (span.at, span.fault));
        let mut last_end = 0;
        for span in &mut spans {
            last_end = span.until.max(last_end);
            span.last_end = last_end;
        }
        Self(spans)
    }

    /// Returns the first moment from `from` to `to` at which a span that `blocks` is in effect, and its
    /// fault.
    fn first(&self, from: Time, to: Time, blocks: impl Fn(&T) -> bool) -> Option<(Time, usize)> {
        let (begun, later) = self.0.split_at(self.0.partition_point(|span| span.at <= from));
        let perhaps = begun.iter().rev().take_while(|span| span.last_end > from);
        let standing = perhaps.filter(|span| span.until > from && blocks(&span.what));
        if let Some(fault) = standing.map(|span| span.fault).min() {
            return Some((from, fault));
        }
        let mut later = later.iter().take_while(|span| span.at <= to && span.at < span.until);
        later.find(|span| blocks(&span.what)).map(|span| (span.at, span.fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference for the test: looks at every span in turn.
    fn plainly(spans: &[Span<()>], from: Time, to: Time) -> Option<(Time, usize)> {
        let meets = spans.iter().map(|span| (span.at.max(from), span.until, span.fault));
        let meets = meets.filter(|(at, until, _)| at < until && *at <= to);
        meets.map(|(at, _, fault)| (at, fault)).min()
    }

    #[test]
    fn first_obstacle_is_found_as_by_a_full_scan() {
        let mut word: u64 = 1;
        let mut below = |bound: u64| {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (word >> 33) % bound
        };
        let mut found = 0;
        for _ in 0..2000 {
            let many = below(12) as usize;
            let mut span = |fault| {
                let at = below(40);
                Span::new(fault, at, at + 1 + below(20), ())
            };
            let spans: Vec<_> = (0..many).map(&mut span).collect();
            let from = below(60);
            let to = from + below(20);
            let plain = plainly(&spans, from, to);
            assert_eq!(Spans::new(spans.clone()).first(from, to, |()| true), plain, "{spans:?}");
            found += usize::from(plain.is_some());
        }
        assert!((500..1900).contains(&found), "{found} of 2000 met something");
    }

    #[test]
    fn partitioned_node_in_no_group_is_alone() {
        let [a, b, c, d] = [0, 1, 2, 3].map(NodeId::new);
        let sides = Sides::new(4, &[[a, b].into_iter().collect()]);
        assert!(!sides.part(a, b) && sides.part(b, c) && sides.part(c, d));
    }
}
