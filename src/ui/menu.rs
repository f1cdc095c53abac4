//! Menu of the selection: draws the entries that `app` lists.

use yew::prelude::*;

use super::{
    Send,
    fields::{Choice, ControlKind, Props as Control, choice, part},
    workbench::go_to,
};
use crate::{
    app::{
        self, Action, Allowed, Does, Field, Filled, Form, Hand, Input, Menu, MenuEntry, MenuForm,
        MenuItem, Panel, Run, Selection, text,
    },
    web::{self, Focus},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) selection: Selection,
    pub(super) allowed: Allowed,
    pub(super) filled: Vec<Filled>,
    pub(super) send: Send,
}

/// The mark or arrow that the menu is about.
const SELECTED: &str = ".stage .selected";

/// The menu of the selection. Its entries are computed once for each run and selection: a reason may take a second
/// run to find.
#[component]
pub(super) fn MenuCard(props: &Props) -> Html {
    let Props { run, selection, allowed, filled, send } = props;
    let card = use_node_ref();
    {
        let card = card.clone();
        use_effect_with(*selection, move |_| {
            let before = Focus::now();
            if let Some(card) = card.cast() {
                web::focus_inside(&card);
                web::show_above(&card, SELECTED);
            }
            move || drop(before)
        });
    }
    {
        let card = card.clone();
        use_effect_with(run.clone(), move |_| {
            if let Some(card) = card.cast() {
                web::refocus_inside(&card);
            }
        });
    }
    let menu = use_memo((run.clone(), *selection, *allowed), |(run, selection, allowed)| {
        Menu::of(run, *selection).within(run, *allowed)
    });
    let close = send.reform(|_: MouseEvent| Action::Hand(Hand::Menu(false)));
    let read = {
        let (close, show) = (close.clone(), go_to(Panel::State, send));
        Callback::from(move |event: MouseEvent| {
            close.emit(event.clone());
            show.emit(event);
        })
    };
    let title = AttrValue::from(menu.title.clone());
    // Another selection has other fields: nothing that was typed for the one stays for the other.
    html! {
        <div class="menu" role="dialog" aria-label={title.clone()} ref={card}>
            <h3 lang="en">{ &title }</h3>
            <div class="entries" key={&*menu.title}>{ entries(&menu.entries, false, filled, send) }</div>
            if !web::is_embedded() || web::has_control("workbench") {
                <button class="link details" data-do="details" onclick={read} title={text::menu::DETAILS_HELP}>
                    { text::menu::DETAILS }
                </button>
            }
            <button class="close icon" onclick={close} aria-label={text::menu::CLOSE} title={text::menu::CLOSE_HELP}>{ "✕" }</button>
        </div>
    }
}

/// Entries of the menu, or of a fold in it.
fn entries(entries: &[MenuEntry], is_folded: bool, filled: &[Filled], send: &Send) -> Html {
    let within = |inner: &[MenuEntry], is_folded| self::entries(inner, is_folded, filled, send);
    let entry = |entry: &MenuEntry| match entry {
        MenuEntry::Item(item) => draw(item, is_folded, filled, send),
        MenuEntry::Row(words, items) => html! {
            <div class="row wrap">
                <span>{ words }</span>
                { for items.iter().map(|item| draw(item, false, filled, send)) }
            </div>
        },
        MenuEntry::Note(words) => html! { <p class="why">{ *words }</p> },
        MenuEntry::Group { title, is_enabled, entries } => html! {
            <fieldset class="group" disabled={!is_enabled}>
                <legend>{ title }</legend>
                { within(entries, false) }
            </fieldset>
        },
        MenuEntry::Fold { id, title, is_open, entries } => html! {
            <details class="more" open={*is_open}>
                <summary data-do={*id}>{ *title }</summary>
                { within(entries, true) }
            </details>
        },
    };
    entries.iter().map(entry).collect()
}

/// A button, or a form with a button.
fn draw(item: &MenuItem, is_folded: bool, filled: &[Filled], send: &Send) -> Html {
    let MenuItem { id, words, does } = item;
    let action = match does {
        Does::Nothing(why) => {
            return html! {
                <button type="button" data-do={*id} disabled=true class="cannot">
                    { words }{ ": " }<small>{ why }</small>
                </button>
            };
        }
        Does::Submit(form) => {
            return draw_form(item, form, is_folded, filled, send);
        }
        Does::Edit(edit) => Action::Hand(Hand::Make(edit.clone())),
        Does::Prepare(edit) => Action::Apply(edit.clone()),
        Does::Only(node) => Action::Hand(Hand::Only(*node)),
    };
    let onclick = send.reform(move |_: MouseEvent| action.clone());
    html! { <button type="button" data-do={*id} {onclick}>{ words }</button> }
}

