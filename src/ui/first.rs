//! The page as it opens, as text, for the HTML to carry: readers see it before the program has arrived.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
};

use super::page::{Page, Props};
use crate::{app::State, web};

/// For which sizes the diagram is drawn, in CSS pixels: from how wide on each is shown, and for which width and height
/// it is drawn. Those of common screens are met exactly; between them a picture is stretched a little.
const SIZES: [(u32, f64, f64); 8] = [
    (0, 372.0, 449.0),
    (430, 484.0, 544.0),
    (640, 728.0, 563.0),
    (790, 854.0, 423.0),
    (930, 1024.0, 443.0),
    (1150, 1246.0, 463.0),
    (1330, 1406.0, 563.0),
    (1480, 1880.0, 723.0),
];

/// Beginning of the diagram's HTML.
const STAGE: &str = "<div class=\"stage-frame\">";

/// The opening page, with its diagram in every width, of which the style sheet shows the one that fits; and a style
/// sheet with its sizes.
#[must_use]
pub fn first_picture() -> (String, String) {
    styled(&unstyled())
}

/// A page whose styles are in a sheet of their own: each is told there once, and elements say by number which is
/// theirs.
fn styled(page: &str) -> (String, String) {
    const ATTRIBUTE: &str = " data-style=\"";
    let (mut rest, mut next, mut styles) = (page, String::new(), Vec::new());
    while let Some((before, after)) = rest.split_once(ATTRIBUTE) {
        let (style, after) = after.split_once('"').expect("an attribute ends");
        let known = styles.iter().position(|other| *other == style);
        let place = known.unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        });
        next.push_str(&format!("{before} data-style=\"{place}\""));
        rest = after;
    }
    next.push_str(rest);
    let rule =
        |(place, style): (usize, &&str)| format!(".first [data-style=\"{place}\"]{{{style}}}\n");
    (next, styles.iter().enumerate().map(rule).collect())
}

fn unstyled() -> String {
    let mut page = String::new();
    let mut stages = String::new();
    let opening = State::opening();
    for (from, width, height) in SIZES {
        let drawn = drawn_in(&opening, width, height);
        let (before, rest) = drawn.split_once(STAGE).expect("the page has a diagram");
        let (stage, after) = rest.split_at(end_of_div(rest));
        // A picture between two widths fills its place.
        let stage = stage.replacen("<svg ", "<svg preserveAspectRatio=\"none\" ", 1);
        stages += &format!("<div class=\"from-{from}\">{STAGE}{stage}</div>");
        page = format!("{before}<div class=\"stages\">{{}}</div>{after}");
    }
    page.replacen("{}", &stages, 1)
}

/// The page as it shows a state, as HTML: for tests, which draw without a browser what readers see. The diagram has
/// room for a `width` in CSS pixels.
#[must_use]
pub fn drawn(state: &State, width: f64) -> String {
    drawn_in(state, width, 470.0)
}

fn drawn_in(state: &State, width: f64, height: f64) -> String {
    web::assume_size(width, height);
    let renderer = yew::LocalServerRenderer::<Page>::with_props(Props { state: state.clone() });
    block_on(renderer.hydratable(false).render())
}

/// Position of the end of a `div`; the text begins behind its opening tag.
fn end_of_div(text: &str) -> usize {
    let (mut open, mut place) = (1, 0);
    while open > 0 {
        let tag = text[place..].find('<').expect("every element ends");
        place += tag + 1;
        if text[place..].starts_with("div") {
            open += 1;
        } else if text[place..].starts_with("/div>") {
            open -= 1;
        }
    }
    place + "/div>".len()
}

/// Waits for what is never long in coming.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Bell(mpsc::Sender<()>);
    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            // No component listens any more once it is done.
            let _ = self.0.send(());
        }
    }
    let (sender, bell) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        bell.recv().expect("the future holds the bell");
    }
}
