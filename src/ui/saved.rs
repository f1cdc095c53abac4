//! The reader's own runs: those saved by name, the drafts of other tabs, and a new run.

use yew::prelude::*;

use super::{Send, drafts};
use crate::{
    app::{Action, Offer, Panel, Saved, text},
    formats::link::MAX_LINK,
    kernel::visible,
    web,
};

/// Key of a saved run in the storage, before its id.
const KEYS: &str = "worldlines-run-";

/// Returns the saved runs, the latest first.
pub(super) fn saved_runs() -> Vec<Saved> {
    let kept = web::kept_below(KEYS);
    let mut all: Vec<_> = kept.iter().filter_map(|(id, text)| Saved::read(id, text)).collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.written));
    all
}

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// Fragment of the link of the run that is shown; empty while it is made, and for a recorded run.
    pub(super) fragment: AttrValue,
    /// The run's heading: the name that is offered.
    pub(super) heading: AttrValue,
    /// Id and nodes of the protocol that runs, for a new run.
    pub(super) blank: AttrValue,
    pub(super) send: Send,
}

/// The outcome of the last act, in words.
#[derive(Clone, PartialEq)]
enum Said {
    Nothing,
    Saved(String),
    NoRoom,
    TooLong,
    Deleted(Saved),
}

/// The reader's own runs.
#[component]
pub(super) fn OwnRuns(props: &Props) -> Html {
    let Props { fragment, heading, send, .. } = props;
    // Only of the view: what the storage of the browser holds.
    let runs = use_state(saved_runs);
    let drafts = use_state(Vec::new);
    let said = use_state(|| Said::Nothing);
    use_effect_with((), {
        let drafts = drafts.setter();
        move |()| drafts.set(drafts::of_others())
    });
    let again = {
        let runs = runs.setter();
        move || runs.set(saved_runs())
    };
    let save = {
        let (fragment, again, said, heading) =
            (fragment.clone(), again.clone(), said.setter(), heading.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if fragment.len() > MAX_LINK {
                said.set(Said::TooLong);
                return;
            }
            let typed = web::submitted(&event).into_iter().next().unwrap_or_default();
            let name = if typed.trim().is_empty() { heading.to_string() } else { typed };
            let written = web::now();
            let id = written.to_string();
            let saved = Saved { id, written, name, fragment: fragment.to_string() };
            let kept = keep(&saved);
            said.set(if kept { Said::Saved(saved.name) } else { Said::NoRoom });
            again();
        })
    };
    let delete = {
        let (again, said) = (again.clone(), said.setter());
        move |run: &Saved| {
            let (again, said, run) = (again.clone(), said.clone(), run.clone());
            Callback::from(move |_: MouseEvent| {
                web::forget(&format!("{KEYS}{}", run.id));
                said.set(Said::Deleted(run.clone()));
                again();
            })
        }
    };
    let restore = {
        let (again, said) = (again, said.setter());
        move |run: &Saved| {
            let (again, said, run) = (again.clone(), said.clone(), run.clone());
            Callback::from(move |_: MouseEvent| {
                keep(&run);
                said.set(Said::Nothing);
                again();
            })
        }
    };
    let close = send.reform(|_: MouseEvent| Action::Gallery(false));
    let and = |action: Action| {
        let (close, send) = (close.clone(), send.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            close.emit(event);
            send.emit(action.clone());
        })
    };
    let new = new_run(&props.blank, send);
    let row = |run: &Saved| {
        html! {
            <li key={run.id.clone()}>
                <a href={format!("#{}", run.fragment)} onclick={and(Action::Load(run.fragment.clone()))} lang="en">{ visible(&run.name).into_owned() }</a>
                <button type="button" class="icon plain" onclick={delete(run)} aria-label={text::saved::delete(&run.name)} title={text::saved::delete(&run.name)}>{ "✕" }</button>
            </li>
        }
    };
    let draft = |draft: &Offer| {
        html! {
            <li key={draft.tab.clone()}>
                <button type="button" class="link" onclick={and(Action::Restore(draft.text.clone()))} lang="en">{ visible(&draft.title).into_owned() }</button>
                <small>{ text::saved::DRAFT }</small>
            </li>
        }
    };
    let own = !runs.is_empty() || !drafts.is_empty();
    html! {
        <section class="own-runs" aria-labelledby="own-runs-title">
            <h3 id="own-runs-title">{ text::saved::TITLE }</h3>
            <div class="choices">
                if !fragment.is_empty() {
                    <form class="row wrap" onsubmit={save}>
                        <input id="run-name" key={heading.to_string()} maxlength="200" aria-label={text::saved::NAME} value={heading.clone()} />
                        <button id="save-run">{ text::saved::SAVE }</button>
                    </form>
                }
                <button type="button" id="new-run" onclick={new} title={text::saved::NEW_HELP}>{ text::saved::NEW }</button>
            </div>
            <p role="status" class="hint">
                { match &*said {
                    Said::Nothing => html! { if !own { { text::saved::NONE } } },
                    Said::Saved(name) => html! { { text::saved::saved(name) } },
                    Said::NoRoom => html! { { text::saved::NO_ROOM } },
                    Said::TooLong => html! { { text::saved::TOO_LONG } },
                    Said::Deleted(run) => html! {
                        <>{ text::saved::deleted(&run.name) }{ " " }<button type="button" class="link" onclick={restore(run)}>{ text::saved::RESTORE }</button></>
                    },
                } }
            </p>
            if own { <ul>{ for runs.iter().map(row) }{ for drafts.iter().map(draft) }</ul> }
        </section>
    }
}

fn keep(run: &Saved) -> bool {
    web::keep(&format!("{KEYS}{}", run.id), &run.stored())
}

/// Begins a run without requests and faults, and shows where they are added.
fn new_run(blank: &AttrValue, send: &Send) -> Callback<MouseEvent> {
    let (blank, send) = (blank.to_string(), send.clone());
    Callback::from(move |_: MouseEvent| {
        send.emit(Action::Gallery(false));
        send.emit(Action::Load(blank.clone()));
        send.emit(Action::Show(Some(Panel::Changes)));
    })
}