fn draw_form(
    item: &MenuItem,
    menu_form: &MenuForm,
    is_folded: bool,
    filled: &[Filled],
    send: &Send,
) -> Html {
    let MenuForm { form, title, fields, checked, note, also } = menu_form;
    let form = *form;
    let filled = filled.iter().find(|it| it.form == form);
    let why = filled.map(|filled| &filled.why).or(checked.as_ref()).filter(|why| !why.is_empty());
    let is_above = |field: &Field| matches!(field.input, Input::Check | Input::Json);
    let controls = |above: bool| {
        let places = fields.iter().enumerate().filter(|(_, field)| is_above(field) == above);
        let draw = |(place, field): (usize, &Field)| {
            let typed = filled.and_then(|filled| filled.typed.get(place));
            draw_field(field, typed.unwrap_or(&field.offered), (form, why.is_some()), send)
        };
        places.map(draw).collect::<Html>()
    };
    // The name of a request is the protocol's, not the page's.
    let help = match form {
        Form::Request { kind, .. } => Some(kind.help),
        _ => None,
    };
    let disabled = checked.is_some() && why.is_some();
    let row = html! {
        <>
            <button data-do={item.id} lang={help.map(|_| "en")} title={help} {disabled}>{ &item.words }</button>
            { controls(false) }
            { for also.iter().map(|item| draw(item, false, &[], send)) }
        </>
    };
    let onsubmit = send.reform(move |event: SubmitEvent| {
        event.prevent_default();
        Action::Hand(Hand::Submit(form, web::submitted(&event)))
    });
    if checked.is_none() {
        let class = match &fields[..] {
            _ if is_folded => "group row wrap",
            [] | [Field { input: Input::Text(_) | Input::Number(..), .. }] => "row",
            _ => "row wrap",
        };
        return html! {
            <>
                <form {class} {onsubmit}>{ row }</form>
                if let Some(why) = why { <p class="why refused" role="alert">{ why }</p> }
                if !note.is_empty() { <p class="why">{ note }</p> }
            </>
        };
    }
    let oninput = send
        .reform(move |event: InputEvent| Action::Hand(Hand::Fill(form, web::submitted(&event))));
    html! {
        <form {onsubmit} {oninput}>
            if title.is_empty() { { controls(true) } } else {
                <fieldset><legend>{ *title }</legend>{ controls(true) }</fieldset>
            }
            <p id={SAYS} role="status" class={classes!("why", why.map(|_| "refused"))}>
                { why.unwrap_or(note) }
            </p>
            <div class="row">{ row }</div>
        </form>
    }
}

/// Id of the element with the reason why the values of a form are refused.
const SAYS: &str = "form-says";

fn draw_field(field: &Field, value: &str, (form, is_refused): (Form, bool), send: &Send) -> Html {
    let Field { label, is_named, help, input, .. } = field;
    let mut unit = "";
    let kind = match input {
        Input::Json => return draw_json(label, value, (form, is_refused), send),
        Input::Text(most) => ControlKind::Text(*most),
        Input::Number(its, min, max, step) => {
            unit = its;
            ControlKind::Number((*min).into(), (*max).into(), step)
        }
        Input::Choice(choices) => {
            let choice = |it: &app::Choice| Choice {
                disabled: it.is_disabled,
                // The words of a strategy are the scenario's, not the page's.
                lang: matches!(form, Form::Traitor(_)).then_some("en"),
                ..choice(it.value.clone(), it.words.clone())
            };
            ControlKind::Select(choices.iter().map(choice).collect())
        }
        Input::Check => {
            let control = Html::from(part(ControlKind::Check, value.to_owned()));
            return html! { <label>{ control }{ label }</label> };
        }
    };
    let control = Control {
        label: Some(label.clone().into()),
        title: (!help.is_empty()).then(|| (*help).into()),
        ..part(kind, value.to_owned())
    };
    let control = html! {
        <>
            { Html::from(control) }
            { unit }
        </>
    };
    match is_named {
        true => html! { <label class="part"><span>{ label }</span>{ control }</label> },
        false => control,
    }
}

/// A field for JSON. Enter submits it.
fn draw_json(label: &str, value: &str, (form, is_refused): (Form, bool), send: &Send) -> Html {
    let onkeydown = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() {
                event.prevent_default();
                send.emit(Action::Hand(Hand::Submit(form, web::submitted(&event))));
            }
        })
    };
    html! {
        <textarea class="payload" rows="3" spellcheck="false" autocapitalize="off" value={value.to_owned()}
            aria-label={label.to_owned()} aria-invalid={is_refused.to_string()} aria-describedby={SAYS} {onkeydown} />
    }
}
