//! Parts of the page that are fetched when they are first shown: menus, the side, layers of the diagram, the tabs of the
//! workbench.
//!
//! Each part is a table of functions (`src/split.rs`).

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::{
    Send,
    author::{self, Author},
    banner,
    causes::{CAUSE_SEARCH, CauseSearch},
    changes, compare, cut, embed,
    gallery::{self, Gallery},
    menu, more, overview,
    panels::{self, Bench},
    printing::Printing,
    second, sharing, sheet, study, timestamps, topology,
    verdicts::{self, Because},
    ways,
};
use crate::{
    app::{Allowed, Panel, Refused, Run, State, Ways, text},
    export::{self, SvgOptions, Theme},
    kernel::Topology,
    split::{NotFetched, part},
    web,
};

/// Parts around the diagram: messages, the strip of the whole run, the menu of the page, the sheet of shortcuts.
pub(super) struct Side {
    pub(super) more: fn(more::Props) -> Html,
    pub(super) sheet: fn(&State, &str, NodeRef, &Send) -> Html,
    pub(super) overview: fn(overview::Props) -> Html,
    pub(super) banner: fn(&Refused, Allowed, &Send) -> Html,
    pub(super) variants: fn(&Ways, &str, bool, &Send) -> Html,
}

/// The menu of a selection.
pub(super) struct Menus {
    pub(super) card: fn(menu::Props) -> Html,
}

/// Layers of the diagram, and the second run beside it.
pub(super) struct Layers {
    pub(super) changes: fn(changes::Props) -> Html,
    pub(super) above: fn(&State, &Send) -> Html,
    pub(super) cut: fn(cut::Props) -> Html,
    pub(super) second: fn(second::Props) -> Html,
    pub(super) topology: fn(&Run, bool) -> Html,
    pub(super) timestamps: fn(timestamps::Props) -> Html,
}

/// The share dialog, and the picture of a run for paper, with a link.
pub(super) struct Share {
    pub(super) dialog: fn(sharing::Props) -> Html,
    pub(super) picture: fn(&Run, Option<String>) -> String,
}

/// Function that draws a tab.
pub(super) type DrawPanel = fn(&Bench) -> Html;

/// The verdict on every property, and the reasons of a violation.
pub(super) struct Verdicts {
    pub(super) panel: DrawPanel,
    pub(super) because: fn(&Because) -> Html,
}

part! {
    /// The menu of a selection.
    pub(super) menus: Menus = Menus { card: |props| html! { <menu::MenuCard ..props /> } };
}
part! {
    /// The search for the causes of violations.
    pub(super) causes: CauseSearch = CAUSE_SEARCH;
}
part! {
    /// Parts around the diagram.
    pub(super) side: Side = Side {
        more: |props| html! { <more::More ..props /> },
        sheet: |state, fragment, dialog, send| html! {
            <>
                { sheet::sheet(state, dialog, send) }
                <Printing run={state.run.clone()} fragment={fragment.to_owned()} suffices={is_whole(state)}
                    make={printed as fn(&Run, _) -> _} />
            </>
        },
        overview: |props| html! { <overview::Overview ..props /> },
        banner: banner::banner,
        variants: ways::variants,
    };
}
part! {
    /// Layers of the diagram.
    pub(super) layers: Layers = Layers {
        changes: |props| html! { <changes::Layer ..props /> },
        above: |state, send| html! { <>{ study::filtered(state, send) }{ compare::compared(state, send) }</> },
        cut: |props| html! { <cut::Cut ..props /> },
        second: |props| html! { <second::Second ..props /> },
        topology: topology::topology,
        timestamps: |props| html! { <timestamps::Timestamps ..props /> },
    };
}
part! {
    /// The share dialog.
    pub(super) sharing_dialog: Share = Share {
        dialog: |props| html! { <sharing::ShareDialog ..props /> },
        picture: |run, link| export::svg(run, &SvgOptions { theme: Theme::Light, link, ..SvgOptions::default() }),
    };
}
part! {
    /// The gallery.
    pub(super) all_examples: fn(gallery::Props) -> Html = |props| html! { <Gallery ..props /> };
}
part! {
    /// The fields of the title, the captions and the goal.
    pub(super) words_written: fn(author::Props) -> Html = |props| html! { <Author ..props /> };
}
part! {
    /// The way between the program and the page that embeds it.
    pub(super) embedding: fn(embed::Props) -> Html = |props| html! { <embed::Embed ..props /> };
}
part! {
    tab_verdicts: Verdicts = Verdicts { panel: panels::verdicts, because: verdicts::because };
}
part! { tab_changes: DrawPanel = panels::changes; }
part! { tab_settings: DrawPanel = panels::settings; }
part! { tab_view: DrawPanel = panels::view; }
part! { tab_breaking: DrawPanel = panels::breaking; }
part! { tab_events: DrawPanel = panels::events; }
part! { tab_states: DrawPanel = panels::states; }
part! { tab_numbers: DrawPanel = panels::numbers; }
part! { tab_source: DrawPanel = panels::source; }
part! { tab_tables: DrawPanel = panels::tables; }
part! { tab_network: DrawPanel = panels::network; }
part! { tab_text: DrawPanel = panels::text; }

