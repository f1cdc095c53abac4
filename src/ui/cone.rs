//! The past and the future of an event, as stretches of the lines: whatever its kind, however far away.

use yew::prelude::*;

use super::svg::line;
use crate::{
    diagram::{Asked, Emphasis, Layout},
    kernel::NodeId,
};

/// The stretches, behind the picture.
pub(super) fn cone(emphasis: &Option<Emphasis>, layout: &Layout) -> Html {
    let Some(Emphasis { asked: Asked::Event(_), reaches, .. }) = emphasis else {
        return html! {};
    };
    let stretch = |node: usize, from: f64, to: f64, class: &'static str| {
        let across = layout.across(NodeId::new(node));
        let d = line(layout.point(from, across), layout.point(to, across));
        html! { <path {class} {d} /> }
    };
    html! {
        <g class="cone" aria-hidden="true">
            { for reaches.iter().enumerate().map(|(node, (last, first))| html! {
                <>
                    if let Some(last) = last {
                        { stretch(node, 0.0, layout.along_event(*last), "past") }
                    }
                    if let Some(first) = first {
                        { stretch(node, layout.along_event(*first), layout.length(), "future") }
                    }
                </>
            }) }
        </g>
    }
}
