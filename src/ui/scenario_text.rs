//! The scenario as text: to be read, and to be written. What is wrong is said at its line.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::Send;
use crate::{
    app::{Action, Hand, Run, Writing, Wrong, text, written},
    web::{self, Style},
};

/// Pause after which the text is run, in real milliseconds.
const PAUSE: u32 = 500;
/// Id of the element with the error, for screen readers.
const SAYS: &str = "text-says";

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) writing: Option<Writing>,
    pub(super) send: Send,
}

/// The scenario as text.
#[component]
pub(super) fn ScenarioText(props: &Props) -> Html {
    let Props { run, writing, send } = props;
    let field = use_node_ref();
    let text = use_memo((run.clone(), writing.clone()), |(run, writing)| {
        written(writing.as_ref(), &run.scenario)
    });
    use_pause(writing, send);
    let hand = |hand: Hand| Action::Hand(hand);
    let oninput = send.reform(move |event: InputEvent| hand(Hand::Type(web::value_of(&event))));
    let onchange = send.reform(move |_: Event| hand(Hand::Take));
    let wrong = writing.as_ref().and_then(Writing::wrong);
    let lines = text.matches('\n').count() + 1;
    let numbers: String = (1..=lines).map(|number| format!("{number}\n")).collect();
    html! {
        <div class="as-text">
            { says(props, wrong, &text, &field) }
            <div class="sheet-of-text">
                { for wrong.map(|wrong| {
                    let top = format!("top:calc({} * var(--line) + 8px)", wrong.line - 1);
                    let top = Style::from(top);
                    html! { <div class="wrong-line" data-style={top.attribute()} ~style={top.property()} /> }
                }) }
                <pre class="line-numbers" aria-hidden="true">{ numbers }</pre>
                <textarea ref={field} rows={(lines + 1).to_string()} value={text.to_string()} {oninput} {onchange}
                    wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off"
                    aria-label={text::scenario_text::LABEL} aria-invalid={wrong.is_some().to_string()}
                    aria-describedby={SAYS} />
            </div>
        </div>
    }
}

/// Runs what is written when the reader pauses.
#[hook]
fn use_pause(writing: &Option<Writing>, send: &Send) {
    let send = send.clone();
    use_effect_with(writing.as_ref().map(|writing| writing.text.clone()), move |text| {
        let take = move || send.emit(Action::Hand(Hand::Take));
        let timer = text.as_ref().map(|_| Timeout::new(PAUSE, take));
        move || drop(timer)
    });
}

/// The error in the text and its line, or a hint.
fn says(props: &Props, wrong: Option<&Wrong>, text: &str, field: &NodeRef) -> Html {
    let Props { run, writing, send } = props;
    let stands = writing.as_ref().is_some_and(Writing::stands);
    let behind = writing.as_ref().is_some_and(|writing| writing.is_behind(&run.scenario));
    let discard = send.reform(|_: MouseEvent| Action::Hand(Hand::Discard));
    let units = |end: usize| text[..end].encode_utf16().count() as u32;
    html! {
        <div class="says">
            <p id={SAYS} role="status" class={wrong.map(|_| "wrong")}>
                { match wrong {
                    Some(wrong) => text::scenario_text::wrong(wrong.line, &wrong.why),
                    None if stands => text::scenario_text::READ_LATER.to_owned(),
                    None => text::scenario_text::HELP.to_owned(),
                } }
                if behind {
                    { text::scenario_text::BEHIND }
                }
            </p>
            if let Some(wrong) = wrong {
                <button type="button" id="go-to-line" onclick={
                    let (field, from, to) = (field.clone(), units(wrong.place.start), units(wrong.place.end));
                    Callback::from(move |_: MouseEvent| {
                        if let Some(field) = field.cast() {
                            web::select_text(&field, from, to);
                        }
                    })
                }>{ text::scenario_text::go_to(wrong.line) }</button>
            }
            if stands {
                <button type="button" id="discard-draft" onclick={discard}
                    title={text::scenario_text::DISCARD_HELP}>{ text::scenario_text::DISCARD }</button>
            }
        </div>
    }
}