/// Declares the names of the parts, those first that are needed soonest.
macro_rules! names {
    ($($name:ident => $module:ident,)+) => {
        /// Name of a part.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum PartName { $($name),+ }

        impl PartName {
            const ALL: &[Self] = &[$(Self::$name),+];

            fn is_here(self) -> bool {
                match self {
                    $(Self::$name => $module::here().is_some()),+
                }
            }

            async fn fetch(self) -> Result<(), NotFetched> {
                match self {
                    $(Self::$name => $module::fetch().await),+
                }
            }
        }
    };
}

impl PartName {
    /// Returns the parts that this page fetches. Only a page in another one, or beside it, speaks with it.
    fn of_page() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|part| *part != Self::Embedding || web::is_heard())
    }
}

names! {
    Menu => menus,
    Causes => causes,
    Side => side,
    Verdicts => tab_verdicts,
    Layers => layers,
    Embedding => embedding,
    Changes => tab_changes,
    Settings => tab_settings,
    View => tab_view,
    Break => tab_breaking,
    Events => tab_events,
    States => tab_states,
    Numbers => tab_numbers,
    Source => tab_source,
    Tables => tab_tables,
    Network => tab_network,
    Text => tab_text,
    Share => sharing_dialog,
    Gallery => all_examples,
    Author => words_written,
}

impl From<Panel> for PartName {
    fn from(panel: Panel) -> Self {
        match panel {
            Panel::Verdicts => Self::Verdicts,
            Panel::Changes => Self::Changes,
            Panel::Settings => Self::Settings,
            Panel::View => Self::View,
            Panel::Break => Self::Break,
            Panel::Events => Self::Events,
            Panel::State => Self::States,
            Panel::Numbers => Self::Numbers,
            Panel::Source => Self::Source,
            Panel::Tables => Self::Tables,
            Panel::Network => Self::Network,
            Panel::Text => Self::Text,
        }
    }
}

/// The table of a tab, if it is here.
fn panel_of(panel: Panel) -> Option<&'static DrawPanel> {
    match panel {
        Panel::Verdicts => tab_verdicts::here().map(|table| &table.panel),
        Panel::Changes => tab_changes::here(),
        Panel::Settings => tab_settings::here(),
        Panel::View => tab_view::here(),
        Panel::Break => tab_breaking::here(),
        Panel::Events => tab_events::here(),
        Panel::State => tab_states::here(),
        Panel::Numbers => tab_numbers::here(),
        Panel::Source => tab_source::here(),
        Panel::Tables => tab_tables::here(),
        Panel::Network => tab_network::here(),
        Panel::Text => tab_text::here(),
    }
}

/// The parts as a component sees them: equal as long as the same are here.
#[derive(Clone, PartialEq)]
pub(super) struct Parts {
    /// Parts that could not be fetched.
    failed: Rc<Vec<PartName>>,
    /// Number of parts that were fetched.
    arrived: usize,
    again: Callback<MouseEvent>,
}

impl Parts {
    /// Draws with a part, or else says that it is fetched, or offers to try again.
    fn with<T>(&self, part: PartName, table: Option<T>, draw: impl FnOnce(T) -> Html) -> Html {
        match table {
            Some(table) => draw(table),
            None if self.failed.contains(&part) => html! {
                <p class="missing" role="alert">
                    { text::parts::FAILED }{ " " }
                    <button onclick={self.again.clone()}>{ text::fetching::AGAIN }</button>
                </p>
            },
            None => html! { <p class="missing" role="status">{ text::parts::FETCHING }</p> },
        }
    }

    /// True once the first part has arrived or failed: the network is free for others.
    pub(super) fn is_quiet(&self) -> bool {
        self.arrived > 0 || !self.failed.is_empty() || cfg!(not(feature = "split"))
    }

    pub(super) fn menu(&self, draw: impl FnOnce(&'static Menus) -> Html) -> Html {
        self.with(PartName::Menu, menus::here(), draw)
    }

    /// The search for causes; what stands in its place while it is not here.
    pub(super) fn causes(&self) -> Result<&'static CauseSearch, Html> {
        let missing = || self.with(PartName::Causes, None::<()>, |()| html! {});
        causes::here().ok_or_else(missing)
    }

    /// Draws the strip below the diagram; that of the first picture stays until the part is here.
    pub(super) fn overview(&self, props: overview::Props) -> Html {
        match (side::here(), web::first_overview()) {
            (Some(side), _) => (side.overview)(props),
            (None, Some(first)) => {
                let first = Html::from_html_unchecked(first.into());
                html! { <div class="missing" inert=true>{ first }</div> }
            }
            (None, None) => html! {},
        }
    }

    /// Draws the reasons of a violation.
    pub(super) fn because(&self, because: &Because) -> Html {
        self.with(PartName::Verdicts, tab_verdicts::here(), |it| (it.because)(because))
    }

