//! The page as it opens, as text, for the HTML to carry: readers see it before the program has arrived.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
};

use super::page::Page;
use crate::web;

/// For which widths the diagram is drawn, in CSS pixels: from how wide on each is shown, and for how wide it is
/// drawn. Those of common screens are met exactly; between them a picture is stretched a little.
const WIDTHS: [(u32, f64); 7] = [
    (0, 368.0),
    (430, 486.0),
    (640, 728.0),
    (790, 854.0),
    (930, 1014.0),
    (1150, 1298.0),
    (1480, 1698.0),
];

/// What the diagram begins with.
const STAGE: &str = "<div class=\"stage-frame\">";
/// What the strip below it begins with.
const OVERVIEW: &str = "<div class=\"overview\">";

/// The opening page, with its diagram in every width: the style sheet shows the one that fits.
#[must_use]
pub fn first_picture() -> String {
    let mut page = String::new();
    let mut stages = String::new();
    for (from, width) in WIDTHS {
        web::assume_width(width);
        let drawn = block_on(yew::ServerRenderer::<Page>::new().hydratable(false).render());
        let (before, rest) = drawn.split_once(STAGE).expect("the page has a diagram");
        let mut end = end_of_div(rest);
        if let Some(overview) = rest[end..].strip_prefix(OVERVIEW) {
            end += OVERVIEW.len() + end_of_div(overview);
        }
        let (stage, after) = rest.split_at(end);
        // A picture between two widths fills its place.
        let stage = stage.replacen("<svg ", "<svg preserveAspectRatio=\"none\" ", 1);
        stages += &format!("<div class=\"from-{from}\">{STAGE}{stage}</div>");
        page = format!("{before}<div class=\"stages\">{{}}</div>{after}");
    }
    page.replacen("{}", &stages, 1)
}

/// Where a `div` ends, behind whose beginning the text begins.
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
            // Nobody listens any more once it is done.
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
