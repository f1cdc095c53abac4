//! The sheet of the keyboard's shortcuts, made of the table by which the page acts.

use yew::prelude::*;

use super::{Send, fields::check};
use crate::{
    app::{Action, Ask, Chord, IN_DIAGRAM, SHORTCUTS, State, text},
    web,
};

/// Opens and closes the sheet with the state. The browser keeps the focus in it, closes it at Esc, and puts
/// the focus back.
#[hook]
pub(super) fn use_sheet(open: bool) -> NodeRef {
    let sheet = use_node_ref();
    let dialog = sheet.clone();
    use_effect_with(open, move |open| {
        if let Some(dialog) = dialog.cast() {
            web::show_dialog(&dialog, *open);
        }
    });
    sheet
}

/// The sheet; empty while it is closed.
pub(super) fn sheet(state: &State, dialog: NodeRef, send: &Send) -> Html {
    let open = state.study.sheet;
    let onclose = send.reform(|_: Event| Action::Study(Ask::Sheet(false)));
    let close = send.reform(|_: MouseEvent| Action::Study(Ask::Sheet(false)));
    let letters = send.reform(|on: bool| Action::Study(Ask::Letters(on)));
    html! {
        <dialog class="sheet-of-keys" ref={dialog} {onclose} aria-label={text::sheet::TITLE}>
            if open {
                <h2>{ text::sheet::TITLE }</h2>
                <button class="close icon" onclick={close} aria-label={text::sheet::CLOSE} title={text::sheet::CLOSE_HELP}>{ "✕" }</button>
                <div class="groups">
                    { for SHORTCUTS.iter().map(|group| html! {
                        <section>
                            <h3>{ group.name }</h3>
                            <dl>{ for group.shortcuts.iter().map(|it| row(it.chords, it.does, state.study.letters)) }</dl>
                        </section>
                    }) }
                    <section>
                        <h3>{ text::sheet::IN_DIAGRAM }</h3>
                        <dl>{ for IN_DIAGRAM.iter().map(|it| row(it.chords, it.does, true)) }</dl>
                    </section>
                </div>
                <label class="letters">
                    { Html::from(check(state.study.letters, letters)) }
                    { text::sheet::LETTERS }
                </label>
            }
        </dialog>
    }
}

fn row(chords: &[Chord], does: &'static str, letters: bool) -> Html {
    let asleep = |chord: &Chord| chord.is_letter() && !letters;
    let class = chords.iter().all(asleep).then_some("asleep");
    html! {
        <div {class}>
            <dt>
                { for chords.iter().enumerate().map(|(place, chord)| html! {
                    <>
                        if place > 0 { <span>{ text::sheet::OR }</span> }
                        { for chord.caps().into_iter().map(|cap| html! { <kbd>{ cap }</kbd> }) }
                    </>
                }) }
            </dt>
            <dd>{ does }</dd>
        </div>
    }
}
