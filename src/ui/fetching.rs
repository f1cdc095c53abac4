//! Fetching of packs: those that an action waits for, and those that are likely to be needed.

use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{Action, FetchAction, ProgramPart, State, text},
    protocols,
    split::NotFetched,
    web,
};

/// Waits for what is fetched, and reports it.
fn report(send: &Send, fetched: impl Future<Output = Result<(), NotFetched>> + 'static) {
    let send = send.clone();
    spawn_local(async move {
        send.emit(Action::Fetch(match fetched.await {
            Ok(()) => FetchAction::Arrived,
            Err(NotFetched) => FetchAction::Failed,
        }));
    });
}

/// Fetches what the state wants, and, as soon as nothing else is fetched, what the reader's first change needs. Draws what the reader's action waits for, and, if that could not be fetched, a way to try
/// again.
#[hook]
pub(super) fn use_fetching(state: &State, is_quiet: bool, send: &Send) -> Html {
    use_effect_with(state.to_fetch(), {
        let send = send.clone();
        move |wanted| {
            wanted.iter().for_each(|id| report(&send, protocols::fetch(id)));
        }
    });
    use_effect_with(state.parts_to_fetch(), {
        let send = send.clone();
        move |wanted| {
            wanted.iter().for_each(|part| report(&send, part.fetch()));
        }
    });
    use_effect_with(is_quiet, {
        let send = send.clone();
        move |is_quiet| {
            if *is_quiet {
                report(&send, async {
                    for part in ProgramPart::ALL {
                        part.fetch().await?;
                    }
                    web::mark("whole");
                    Ok(())
                });
            }
        }
    });
    let Some(awaited) = &state.awaited else { return html! {} };
    let cancel = send.reform(|_: MouseEvent| Action::Cancel);
    let again = send.reform(|_: MouseEvent| Action::Fetch(FetchAction::Again));
    let mut names = awaited.protocols.iter().filter_map(|id| protocols::entry(id));
    let name = names.next().map_or(text::fetching::PART, |entry| entry.name);
    html! {
        <div class="working" role={state.fetch_failed.then_some("alert")}>
            if state.fetch_failed {
                <span>{ text::fetching::failed(name) }</span>
                <button class="primary" onclick={again}>{ text::fetching::AGAIN }</button>
            } else {
                <span>{ text::fetching::fetching(name) }</span>
            }
            <button onclick={cancel} title={text::work::CANCEL_HELP}>{ text::work::CANCEL }</button>
        </div>
    }
}
