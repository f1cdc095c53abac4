//! Parts of the page that are fetched when they are first shown: menus, the side, layers of the diagram, the tabs of the
//! workbench.
//!
//! Each part is a function that returns a table of functions: there the program is split. In all programs but the page
//! (feature `split`) all parts are here from the start.

use std::rc::Rc;
#[cfg(feature = "split")]
use std::{cell::Cell, pin::Pin};

use yew::{platform::spawn_local, prelude::*};

use super::{
    Send, about, banner, changes, compare, cut, deeds, inspector, legend, menu, overview, panels,
    part::Draw, second, settings, sheet, timestamps, tools, ways,
};
use crate::{
    app::{Panel, Refused, State, Ways, text},
    split::NotFetched,
    web,
};

/// The tools, the side below the verdicts, the legend, messages, and the sheet of shortcuts.
pub(super) struct Side {
    pub(super) legend: Draw,
    pub(super) deeds: Draw,
    pub(super) settings: Draw,
    pub(super) about: Draw,
    pub(super) sheet: fn(&State, NodeRef, &Send) -> Html,
    pub(super) tools: fn(tools::Props) -> Html,
    pub(super) overview: fn(overview::Props) -> Html,
    pub(super) banner: fn(&Refused, &Send) -> Html,
    pub(super) variants: fn(&Ways, &str, bool, &Send) -> Html,
}

/// The menu of a selection.
pub(super) struct Menus {
    pub(super) card: fn(menu::Props) -> Html,
}

/// Layers of the diagram, and the second run beside it.
pub(super) struct Layers {
    pub(super) changes: fn(changes::Props) -> Html,
    pub(super) compared: fn(&State, &Send) -> Html,
    pub(super) cut: fn(cut::Props) -> Html,
    pub(super) second: fn(second::Props) -> Html,
    pub(super) timestamps: fn(timestamps::Props) -> Html,
}

/// Function that draws a tab.
pub(super) type DrawPanel = fn(&State, &inspector::Worked, &Send) -> Html;

