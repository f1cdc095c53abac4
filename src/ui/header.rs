//! The page's head: what runs, the workbench, sharing, and a menu of the rest.

use yew::prelude::*;

use super::{Send, workbench::toggle};
use crate::{
    app::{Action, Panel, Run, Sharing, text},
    protocols::{self, Family},
};

#[derive(Properties, PartialEq)]
pub(super) struct HeaderProps {
    pub(super) run: Run,
    /// Tab that the workbench shows.
    pub(super) panel: Option<Panel>,
    pub(super) sharing: Sharing,
    pub(super) send: Send,
}

/// The page's head.
#[component]
pub(super) fn Header(props: &HeaderProps) -> Html {
    let HeaderProps { panel, sharing, send, .. } = props;
    let sharing = Sharing { open: true, ..*sharing };
    let present = send.reform(|_: MouseEvent| Action::Present(true));
    let share = send.reform(move |_: MouseEvent| Action::Share(sharing));
    html! {
        <header>
            <h1 class="brand"><a href="./" title={text::header::RESTART}>{ text::header::NAME }</a></h1>
            { picker(props) }
            <span class="spring"></span>
            { toggle(*panel, send) }
            <button class="plain" id="present" onclick={present} title={text::header::PRESENT_HELP}>{ text::header::PRESENT }</button>
            <button class="plain" id="share" onclick={share} aria-haspopup="dialog" title={text::sharing::OPEN_HELP}>{ text::sharing::OPEN }</button>
            <button class="plain icon" id="more" popovertarget={MORE} aria-label={text::header::MORE} title={text::header::MORE}>{ "⋯" }</button>
        </header>
    }
}

/// Id of the menu of the rest.
pub(super) const MORE: &str = "more-menu";

/// The protocol that runs, and the way to all others: the gallery.
fn picker(props: &HeaderProps) -> Html {
    let HeaderProps { run, send, .. } = props;
    let onclick = send.reform(|_: MouseEvent| Action::Gallery(true));
    let of = |family: &&Family| family.protocols.iter().any(|it| it.id == run.protocol.id);
    html! {
        <button class="plain picker" id="picker" {onclick} aria-haspopup="dialog" title={text::header::PICK}
            data-protocol={run.protocol.id}>
            if let Some(family) = protocols::FAMILIES.iter().find(of) {
                <span class="family" lang="en">{ family.name }{ " › " }</span>
                <b lang="en">{ run.protocol.name }</b>
            } else {
                <b>{ text::header::RECORDED }</b>
            }
            <span aria-hidden="true">{ " ▾" }</span>
        </button>
    }
}
