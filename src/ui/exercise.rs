//! An exercise: what is to be reached, whether it is, and the code that shows a teacher that it was.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    app::{Run, text},
    formats::{
        exercise::{code, judgement, sentence, tried},
        scenario::goal_of,
    },
    kernel::Scenario,
    runs::ExerciseVerdict,
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// The scenario as it was opened.
    pub(super) origin: Rc<Scenario>,
    /// Whether something is being dragged: then nothing is judged yet.
    pub(super) adjusting: bool,
}

/// The exercise, if what was opened is one.
#[component]
pub(super) fn Exercise(props: &Props) -> Html {
    let Props { run, origin, .. } = props;
    let asked = (run.clone(), Rc::clone(origin), props.adjusting);
    let attempt = use_memo(
        asked,
        |(run, origin, adjusting)| {
            if *adjusting { None } else { tried(origin, &run.scenario) }
        },
    );
    let copied = use_state_eq(|| false);
    use_effect_with(run.clone(), {
        let copied = copied.clone();
        move |_| copied.set(false)
    });
    let Some(goal) = &goal_of(origin) else { return html! {} };
    let reached = *attempt == Some(ExerciseVerdict::Reached);
    html! {
        <section class={classes!("exercise", reached.then_some("reached"))} aria-label={text::exercise::LABEL}>
            <p><b>{ text::exercise::LEAD }</b>{ sentence(origin, goal) }</p>
            <div role="status">
                if reached {
                    { result(&code(goal, run), &copied) }
                } else if let Some(attempt) = &*attempt {
                    // Before anything was tried there is nothing to say.
                    if **origin != run.scenario {
                        <p class="hint">{ capital(judgement(attempt, goal)) }{ "." }</p>
                    }
                }
            </div>
        </section>
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
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
