//! Logical time beside the marks.

use yew::prelude::*;

use super::svg::text;
use crate::{
    analysis::Stamps,
    app::{Run, Shared},
    diagram::{Clocks, Layout, Scene, timestamps},
    kernel::EventId,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) scene: Shared<Scene>,
    pub(super) layout: Shared<Layout>,
    pub(super) stamps: Shared<Stamps>,
    pub(super) clocks: Clocks,
    /// Number of events that are not hidden.
    pub(super) told: EventId,
}

/// The timestamps: laid out once a picture, and drawn when that or the clocks change.
#[component]
pub(super) fn Timestamps(props: &Props) -> Html {
    let key = (props.scene.clone(), props.layout.clone(), props.stamps.clone(), props.clocks);
    let shown = use_memo(key, |(scene, layout, stamps, clocks)| {
        let drawn = (&props.run.scenario, &props.run.trace);
        timestamps(scene, layout, drawn, stamps, *clocks)
    });
    html! {
        <g class="timestamps">
            { for shown.iter().filter(|it| it.event < props.told).map(|it| html! {
                <g role="img" aria-label={it.full.clone()} lang="en">{ text(&it.label) }</g>
            }) }
        </g>
    }
}
