//! The page's head: which protocol, which example, and what one does with the page.

use yew::prelude::*;

use super::{
    Send,
    drafts::fetch_beside,
    fields::{Choice, Props, choice, select},
    share::use_share,
};
use crate::{
    app::{Action, Run, Sharing, text},
    formats::bundled,
    protocols, web,
};

#[derive(Properties, PartialEq)]
pub(super) struct HeaderProps {
    pub(super) run: Run,
    /// The bundled scenario that is shown, unless the reader changed it.
    pub(super) path: Option<String>,
    pub(super) fragment: String,
    pub(super) edited: bool,
    pub(super) sharing: Sharing,
    pub(super) send: Send,
}

/// The page's head.
#[component]
pub(super) fn Header(props: &HeaderProps) -> Html {
    let protocol = props.run.protocol;
    let share = use_share(&props.fragment, props.sharing, &props.send);
    let theme = use_theme_button();
    html! {
        <header>
            <h1 class="brand"><a href="./" title={text::header::RESTART}>{ text::header::NAME }</a></h1>
            { protocol_menu(props) }
            { example_menu(props) }
            <span class="spring"></span>
            { share }
            { theme }
            <p class="about" lang="en">
                <b>{ protocol.name }</b>{ ": " }{ protocol.summary }
                <span class="source">{ " " }{ protocol.source }</span>
            </p>
        </header>
    }
}

fn protocol_menu(props: &HeaderProps) -> Html {
    let id = props.run.protocol.id;
    let onchange = props.send.reform(|chosen: String| {
        let chosen = protocols::entry(&chosen).map_or("", |protocol| protocol.id);
        // Without waiting for the page to be drawn.
        fetch_beside(protocols::fetch(chosen));
        Action::Protocol(chosen)
    });
    let none = props.run.is_recorded().then(|| choice("", text::header::RECORDED));
    let known = protocols::FAMILIES.iter().flat_map(|family| {
        family.protocols.iter().map(|protocol| Choice {
            group: Some(family.name.into()),
            ..choice(protocol.id, protocol.name)
        })
    });
    let choices = none.into_iter().chain(known).collect();
    let menu = Props { id: Some("protocol".into()), ..select(id, choices, onchange) };
    html! {
        <label class="choice" lang="en">
            <span class="caption-of" lang={text::LANGUAGE}>{ text::header::PROTOCOL }</span>
            { Html::from(menu) }
        </label>
    }
}

fn example_menu(props: &HeaderProps) -> Html {
    let onchange = {
        let send = props.send.clone();
        Callback::from(move |chosen: String| {
            if let Some(bundled) = bundled::find(&chosen) {
                send.emit(Action::Open(bundled));
            }
        })
    };
    let own = if props.edited { text::header::OWN } else { text::header::LINKED };
    let own = props.path.is_none().then(|| choice("", own));
    let examples = bundled::of_protocol(props.run.protocol.id)
        .map(|bundled| choice(bundled.path(), bundled.title()));
    let choices = own.into_iter().chain(examples).collect();
    let chosen = props.path.clone().unwrap_or_default();
    let menu = Props { id: Some("example".into()), ..select(chosen, choices, onchange) };
    html! {
        <label class="choice" lang="en">
            <span class="caption-of" lang={text::LANGUAGE}>{ text::header::EXAMPLE }</span>
            { Html::from(menu) }
        </label>
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
    html! { <button class="icon" {onclick} aria-label={name} title={name}>{ sign }</button> }
}
