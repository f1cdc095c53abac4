//! A part of the page that is drawn anew only when the run is another one.
//!
//! One component for all of them: each kind of its own weighs as much as what it draws (docs/size.md).

use yew::prelude::*;

use super::Send;
use crate::app::{Allowed, Imports, Run};

/// Function that draws a part.
pub(super) type Draw = fn(&Props) -> Html;

#[derive(Clone, Properties)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of refused changes: a refused input shows the value of the run again.
    pub(super) refusals: u32,
    /// True while another run is fetched, which the settings wait for.
    pub(super) fetches_run: bool,
    pub(super) can_undo: bool,
    pub(super) can_redo: bool,
    /// Changes that the reader may make of the run.
    pub(super) changeable: Allowed,
    /// Recorded runs of the page. The one that is shown comes and goes with the run: it need not be compared.
    pub(super) imports: Imports,
    pub(super) send: Send,
    /// Another function if another tab is at this place.
    pub(super) draw: Draw,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let rest =
            |it: &Self| (it.refusals, it.fetches_run, it.can_undo, it.can_redo, it.changeable);
        let draws_same = std::ptr::fn_addr_eq(self.draw, other.draw);
        draws_same && self.run == other.run && rest(self) == rest(other) && self.send == other.send
    }
}

/// A part of the page.
#[component]
pub(super) fn PagePart(props: &Props) -> Html {
    (props.draw)(props)
}
