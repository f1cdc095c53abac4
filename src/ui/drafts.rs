//! The reader's work outlives the tab: it is kept after every change, and what a closed tab left is offered.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use yew::{platform::spawn_local, prelude::*};

use super::Send;
use crate::{
    app::{self, Action, Draft, Offer, ProgramPart, State, reduce, text},
    kernel::visible,
    protocols,
    split::NotFetched,
    web,
};

/// Key of a draft in the storage, before the name of the tab.
const KEYS: &str = "worldlines-draft-";
/// Delay between a change and its draft, in real ms: changes often come in quick succession.
const SETTLED: u32 = 300;

/// The state that the page opens with: what its address asks for, with what this tab had made of it, or the
/// opening example.
pub(super) fn first_state() -> State {
    let fragment = web::fragment();
    if fragment.is_empty() && web::asks_for_file() {
        web::renew_tab();
        return State::awaiting_file();
    }
    // Without a fragment the reader begins anew: what the tab had made is another tab's work.
    let tab = if fragment.is_empty() { web::renew_tab() } else { web::tab() };
    let tab = tab.filter(|_| !web::is_embedded());
    let kept = tab.and_then(|tab| Draft::read(&tab, &web::kept(&key(&tab))?));
    let state = State::begin(&fragment, kept.as_ref().map(|draft| draft.text.as_str()));
    // After a panic, without what was open: it may have been what failed.
    if web::is_restarted() { reduce(&state, Action::Show(None)) } else { state }
}

/// Fetches what the state that the page opens with needs.
///
/// # Errors
/// If it could not be fetched.
pub(super) async fn fetch_to_begin() -> Result<(), NotFetched> {
    let is_asked = !web::fragment().is_empty() || web::asks_for_file();
    if is_asked {
        // Beside each other: the link tells which protocols are needed.
        fetch_beside(ProgramPart::Edits.fetch());
        ProgramPart::Links.fetch().await?;
    }
    loop {
        let missing = missing_to_begin();
        if missing.is_empty() {
            break;
        }
        missing.iter().for_each(|id| fetch_beside(protocols::fetch(id)));
        for id in missing {
            protocols::fetch(id).await?;
        }
    }
    if is_asked {
        ProgramPart::Edits.fetch().await?;
    }
    Ok(())
}

/// Begins to fetch a part. A failure is found by the code that waits for it.
pub(super) fn fetch_beside(part: impl Future<Output = Result<(), NotFetched>> + 'static) {
    spawn_local(async {
        let _ = part.await;
    });
}

/// Protocols whose packs are missing for the state that the page opens with.
fn missing_to_begin() -> Vec<&'static str> {
    let fragment = web::fragment();
    let kept = web::tab().filter(|_| !fragment.is_empty() && !web::is_embedded());
    let kept = kept.and_then(|tab| Draft::read(&tab, &web::kept(&key(&tab))?));
    app::missing_to_begin(&fragment, kept.as_ref().map(|draft| draft.text.as_str()))
}

fn key(tab: &str) -> String {
    format!("{KEYS}{tab}")
}

fn drafts() -> Vec<Draft> {
    let kept = web::kept_below(KEYS);
    kept.iter().filter_map(|(tab, value)| Draft::read(tab, value)).collect()
}

/// Returns the work of all other tabs, the latest first, once the part is here that reads it.
pub(super) fn of_others() -> Vec<Offer> {
    let mine = web::tab();
    let mut all = drafts();
    all.retain(|draft| Some(&draft.tab) != mine.as_ref());
    all.sort_by_key(|it| std::cmp::Reverse(it.written));
    let offer = |draft: &Draft| Draft::to_offer(std::slice::from_ref(draft), &[]);
    all.iter().filter_map(offer).collect()
}

/// Keeps the work; where there is no room, with less of what can be undone, then instead of others' oldest.
///
/// Does nothing before the parts are here that make drafts: until then the reader has changed nothing.
pub(super) fn keep(state: &State) {
    // The page around an embed keeps its reader's work.
    if web::is_embedded() || !ProgramPart::ALL.iter().all(|part| part.is_here()) {
        return;
    }
    let Some(tab) = web::tab() else { return };
    let store = |text: Option<String>| {
        let written = web::now();
        text.is_none_or(|text| {
            web::keep(&key(&tab), &Draft { tab: tab.clone(), written, text }.stored())
        })
    };
    let draft = state.draft();
    if draft.is_none() {
        web::forget(&key(&tab));
    }
    if store(draft) || store(state.short_draft()) {
        return;
    }
    let mut others = drafts();
    others.retain(|draft| draft.tab != tab);
    while let Some(oldest) = others.iter().map(|draft| draft.written).min() {
        let place = others.iter().position(|draft| draft.written == oldest).unwrap_or(0);
        web::forget(&key(&others.swap_remove(place).tab));
        if store(state.short_draft()) {
            return;
        }
    }
}