/// A part that is here: the table of its functions.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Side(&'static Side),
    Menus(&'static Menus),
    Layers(&'static Layers),
    Panel(DrawPanel),
}

/// A table, once it is here.
type Arrival = Result<Table, NotFetched>;

/// Declares the parts, each with its table.
macro_rules! parts {
    ($($name:ident => $table:expr,)+) => {
        /// Name of a part.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum PartName { $($name),+ }

        impl PartName {
            /// All parts, those first that are needed soonest.
            const ALL: &[Self] = &[$(Self::$name),+];
        }

        /// The places where the program is split.
        #[allow(non_snake_case, reason = "a function is named like its part")]
        mod split {
            use super::*;
            $(
                #[cfg_attr(feature = "split", wasm_split_helpers::wasm_split($name, fallible))]
                pub(super) fn $name() -> Arrival {
                    Ok($table)
                }
            )+
        }

        #[cfg(feature = "split")]
        const FETCH: &[fn() -> Pin<Box<dyn Future<Output = Arrival>>>] =
            &[$(|| Box::pin(split::$name())),+];
        #[cfg(not(feature = "split"))]
        const FETCH: &[fn() -> Arrival] = &[$(split::$name),+];
    };
}

parts! {
    Menu => Table::Menus(&Menus { card: |props| html! { <menu::MenuCard ..props /> } }),
    Side => Table::Side(&Side {
        legend: legend::legend,
        deeds: deeds::deeds,
        settings: settings::settings,
        about: about::about,
        sheet: sheet::sheet,
        tools: tools::tools,
        overview: |props| html! { <overview::Overview ..props /> },
        banner: banner::banner,
        variants: ways::variants,
    }),
    Layers => Table::Layers(&Layers {
        changes: |props| html! { <changes::Layer ..props /> },
        compared: compare::compared,
        cut: |props| html! { <cut::Cut ..props /> },
        second: |props| html! { <second::Second ..props /> },
        timestamps: |props| html! { <timestamps::Timestamps ..props /> },
    }),
    Break => Table::Panel(panels::breaking),
    Events => Table::Panel(panels::events),
    States => Table::Panel(panels::states),
    Numbers => Table::Panel(panels::numbers),
    Source => Table::Panel(panels::source),
    Deliveries => Table::Panel(panels::deliveries),
    Network => Table::Panel(panels::network),
    Text => Table::Panel(panels::text),
}

impl From<Panel> for PartName {
    fn from(panel: Panel) -> Self {
        match panel {
            Panel::Break => Self::Break,
            Panel::Events => Self::Events,
            Panel::State => Self::States,
            Panel::Numbers => Self::Numbers,
            Panel::Source => Self::Source,
            Panel::Deliveries => Self::Deliveries,
            Panel::Network => Self::Network,
            Panel::Text => Self::Text,
        }
    }
}

#[cfg(feature = "split")]
thread_local! {
    /// The parts that are here, in the order of their names.
    static HERE: [Cell<Option<Table>>; PartName::ALL.len()] = const { [const { Cell::new(None) }; PartName::ALL.len()] };
}

#[cfg(feature = "split")]
fn here(part: PartName) -> Option<Table> {
    HERE.with(|here| here[part as usize].get())
}

#[cfg(feature = "split")]
async fn fetch(part: PartName) -> Result<(), NotFetched> {
    let table = FETCH[part as usize]().await?;
    HERE.with(|here| here[part as usize].set(Some(table)));
    Ok(())
}

#[cfg(not(feature = "split"))]
fn here(part: PartName) -> Option<Table> {
    FETCH[part as usize]().ok()
}

#[cfg(not(feature = "split"))]
async fn fetch(_: PartName) -> Result<(), NotFetched> {
    Ok(())
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
        let table = here(PartName::Menu).and_then(|table| match table {
            Table::Menus(table) => Some(table),
            _ => None,
        });
        self.with(PartName::Menu, table, draw)
    }

    /// Draws a part of the side: `selector` finds it in the first picture, which stays until the part is here.
    pub(super) fn side(
        &self,
        selector: &'static str,
        draw: impl FnOnce(&'static Side) -> Html,
    ) -> Html {
        match (here(PartName::Side), web::first_part(selector)) {
            (Some(Table::Side(table)), _) => draw(table),
            // Once is enough.
            _ if self.failed.contains(&PartName::Side) => match selector {
                ".settings" => self.with(PartName::Side, None, draw),
                _ => html! {},
            },
            (_, Some(first)) => {
                let first = Html::from_html_unchecked(first.into());
                html! { <div class="missing" inert=true>{ first }</div> }
            }
            _ => html! {},
        }
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
        match here(PartName::Layers) {
            Some(Table::Layers(table)) => draw(table),
            _ => html! {},
        }
    }

    /// Draws a part of the side that is seldom there; nothing while the part is not here.
    pub(super) fn seldom(&self, draw: impl FnOnce(&'static Side) -> Html) -> Html {
        match here(PartName::Side) {
            Some(Table::Side(table)) => draw(table),
            _ => html! {},
        }
    }

    pub(super) fn panel(&self, panel: Panel, draw: impl FnOnce(DrawPanel) -> Html) -> Html {
        let table = here(panel.into()).and_then(|table| match table {
            Table::Panel(table) => Some(table),
            _ => None,
        });
        self.with(panel.into(), table, draw)
    }
}

/// True if the state shows something that the layers draw.
fn shows_layers(state: &State) -> bool {
    state.compare.is_some()
        || state.study.cut.is_some()
        || state.study.clocks.is_some()
        || state.changes.found.is_some()
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
                    if here(part).is_some() {
                        continue;
                    }
                    let fetched = fetch(part).await;
                    let (count, failed) = &mut *known.borrow_mut();
                    failed.retain(|other| *other != part);
                    match fetched {
                        Ok(()) => *count += 1,
                        Err(NotFetched) => failed.push(part),
                    }
                    arrived.set((*count, Rc::new(failed.clone())));
                }
                web::mark("parts");
            });
        })
    };
    let wanted = [
        state.menu.then_some(PartName::Menu),
        (state.study.sheet || state.refused.is_some()).then_some(PartName::Side),
        shows_layers(state).then_some(PartName::Layers),
        state.panel.map(PartName::from),
    ];
    use_effect_with((wanted, *attempt), {
        let load = load.clone();
        move |(wanted, _)| {
            wanted.iter().flatten().for_each(|part| load.emit(vec![*part]));
        }
    });
    use_effect_with(*attempt, move |_| load.emit(PartName::ALL.to_vec()));
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
