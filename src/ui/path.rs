//! The witness as a path: along the lines it is drawn as strongly as its arrows.

use yew::prelude::*;

use super::svg::line;
use crate::{
    app::Run,
    diagram::{Emphasis, Layout},
    kernel::NodeId,
};

/// The pieces of the lines between what led to a violation, the later part only once it has happened.
pub(super) fn path(run: &Run, layout: &Layout, emphasis: &Option<Emphasis>, cursor: usize) -> Html {
    let Some(Emphasis { witness: Some(chain), .. }) = emphasis else { return html! {} };
    // By line: from its first event on the way to its last; up to the playhead the stroke is whole.
    let mut pieces: Vec<Option<(f64, f64, f64)>> = vec![None; run.scenario.nodes.len()];
    for &event in &chain.events {
        let along = layout.along_event(event);
        // A loss is the network's: nothing of it is on the line.
        if run.trace.events[event].kind.name() == "lose" {
            continue;
        }
        let told = event < cursor;
        let piece = &mut pieces[run.trace.events[event].node.index()];
        let (from, seen, _) = piece.unwrap_or((along, along, along));
        *piece = Some((from, if told { along } else { seen }, along));
    }
    let piece = |(index, piece): (usize, Option<(f64, f64, f64)>)| {
        let (from, seen, to) = piece.filter(|(from, _, to)| to > from)?;
        let across = layout.across(NodeId::new(index));
        let d = |from, to| line(layout.point(from, across), layout.point(to, across));
        Some(html! {
            <>
                <path d={d(from, seen)} />
                if to > seen { <path class="to-come" d={d(seen, to)} /> }
            </>
        })
    };
    html! {
        <g class="witness-path" aria-hidden="true">
            { for pieces.into_iter().enumerate().filter_map(piece) }
        </g>
    }
}