    /// Says that the layers could not be fetched, and offers to try again, if the state shows one of them.
    pub(super) fn missing_layers(&self, state: &State) -> Html {
        let is_missing = shows_layers(state) && self.failed.contains(&PartName::Layers);
        if is_missing {
            self.with(PartName::Layers, None::<()>, |()| html! {})
        } else {
            html! {}
        }
    }

    pub(super) fn layers(&self, draw: impl FnOnce(&'static Layers) -> Html) -> Html {
        layers::here().map(draw).unwrap_or_default()
    }

    /// Draws a part of the side that is seldom there; nothing while the part is not here.
    pub(super) fn seldom(&self, draw: impl FnOnce(&'static Side) -> Html) -> Html {
        side::here().map(draw).unwrap_or_default()
    }

    pub(super) fn gallery(&self, props: gallery::Props) -> Html {
        self.with(PartName::Gallery, all_examples::here(), |draw| draw(props))
    }

    pub(super) fn author(&self, props: author::Props) -> Html {
        self.with(PartName::Author, words_written::here(), |draw| draw(props))
    }

    pub(super) fn sharing(&self, props: sharing::Props) -> Html {
        self.with(PartName::Share, sharing_dialog::here(), |it| (it.dialog)(props))
    }

    /// Draws the way to the page around an embed: nothing that is seen.
    pub(super) fn embedding(&self, props: embed::Props) -> Html {
        embedding::here().map(|draw| draw(props)).unwrap_or_default()
    }

    pub(super) fn panel(&self, panel: Panel, draw: impl FnOnce(DrawPanel) -> Html) -> Html {
        self.with(panel.into(), panel_of(panel), |table| draw(*table))
    }
}

/// True if the picture of the run can stand for the page on paper: it lacks a second run and the task of an exercise, and would
/// show a hidden future.
fn is_whole(state: &State) -> bool {
    state.compare.is_none() && !state.study.future_hidden && state.exercise.is_none()
}

/// Returns the picture of a run for paper, with its link, once the part is here that draws it.
fn printed(run: &Run, link: Option<String>) -> Option<String> {
    sharing_dialog::here().map(|it| (it.picture)(run, link))
}

/// True if the state shows something that the layers draw.
fn shows_layers(state: &State) -> bool {
    state.compare.is_some()
        || !state.study.only.is_open()
        || state.study.cut.is_some()
        || state.study.clocks.is_some()
        || state.changes.found.is_some()
        || state.scenario().network.topology != Topology::Full
}

/// Fetches the parts that the state shows, then, one after the other, the rest.
#[hook]
pub(super) fn use_parts(state: &State) -> Parts {
    // Only of the view: the parts that the network has brought.
    let arrived = use_state(|| (0_usize, Rc::new(Vec::<PartName>::new())));
    let known = use_mut_ref(|| (0_usize, Vec::<PartName>::new()));
    let attempt = use_state(|| 0_u32);
    let load = {
        let (arrived, known) = (arrived.setter(), known.clone());
        use_callback((), move |parts: Vec<PartName>, ()| {
            let (arrived, known) = (arrived.clone(), known.clone());
            spawn_local(async move {
                for part in parts {
                    if part.is_here() {
                        continue;
                    }
                    let fetched = part.fetch().await;
                    let (count, failed) = &mut *known.borrow_mut();
                    failed.retain(|other| *other != part);
                    match fetched {
                        Ok(()) => *count += 1,
                        Err(NotFetched) => failed.push(part),
                    }
                    arrived.set((*count, Rc::new(failed.clone())));
                }
                let (_, failed) = &*known.borrow();
                if PartName::of_page().all(|part| part.is_here() || failed.contains(&part)) {
                    web::mark("parts");
                }
            });
        })
    };
    let wanted = [
        state.menu.then_some(PartName::Menu),
        state.run.report.is_violated().then_some(PartName::Causes),
        state.explained.map(|_| PartName::Verdicts),
        (state.study.sheet || state.refused.is_some()).then_some(PartName::Side),
        shows_layers(state).then_some(PartName::Layers),
        state.panel.map(PartName::from),
        state.sharing.open.then_some(PartName::Share),
        state.gallery.then_some(PartName::Gallery),
        state.authoring.then_some(PartName::Author),
        web::is_heard().then_some(PartName::Embedding),
    ];
    use_effect_with((wanted, *attempt), {
        let load = load.clone();
        move |(wanted, _)| {
            wanted.iter().flatten().for_each(|part| load.emit(vec![*part]));
        }
    });
    use_effect_with(*attempt, move |_| {
        load.emit(PartName::of_page().collect());
    });
    let (count, failed) = (*arrived).clone();
    let again = {
        let attempt = attempt.clone();
        Callback::from(move |_: MouseEvent| attempt.set(*attempt + 1))
    };
    let again = use_callback((), {
        let again = again.clone();
        move |event, ()| again.emit(event)
    });
    Parts { failed, arrived: count, again }
}
