//! The menu of what is seldom needed: theme, shortcuts, a file, the pages about this one.

use yew::prelude::*;

use super::{Send, files::file_name, header::MORE, importing::Opening};
use crate::{
    app::{Action, Allowed, Ask, Run, Shared, Source, text, written},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Text that is being read.
    pub(super) reading: Option<Shared<Source>>,
    /// Changes that the reader may make.
    pub(super) allowed: Allowed,
    pub(super) send: Send,
}

/// Id of the button that opens the menu.
const BUTTON: &str = "more";
/// Id of the form that opens a file or a text.
pub(super) const OPEN_RUN: &str = "open-run";

/// The menu.
#[component]
pub(super) fn More(props: &Props) -> Html {
    let Props { run, reading, allowed, send } = props;
    let theme = use_theme_button();
    let keys = send.reform(|_: MouseEvent| {
        // The sheet gives the focus back to what has it now; the menu, which closes, could not take it.
        web::focus_by_id(BUTTON);
        Action::Study(Ask::Sheet(true))
    });
    let own = send.reform(|_: MouseEvent| Action::Gallery(true));
    let save = {
        let run = run.clone();
        Callback::from(move |_: MouseEvent| {
            let written = written(None, &run.scenario);
            web::save(&file_name(&run, "json"), "application/json", &written);
        })
    };
    // The browser closes the menu, which the form is no part of.
    let open_run = Callback::from(|_: MouseEvent| web::show_popover(OPEN_RUN));
    html! {
        <>
            // A landmark, as all of the page is in one.
            <nav aria-label={text::header::MORE}>
                <div class="more-menu" id={MORE} popover="auto" role="group" aria-label={text::header::MORE}>
                    if *allowed == Allowed::ALL {
                        <button id="own-runs" onclick={own} popovertarget={MORE} popovertargetaction="hide">{ text::more::OWN }</button>
                        <button onclick={open_run}>{ text::importing::OPEN }</button>
                    }
                    if !run.is_recorded() {
                        <button id="save-as-file" onclick={save} popovertarget={MORE} popovertargetaction="hide" title={text::sharing::SCENARIO_HELP}>{ text::more::SAVE }</button>
                    }
                    { theme }
                    // `www/language.js` hears it, and names the other language then.
                    <button id="language" lang="de">{ text::more::LANGUAGE }</button>
                    <button class="keys" onclick={keys} popovertarget={MORE} popovertargetaction="hide"
                        aria-haspopup="dialog" title={text::study::KEYS_HELP}>{ text::study::KEYS }</button>
                    <a href="p/">{ text::more::EXAMPLES }</a>
                    <a href="p/about/worldlines/">{ text::more::ABOUT }</a>
                    <a href="p/about/glossary/">{ text::more::GLOSSARY }</a>
                    <a href="p/about/privacy/">{ text::more::PRIVACY }</a>
                    <a href="p/about/accessibility/">{ text::more::ACCESSIBILITY }</a>
                    <a href="p/about/browsers/">{ text::more::BROWSERS }</a>
                </div>
            </nav>
            if *allowed == Allowed::ALL {
                <Opening reading={reading.clone()} send={send.clone()} />
            }
        </>
    }
}

/// The theme that is shown, and a button for the other.
#[hook]
fn use_theme_button() -> Html {
    // Only of the view: the browser stores it, and no link holds it.
    let theme = use_state(web::theme);
    use_effect_with(*theme, |&theme| web::show_theme(theme));
    let onclick = {
        let theme = theme.clone();
        Callback::from(move |_: MouseEvent| {
            web::keep_theme(theme.other());
            theme.set(theme.other());
        })
    };
    let (sign, name) = match *theme {
        web::Theme::Light => ("☾", text::header::DARK),
        web::Theme::Dark => ("☀", text::header::LIGHT),
    };
    html! { <button id="theme" {onclick}>{ sign }{ " " }{ name }</button> }
}
