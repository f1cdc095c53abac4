//! The whole run on a strip, with the part of it that is seen; and how large that is.

use yew::prelude::*;

use super::{Send, svg::px};
use crate::{
    app::{Action, Lens, Room, Run, Shared, Shown, text},
    diagram::{self, Layout, Orientation},
    kernel::Time,
    web::{self, Element, Viewport},
};

/// Number of bins of the strip.
const BINS: usize = 400;
/// Height of a line's row, in the strip's own units.
const ROW: f64 = 9.0;
/// Distance by which an arrow key moves the window, as a share of the visible part.
const KEY: f64 = 0.5;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) layout: Shared<Layout>,
    /// Position of the playhead along the time axis.
    pub(super) along: f64,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    /// The element that scrolls.
    pub(super) container: NodeRef,
    /// Length of the visible part, along the time axis.
    pub(super) seen: f64,
    pub(super) lens: Lens,
    pub(super) shown: Shown,
    pub(super) room: Room,
    pub(super) send: Send,
}

/// The strip, where the picture is longer than what is seen of it; and the buttons that say how large it is.
#[component]
pub(super) fn Overview(props: &Props) -> Html {
    let Props { run, layout, along, seen, .. } = props;
    let place = use_node_ref();
    let scrolled = use_scrolled(&props.container, layout.orientation());
    let strip = use_memo((run.clone(), layout.end()), |(run, end)| strip(run, *end));
    let longer = layout.length() > seen * 1.02;
    let bin = |along: f64| layout.time_at(along) / layout.end().max(1) as f64 * BINS as f64;
    let height = px(ROW * run.scenario.nodes.len() as f64);
    let (from, to) = (bin(scrolled), bin(scrolled + seen));
    let times = (layout.time_at(scrolled) as u64, layout.time_at(scrolled + seen) as u64);
    let said = text::overview::part(times, layout.end());
    html! {
        <div class="overview">
            if longer {
                <div class="strip" role="slider" tabindex="0" aria-label={text::overview::STRIP}
                    aria-valuemin="0" aria-valuemax={layout.end().to_string()} aria-valuenow={times.0.to_string()}
                    aria-valuetext={said.clone()} title={text::overview::drag(&said)}
                    ref={place.clone()} onpointerdown={drag(props, &place, true)} onpointermove={drag(props, &place, false)} onkeydown={keys(props, scrolled)}>
                    <svg viewBox={format!("0 0 {BINS} {height}")} preserveAspectRatio="none" aria-hidden="true">
                        { (*strip).clone() }
                        if props.hidden {
                            <path class="curtain" d={format!("M{} 0V{height}H{BINS}V0Z", px(bin(*along)))} />
                        }
                        <path class="now" d={format!("M{} 0V{height}", px(bin(*along)))} />
                        <rect class="seen" x={px(from)} y="0" width={px((to - from).max(1.0))} height={height.clone()} />
                    </svg>
                </div>
            }
            { buttons(props, longer) }
        </div>
    }
}

/// The run by line and bin, with faults, losses and violations.
fn strip(run: &Run, end: Time) -> Html {
    let size = run.scenario.nodes.len();
    let sum = diagram::overview(run.features(), &run.trace, size, (BINS, end));
    let most = sum.counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let mut bars = String::new();
    for (node, counts) in sum.counts.iter().enumerate() {
        let bottom = (node as f64 + 1.0) * ROW;
        for (bin, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let high = (f64::from(count) / f64::from(most) * (ROW - 2.0)).max(1.5);
            bars.push_str(&format!("M{bin} {}h1v{}h-1z", px(bottom), px(-high)));
        }
    }
    let mut faults = String::new();
    for (node, bin) in &sum.faults {
        faults.push_str(&format!("M{bin} {}v{}", px(node.index() as f64 * ROW), px(ROW)));
    }
    let mut losses = String::new();
    for (node, bin) in &sum.losses {
        losses.push_str(&format!("M{bin} {}h1.4", px(node.index() as f64 * ROW + 1.0)));
    }
    let mut violations = String::new();
    for bin in &sum.violations {
        violations.push_str(&format!("M{bin} 0V{}", px(size as f64 * ROW)));
    }
    html! {
        <>
            <path class="bars" d={bars} />
            <path class="losses" d={losses} />
            <path class="faults" d={faults} />
            <path class="violations" d={violations} />
        </>
    }
}

