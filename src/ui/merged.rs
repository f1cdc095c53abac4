//! Marks and messages that merge, as SVG: one path for each kind of them.

use yew::prelude::*;

use super::{drawing::Props, svg::text};
use crate::{
    app::text,
    diagram::{Merged, Sheaf},
};

/// Draws what merges, and the signs of what does not.
pub(super) fn draw(props: &Props, merged: &Merged) -> Html {
    html! {
        <g class="merged">
            { for merged.sheaves.iter().map(|sheaf| draw_sheaf(props, sheaf)) }
            <path class="strokes" d={merged.strokes_path()} />
            <path class="bars" d={merged.bars_path(props.layout.orientation())} />
            { for merged.sign_paths().into_iter().map(|(class, d)| html! { <path {class} {d} /> }) }
            { for merged.sheaves.iter().filter_map(|sheaf| sheaf.label.as_ref()).map(text) }
        </g>
    }
}

fn draw_sheaf(props: &Props, sheaf: &Sheaf) -> Html {
    let name = |node| props.run.scenario.name(node);
    let names = (name(sheaf.from), name(sheaf.to));
    let title = text::picture::sheaf((&names.0, &names.1), sheaf.count, sheaf.lost, sheaf.forged);
    // A band has messages of all kinds: only those of other nodes are known not to pass.
    let only = props.emphasis.as_ref().and_then(|emphasis| emphasis.only.node);
    let is_aside = only.is_some_and(|node| ![sheaf.from, sheaf.to].contains(&node));
    html! {
        <path class={classes!("sheaf", is_aside.then_some("recedes"))} d={sheaf.outline()}><title>{ title }</title></path>
    }
}
