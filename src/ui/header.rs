//! The page's head: which protocol, which example, and what one does with the page.

use yew::prelude::*;

use super::{Send, share::use_share};
use crate::{
    app::{Action, Edit, Run},
    formats::bundled,
    protocols, web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// The bundled scenario that is shown, unless the reader changed it.
    pub(super) path: Option<String>,
    pub(super) fragment: String,
    pub(super) edited: bool,
    pub(super) send: Send,
}

/// The page's head.
#[component]
pub(super) fn Header(props: &Props) -> Html {
    let protocol = props.run.protocol;
    let share = use_share(&props.fragment);
    let theme = use_theme_button();
    html! {
        <header>
            <h1 class="brand"><a href="./" title="Worldlines: start again">{ "Worldlines" }</a></h1>
            { protocol_menu(props) }
            { example_menu(props) }
            <span class="spring"></span>
            { share }
            { theme }
            <p class="about">
                <b>{ protocol.name }</b>{ ": " }{ protocol.summary }
                <span class="source">{ " " }{ protocol.source }</span>
            </p>
        </header>
    }
}

fn protocol_menu(props: &Props) -> Html {
    let id = props.run.protocol.id;
    let onchange = props.send.reform(|event: Event| {
        let chosen = protocols::find(&web::value_of(&event));
        let id = chosen.map_or("", |protocol| protocol.id);
        Action::Apply(Edit::Protocol(id))
    });
    html! {
        <label class="choice">
            <span class="caption-of">{ "Protocol" }</span>
            <select id="protocol" {onchange}>
                { for protocols::FAMILIES.iter().map(|family| html! {
                    <optgroup label={family.name}>
                        { for family.protocols.iter().map(|protocol| html! {
                            <option value={protocol.id} selected={protocol.id == id}>
                                { protocol.name }
                            </option>
                        }) }
                    </optgroup>
                }) }
            </select>
        </label>
    }
}

fn example_menu(props: &Props) -> Html {
    let onchange = {
        let send = props.send.clone();
        Callback::from(move |event: Event| {
            let chosen = web::value_of(&event);
            if let Some(bundled) = bundled::find(&chosen) {
                send.emit(Action::Open(bundled));
            }
        })
    };
    let own = if props.edited { "Your own run" } else { "A run from a link" };
    let examples = bundled::of_protocol(props.run.protocol.id);
    html! {
        <label class="choice">
            <span class="caption-of">{ "Example" }</span>
            <select id="example" {onchange}>
                if props.path.is_none() {
                    <option value="" selected=true>{ own }</option>
                }
                { for examples.map(|bundled| {
                    let path = bundled.path();
                    let selected = props.path.as_deref() == Some(path.as_str());
                    html! { <option value={path} {selected}>{ bundled.title() }</option> }
                }) }
            </select>
        </label>
    }
}

/// The theme that is shown, and a button for the other.
#[hook]
fn use_theme_button() -> Html {
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
        web::Theme::Light => ("☾", "Dark theme"),
        web::Theme::Dark => ("☀", "Light theme"),
    };
    html! { <button class="icon" {onclick} aria-label={name} title={name}>{ sign }</button> }
}
