//! The row of tools below the diagram.

use yew::prelude::*;

use super::{
    Send, changes, compare,
    importing::Opening,
    study::{Timing, study},
};
use crate::{
    app::{Allowed, State},
    diagram::Emphasis,
};

/// Data that the tools show, besides the state.
pub(super) struct Props<'a> {
    pub(super) state: &'a State,
    pub(super) emphasis: &'a Option<Emphasis>,
    pub(super) clocks: &'a Timing,
    /// Runs that can be compared: ids and names of protocols.
    pub(super) offers: &'a [(&'static str, &'static str)],
    pub(super) edited: bool,
    pub(super) send: &'a Send,
}

/// The tools.
pub(super) fn tools(props: Props) -> Html {
    let Props { state, emphasis, clocks, offers, edited, send } = props;
    html! {
        <div class="tools">
            { study(state, (emphasis, clocks), send) }
            <div class="looks">
                if state.imports.shown.is_none() {
                    { changes::bar(state, edited, send) }
                    { compare::choose(state, offers, edited, send) }
                }
                if state.allowed == Allowed::ALL {
                    <Opening reading={state.imports.reading.clone()} send={send.clone()} />
                }
            </div>
        </div>
    }
}
