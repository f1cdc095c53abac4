//! Elements on, behind and across the lines: bands, critical sections, barriers, cuts, undone work.

use yew::prelude::*;

use super::{
    drawing::Props,
    svg::{head, line, rect, text},
};
use crate::{
    app::text,
    diagram::{
        Across, Band, Bar, Barrier, Field, Orientation, Piece, Point, Strike, Waiting,
        deadlock_sentence, path, tint,
    },
    kernel::spell,
};

/// A number behind a line: a round, a term, a view.
pub(super) fn band(props: &Props, band: &Band) -> Html {
    let metric = &props.run.protocol.metrics[band.metric];
    let name = props.run.scenario.name(band.node);
    let start = match props.layout.orientation() {
        Orientation::Horizontal => Point { x: band.from.x, y: band.to.y },
        Orientation::Vertical => Point { x: band.to.x, y: band.from.y },
    };
    html! {
        <g class={classes!("band", tint(band.value))}>
            <title>{ text::spans::band(&name, metric.name, band.value) }</title>
            { rect(band.from, band.to) }
            <path d={line(band.from, start)} />
            if let Some(label) = &band.label { { text(label) } }
        </g>
    }
}

/// A stay in the critical section.
pub(super) fn section(props: &Props, bar: &Bar) -> Html {
    let clashes = props.scene.clashes.iter().any(|field| {
        let clash = field.clash;
        (clash.first == bar.stay.node || clash.second == bar.stay.node)
            && bar.stay.entered <= clash.from
            && bar.stay.left.is_none_or(|left| left > clash.from)
    });
    let class =
        classes!("section", clashes.then_some("clashing"), props.event_class(bar.stay.entered));
    html! {
        <g {class}>
            <path class="rim" d={line(bar.from, bar.to)} />
            <path d={line(bar.from, bar.to)} />
        </g>
    }
}

/// Two nodes in the critical section at once.
pub(super) fn clash(props: &Props, field: &Field) -> Html {
    let clash = field.clash;
    html! {
        <g class={classes!("clash", props.event_class(clash.from))}>
            { rect(field.from, field.to) }
        </g>
    }
}

/// The pieces of a line across, each there once its event has happened.
fn pieces(props: &Props, pieces: &[Piece], class: &'static str) -> Html {
    pieces
        .iter()
        .map(|piece| {
            let to_come = (piece.since >= props.cursor).then_some("to-come");
            html! { <path class={classes!(class, to_come)} d={line(piece.from, piece.to)} /> }
        })
        .collect()
}

/// A view.
pub(super) fn barrier(props: &Props, barrier: &Barrier) -> Html {
    let members = spell(&barrier.members.to_string(), &props.run.scenario.nodes);
    let recedes = props.recedes();
    html! {
        <g class={classes!("barrier", recedes)}>
            <title>{ text::spans::view(barrier.id, &members) }</title>
            { pieces(props, &barrier.pieces, "ties") }
            { pieces(props, &barrier.pieces, "spine") }
            if let Some(label) = &barrier.label { { text(label) } }
        </g>
    }
}

/// A recorded global state, or the states that a recovery goes back to.
pub(super) fn across(props: &Props, across: &Across) -> Html {
    let class = if across.snapshot.is_some() { "cut" } else { "recovery-line" };
    html! {
        <g class={classes!("crossing", class)}>
            { pieces(props, &across.pieces, "spine") }
            { for across.posts.iter().map(|post| {
                rect(Point { x: post.x - 9.0, y: post.y - 9.0 }, Point { x: post.x + 9.0, y: post.y + 9.0 })
            }) }
        </g>
    }
}

/// Work that a rollback undoes.
pub(super) fn strike(props: &Props, strike: &Strike) -> Html {
    html! {
        <g class={classes!("strike", props.event_class(strike.undone.until))}>
            <path d={path::strokes(strike.from, strike.to)} />
        </g>
    }
}

/// A node that waits for another at the end of the run.
pub(super) fn waiting(props: &Props, waiting: &Waiting) -> Html {
    let over = props.cursor >= props.run.trace.events.len();
    let sentence = deadlock_sentence(&props.run.scenario, &props.run.trace);
    html! {
        <g class={classes!("waiting", (!over).then_some("to-come"))}>
            <title>{ sentence }</title>
            { bent(waiting.from, waiting.towards, waiting.to) }
        </g>
    }
}

/// A bent arrow with its head.
pub(super) fn bent(from: Point, towards: Point, to: Point) -> Html {
    html! {
        <>
            <path class="stroke" d={path::bent(from, towards, to)} />
            <path class="head" d={head(towards, to)} />
        </>
    }
}