/// Keeps the work from now on. Draws what a closed tab has left, till the reader has made something else.
#[hook]
pub(super) fn use_drafts(state: &State, send: &Send) -> Html {
    let latest = use_mut_ref(|| state.clone());
    *latest.borrow_mut() = state.clone();
    let can_keep = ProgramPart::Links.is_here();
    let changed = (state.run.clone(), state.origin.clone(), state.adjusting, state.panel, can_keep);
    use_effect_with(changed, {
        let latest = latest.clone();
        move |&(_, _, adjusting, ..)| {
            let wait = || Timeout::new(SETTLED, move || keep(&latest.borrow()));
            let timeout = (!adjusting).then(wait);
            move || drop(timeout)
        }
    });
    // Only of the view: what the storage of the browser holds. The reducer gets the draft that is opened.
    let offer = use_state(|| None);
    use_effect_with((), {
        let offer = offer.clone();
        move |()| {
            let begun = web::fragment().is_empty() && !web::is_embedded();
            meet_others(begun.then_some(offer));
            let listener = leave(latest);
            move || drop(listener)
        }
    });
    let Some(work) = (*offer).as_ref().filter(|_| state.undo.is_empty()) else {
        return html! {};
    };
    let work = work.clone();
    let open = {
        let (send, offer, text) = (send.clone(), offer.clone(), work.text.clone());
        move |_: MouseEvent| {
            offer.set(None);
            send.emit(Action::Restore(text.clone()));
        }
    };
    let forget = {
        let (offer, tab) = (offer.clone(), work.tab.clone());
        move |_: MouseEvent| {
            web::forget(&key(&tab));
            offer.set(None);
        }
    };
    let later = move |_: MouseEvent| offer.set(None);
    drawn(&work, open, forget, later)
}

/// Keeps the place in time too, when the tab is left.
fn leave(latest: Rc<RefCell<State>>) -> impl Sized {
    web::on_leave(move || {
        if let Ok(state) = latest.try_borrow() {
            keep(&state);
        }
    })
}

/// Takes another name if this tab is the duplicate of an open one, tells the others that it is open, throws away
/// what is too old, and finds out what can be offered.
fn meet_others(offer: Option<UseStateHandle<Option<Offer>>>) {
    let Some(mine) = web::tab() else { return };
    web::open_tabs(move |mut open| {
        let mine = if open.contains(&mine) { web::renew_tab().unwrap_or(mine) } else { mine };
        web::hold_tab(&mine);
        open.push(mine);
        let drafts = drafts();
        for tab in Draft::outdated(&drafts, &open, web::now()) {
            web::forget(&key(&tab));
        }
        if let Some(offer) = offer {
            spawn_local(async move {
                if ProgramPart::Links.fetch().await.is_ok()
                    && ProgramPart::Edits.fetch().await.is_ok()
                {
                    offer.set(Draft::to_offer(&drafts, &open));
                }
            });
        }
    });
}

fn drawn(
    work: &Offer,
    open: impl Fn(MouseEvent) + 'static,
    forget: impl Fn(MouseEvent) + 'static,
    later: impl Fn(MouseEvent) + 'static,
) -> Html {
    let changes = match work.changes {
        0 => String::new(),
        many => text::drafts::changes(many),
    };
    html! {
        <aside class="offer" aria-label={text::drafts::LABEL}>
            <p>{ text::drafts::LEAD }<b lang="en">{ visible(&work.title).into_owned() }</b>{ changes }</p>
            <button class="primary" onclick={Callback::from(open)}>{ text::drafts::OPEN }</button>
            <button onclick={Callback::from(forget)}
                title={text::drafts::DELETE_HELP}>{ text::drafts::DELETE }</button>
            <button class="icon" onclick={Callback::from(later)} aria-label={text::drafts::LATER} title={text::drafts::LATER}>{ "✕" }</button>
        </aside>
    }
}
