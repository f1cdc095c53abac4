//! A cut that the reader draws across all lines, and its verdict in words.

use super::{Playhead, Run, Shared, text};
use crate::{
    analysis::{Crossing, Frontier, Lines},
    kernel::NodeId,
    runs::Outcome,
};

/// A cut, and the messages that cross it.
#[derive(Clone, Debug, PartialEq)]
pub struct CutLine {
    /// The lines of this run.
    pub lines: Shared<Lines>,
    /// The point at which it crosses each node's line.
    pub posts: Vec<Post>,
    /// The messages that cross it.
    pub crossing: Crossing,
}

/// A point at which a cut crosses a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Post {
    /// Number of the line's places before the cut: see [`Lines::places`].
    pub places: usize,
    /// Approximate moment between two places at which it is drawn, in virtual ms.
    pub time: f64,
}

/// A reader's action on the cut.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Draws a cut at the playhead, or removes it.
    Toggle,
    /// Moves it to the playhead.
    ToPlayhead,
    /// Moves it to these points, one on each line.
    To(Vec<Post>),
    /// Moves it on one line, by this number of places.
    Step(NodeId, isize),
    /// Moves all of it past the next place of some line; back, if negative.
    Shift(isize),
    /// Makes it consistent: removes the effects whose causes are missing.
    Mend,
}

impl CutLine {
    /// Returns the cut at the playhead of a run.
    #[must_use]
    pub fn at(run: &Outcome, playhead: Playhead) -> Self {
        let lines = Shared::new(Lines::of(&run.trace, run.scenario.nodes.len()));
        let posts = posts_at(&lines, playhead);
        Self::new(lines, posts)
    }

    fn new(lines: Shared<Lines>, mut posts: Vec<Post>) -> Self {
        for (node, post) in posts.iter_mut().enumerate() {
            post.places = post.places.min(lines.places(NodeId::new(node)).len());
        }
        let crossing = lines.crossing(&frontier(&posts));
        Self { lines, posts, crossing }
    }

    /// Returns the same cut across the lines of another run with as many nodes.
    pub(super) fn of(&self, run: &Run) -> Option<Self> {
        let nodes = run.scenario.nodes.len();
        (nodes == self.posts.len())
            .then(|| Self::new(Shared::new(Lines::of(&run.trace, nodes)), self.posts.clone()))
    }

    pub(super) fn moved(&self, how: Move, playhead: Playhead) -> Self {
        let lines = &self.lines;
        let posts = match how {
            Move::Toggle | Move::ToPlayhead => posts_at(lines, playhead),
            Move::To(posts) if posts.len() == self.posts.len() => posts,
            Move::To(_) => return self.clone(),
            Move::Step(node, _) if node.index() >= self.posts.len() => return self.clone(),
            Move::Step(node, by) => {
                let mut posts = self.posts.clone();
                let all = lines.places(node).len();
                let places = posts[node.index()].places.saturating_add_signed(by).min(all);
                posts[node.index()] = post_after(lines, node, places);
                posts
            }
            Move::Shift(by) => self.shifted(by > 0),
            Move::Mend => {
                let mended = lines.mended(&frontier(&self.posts)).0.into_iter().enumerate();
                let kept = |(node, places): (usize, usize)| match self.posts[node] {
                    post if post.places == places => post,
                    _ => post_after(lines, NodeId::new(node), places),
                };
                mended.map(kept).collect()
            }
        };
        Self::new(lines.clone(), posts)
    }

    /// Returns the points after moving all of the cut until it passes a place.
    fn shifted(&self, forward: bool) -> Vec<Post> {
        let nodes = (0..self.posts.len()).map(NodeId::new);
        // Distance of each point to the next place.
        let gaps = nodes.filter_map(|node| {
            let (post, times) = (self.posts[node.index()], self.lines.times(node));
            let next = if forward { Some(post.places) } else { post.places.checked_sub(1) };
            let next = *times.get(next?)? as f64;
            Some((next - post.time).abs())
        });
        let gap = gaps.fold(f64::INFINITY, f64::min);
        if gap == f64::INFINITY {
            return self.posts.clone();
        }
        let by = if forward { gap } else { -gap };
        let moved = self.posts.iter().enumerate().map(|(node, post)| {
            let (places, times) = (post.places, self.lines.times(NodeId::new(node)));
            let time = post.time + by;
            let passed = match forward {
                true => times[places..].iter().take_while(|at| **at as f64 <= time).count(),
                false => times[..places].iter().rev().take_while(|at| **at as f64 >= time).count(),
            };
            let places = if forward { places + passed } else { places - passed };
            Post { places, time }
        });
        moved.collect()
    }

    /// Returns the verdict on the cut, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Crossing { orphans, in_transit } = &self.crossing;
        text::cut::sentence(orphans.len(), in_transit.len())
    }
}

fn frontier(posts: &[Post]) -> Frontier {
    Frontier(posts.iter().map(|post| post.places).collect())
}

fn posts_at(lines: &Lines, playhead: Playhead) -> Vec<Post> {
    let nodes = (0..lines.nodes()).map(NodeId::new);
    let post = |node| Post { places: lines.among(node, playhead.cursor), time: playhead.time };
    nodes.map(post).collect()
}

/// Returns the point just after this number of places of a line.
fn post_after(lines: &Lines, node: NodeId, places: usize) -> Post {
    let last = places.checked_sub(1).map(|last| lines.times(node)[last]);
    Post { places, time: last.unwrap_or(0) as f64 }
}
