//! An exercise: what is to be reached, whether it is, and the code that shows a teacher that it was.

use yew::prelude::*;

use crate::{
    app::{self, Run, Shared, text},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) exercise: Option<Shared<app::Exercise>>,
}

/// The exercise, if what was opened is one.
#[component]
pub(super) fn Exercise(props: &Props) -> Html {
    let Props { run, exercise } = props;
    // Only of the view: an answer of the clipboard.
    let copied = use_state_eq(|| false);
    use_effect_with(run.clone(), {
        let copied = copied.clone();
        move |_| copied.set(false)
    });
    let Some(exercise) = exercise else { return html! {} };
    let reached = exercise.code.is_some().then_some("reached");
    html! {
        <section class={classes!("exercise", reached)} aria-label={text::exercise::LABEL}>
            <p><b>{ text::exercise::LEAD }</b><span lang="en">{ &exercise.task }</span></p>
            <div role="status">
                { for exercise.code.iter().map(|code| result(code, &copied)) }
                { for exercise.judgement.iter().map(|judgement| html! { <p class="hint">{ judgement }</p> }) }
            </div>
        </section>
    }
}

/// The code, and a button that copies it.
fn result(code: &str, copied: &UseStateHandle<bool>) -> Html {
    let onclick = {
        let (code, copied) = (code.to_owned(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            web::copy(&code, move |done| copied.set(done));
        })
    };
    html! {
        <>
            <p class="done"><span aria-hidden="true">{ "✓ " }</span>{ text::exercise::REACHED }</p>
            <p class="code-line">
                <input id="result-code" readonly=true value={code.to_owned()} aria-label={text::exercise::CODE} />
                <button id="copy-code" {onclick}>{ if **copied { text::exercise::COPIED } else { text::exercise::COPY } }</button>
            </p>
        </>
    }
}
