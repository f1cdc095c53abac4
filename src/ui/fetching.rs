//! Fetching of packs: those that an action waits for, and those that are likely to be needed.

use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{Action, FetchAction, ProgramPart, State, text},
    protocols,
    split::NotFetched,
    web,
};

/// Waits for a part, a protocol's pack if it is named, and reports it.
fn report(
    send: &Send,
    protocol: Option<&'static str>,
    fetched: impl Future<Output = Result<(), NotFetched>> + 'static,
) {
    let send = send.clone();
    spawn_local(async move {
        send.emit(Action::Fetch(match fetched.await {
            Ok(()) => FetchAction::Arrived,
            Err(NotFetched) => FetchAction::Failed(protocol),
        }));
    });
}

/// Fetches the parts that the reader's action waits for, those of the variants, and, as soon as `is_quiet`, those that a
/// first change needs. Draws the name of the awaited part, and, if it could not be fetched, a button to try again.
#[hook]
pub(super) fn use_fetching(state: &State, is_quiet: bool, send: &Send) -> Html {
    // Each action that waits is a reason to try: a part may have failed before.
    let asked = (state.awaited.clone(), state.fetch_failed);
    use_effect_with(asked, {
        let (send, packs, parts) = (send.clone(), state.to_fetch(), state.parts_to_fetch());
        move |_| {
            packs.iter().for_each(|id| report(&send, Some(*id), protocols::fetch(id)));
            parts.iter().for_each(|part| report(&send, None, part.fetch()));
        }
    });
    use_effect_with(state.to_fetch_beside(), {
        let send = send.clone();
        move |wanted| {
            wanted.iter().for_each(|id| report(&send, Some(*id), protocols::fetch(id)));
        }
    });
    use_effect_with(is_quiet, {
        let send = send.clone();
        move |is_quiet| {
            if *is_quiet {
                report(&send, None, async {
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