/// Scroll position of the picture, kept up to date.
#[hook]
fn use_scrolled(container: &NodeRef, orientation: Orientation) -> f64 {
    // Only of the view: measured in the document.
    let scrolled = use_state_eq(|| 0.0);
    let container = container.clone();
    use_effect_with(orientation, {
        let scrolled = scrolled.clone();
        move |&orientation| {
            let listener = container.cast::<Element>().map(|element| {
                let looked_at = element.clone();
                web::on_scroll(&element, move || {
                    scrolled.set(along(web::viewport(&looked_at), orientation));
                })
            });
            move || drop(listener)
        }
    });
    *scrolled
}

fn along(viewport: Viewport, orientation: Orientation) -> f64 {
    match orientation {
        Orientation::Horizontal => viewport.left,
        Orientation::Vertical => viewport.top,
    }
}

/// Scrolls the picture.
fn go(container: &NodeRef, orientation: Orientation, to: f64) {
    let Some(element) = container.cast::<Element>() else { return };
    let now = web::viewport(&element);
    match orientation {
        Orientation::Horizontal => web::scroll_to(&element, to, now.top),
        Orientation::Vertical => web::scroll_to(&element, now.left, to),
    }
}

/// Moves the window to the pointer, while it is pressed.
fn drag(props: &Props, place: &NodeRef, begins: bool) -> Callback<PointerEvent> {
    let place = place.clone();
    let (container, layout, seen) = (props.container.clone(), props.layout.clone(), props.seen);
    Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 0 {
            return;
        }
        let Some(strip) = place.cast::<Element>() else { return };
        if begins {
            web::capture_pointer(&strip, &event);
        }
        let share = web::place_in(&strip, &event).x / web::size_of(&strip).0.max(1.0);
        let middle = layout.along_time(share * layout.end() as f64);
        go(&container, layout.orientation(), middle - seen / 2.0);
    })
}

fn keys(props: &Props, scrolled: f64) -> Callback<KeyboardEvent> {
    let (container, layout, seen) = (props.container.clone(), props.layout.clone(), props.seen);
    Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => scrolled - seen * KEY,
            "ArrowRight" | "ArrowDown" => scrolled + seen * KEY,
            "PageUp" => scrolled - seen,
            "PageDown" => scrolled + seen,
            "Home" => 0.0,
            "End" => layout.length(),
            _ => return,
        };
        event.prevent_default();
        // The page's own keys mean something else.
        event.stop_propagation();
        go(&container, layout.orientation(), to);
    })
}

/// Buttons for the size of the picture and the direction of time.
fn buttons(props: &Props, longer: bool) -> Html {
    let Props { lens, shown, room, layout, send, .. } = props;
    let (lens, shown, room) = (*lens, *shown, *room);
    let look = |lens: Lens| send.reform(move |_: MouseEvent| Action::Look(lens));
    let nearer = lens.zoomed(1.5, shown, room);
    let other = match layout.orientation() {
        Orientation::Horizontal => Orientation::Vertical,
        Orientation::Vertical => Orientation::Horizontal,
    };
    let turned = Lens { orientation: Some(other), scale: None };
    let (sign, way) = match other {
        Orientation::Vertical => ("⇅", text::overview::DOWN),
        Orientation::Horizontal => ("⇄", text::overview::ACROSS),
    };
    let suited = Lens { scale: None, ..lens };
    let is_largest = lens.scale.is_some() && nearer == lens;
    html! {
        <div class="lens" role="group" aria-label={text::overview::LABEL}>
            if longer {
                <button id="zoom-whole" onclick={look(lens.whole(shown, room))} title={text::overview::WHOLE_HELP}>{ text::overview::WHOLE }</button>
            }
            if lens.scale.is_some() {
                <button id="zoom-suited" onclick={look(suited)} title={text::overview::SUITED_HELP}>{ text::overview::SUITED }</button>
            }
            <button class="icon" id="zoom-out" onclick={look(lens.zoomed(1.0 / 1.5, shown, room))} disabled={!longer}
                aria-label={text::overview::SMALLER} title={if longer { text::overview::SMALLER_HELP } else { text::overview::SMALLEST }}>{ "−" }</button>
            <button class="icon" id="zoom-in" onclick={look(nearer)} disabled={is_largest}
                aria-label={text::overview::LARGER} title={if is_largest { text::overview::LARGEST } else { text::overview::LARGER_HELP }}>{ "+" }</button>
            <button class="icon" id="turn" onclick={look(turned)} aria-label={way} title={way}>{ sign }</button>
        </div>
    }
}
