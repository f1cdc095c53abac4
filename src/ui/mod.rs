//! The only module that names Yew: components, one a file, that draw the state and send actions.
// A component is markup.
#![allow(clippy::too_many_lines)]

mod about;
mod arrows;
mod author;
mod banner;
mod caption;
mod causes;
mod changes;
mod compare;
mod cone;
mod cut;
mod deeds;
mod deliveries;
mod drafts;
mod drawing;
mod embed;
mod events;
mod exercise;
mod fetching;
mod fields;
mod files;
#[cfg(feature = "picture")]
mod first;
mod fold;
mod gallery;
mod guard;
mod header;
mod hunting;
mod icons;
mod importing;
mod inspector;
mod keyboard;
mod legend;
mod marks;
mod menu;
mod merged;
mod more;
mod narration;
mod network;
mod network_view;
mod numbers;
mod overlay;
mod overview;
mod page;
mod panels;
mod part;
mod parts;
mod path;
mod picture;
mod picture_files;
mod pictures;
mod plots;
mod pointer;
mod portion;
mod present;
mod printing;
mod queues;
mod rounds;
mod rows;
mod saved;
mod scenario_text;
mod second;
mod seeds;
mod series;
mod settings;
mod shapes;
mod share;
mod sharing;
mod sheet;
mod sight;
mod source;
mod spans;
mod stage;
mod strip;
mod study;
mod svg;
mod timestamps;
mod topology;
mod transport;
mod trees;
mod verdicts;
mod ways;
mod work;
mod workbench;
mod worker;

use gloo_timers::future::TimeoutFuture;
use yew::Callback;

use crate::{
    app::{Action, State},
    split::NotFetched,
    web,
};

#[cfg(feature = "picture")]
pub use first::{drawn, first_picture};

/// Callback by which components send the reader's actions.
type Send = Callback<Action>;

/// Shows the playground in the page, or, in the page's worker, runs its errands.
pub fn start() {
    if web::is_worker() {
        return worker::serve();
    }
    if web::draws_pictures() {
        return pictures::serve();
    }
    guard::watch();
    yew::platform::spawn_local(async {
        match drafts::fetch_to_begin().await {
            // Tasks of their own: to run the opening example, which stands in for a long run, to make the state, and to draw it.
            Ok(()) => {
                drop(State::opening());
                TimeoutFuture::new(0).await;
                let state = drafts::first_state();
                TimeoutFuture::new(0).await;
                render(state);
            }
            Err(NotFetched) => web::say_not_fetched(),
        }
    });
}

fn render(state: State) {
    let props = page::Props { state };
    match web::root() {
        Some(root) => yew::Renderer::<page::Page>::with_root_and_props(root, props).render(),
        None => yew::Renderer::<page::Page>::with_props(props).render(),
    };
}
