//! The whole page: it holds the state, lets time run, and keeps the address.

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

use super::{
    Send, author,
    caption::{caption_line, old_words},
    causes::use_causes,
    changes::use_moment,
    drafts::use_drafts,
    embed,
    exercise::Exercise,
    fetching::use_fetching,
    gallery,
    guard::{self, use_panic_on_purpose},
    header::Header,
    hunting::use_errand,
    more,
    panels::Bench,
    part::{Draw, PagePart},
    parts::use_parts,
    sharing,
    sheet::use_sheet,
    stage::Stage,
    strip::Strip,
    transport::{self, transport},
    ways::tour,
    work::{use_comparison, use_fragment, use_retirement, use_work},
    workbench::{left_open, use_kept, workbench},
};
use crate::{
    analysis::Stamps,
    app::{
        Action, Allowed, ImportAction, MeasureAction, SearchAction, Shared, State, Workings,
        emphasis, offers, reduce, shortcut, text,
    },
    formats::link,
    kernel::Time,
    web::{self, Frames},
};

#[derive(PartialEq)]
struct Store(State);

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let next = reduce(&self.0, action);
        if next.run != self.0.run {
            guard::remember(&next);
            web::mark("computed");
        }
        Rc::new(Self(next))
    }
}

#[derive(Properties)]
pub(super) struct Props {
    /// The state that the page opens with.
    pub(super) state: State,
}

impl PartialEq for Props {
    /// They are given once: to compare whole states would be a part of the first program.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The whole page.
#[component]
pub(super) fn Page(props: &Props) -> Html {
    let store = use_reducer(|| {
        let state = props.state.clone().locked(web::is_locked());
        let mut state = state.with_future_hidden(web::is_future_hidden());
        // By no action: one ends the wait for the file of the address.
        state.panel = state.panel.or_else(left_open);
        guard::remember(&state);
        web::mark("computed");
        Store(if web::prefers_reduced_motion() { state.calmed() } else { state })
    });
    let send = {
        let dispatcher = store.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let state = &store.0;
    // Worked out once a change, not once a frame, nor once a step of a drag: the digest goes over the whole
    // trace.
    let opened = (state.run.clone(), Rc::clone(&state.origin), state.adjusting);
    let known = use_memo(opened, |_| {
        let path = if state.adjusting { None } else { state.bundled_path() };
        (state.is_edited(), path)
    });
    let (edited, path) = (*known).clone();
    let fragment = use_fragment(&state.run, state.compare.as_ref(), state.adjusting, &send);
    let made_of = (state.run.clone(), Rc::clone(&state.origin));
    let worked: Shared<_> = use_memo((), |()| RefCell::new(Workings::default())).into();
    let offers = use_memo(made_of, |(run, origin)| offers(run, origin));
    use_panic_on_purpose();
    use_effect_with(state.heading(), |heading| {
        if !web::is_embedded() {
            web::set_title(&text::page::tab(heading));
        }
    });
    use_time(state.playing, &send);
    use_moment(state, &send);
    use_address(state, &fragment, &send);
    use_source(&send);
    let theatre = use_node_ref();
    use_return_to(WRITE, state.authoring);
    use_arrival(&theatre, state.loads);
    use_keys(&store, &send);
    let dialog = use_sheet(state.study.sheet);
    let offer = use_drafts(state, &send);
    use_errand(state.searching.errand.as_ref(), &send, |errand, said| {
        Action::Search(SearchAction::Hear(errand, said))
    });
    use_errand(state.measuring.errand(), &send, |errand, said| {
        Action::Measure(MeasureAction::Hear(errand, said))
    });
    let parts = use_parts(state);
    let fetching = use_fetching(state, parts.is_quiet(), &send);
    use_retirement(&state.run);
    use_comparison(state.changes.wanted.as_ref(), &send);
    let working = use_work(state.pending.as_ref(), &send);
    let explained = state.explained.filter(|_| !state.adjusting);
    let asked = (state.run.clone(), explained, state.asked_about(), state.study.only.clone());
    let emphasis =
        use_memo(asked, |(run, explained, picked, only)| emphasis(run, *explained, *picked, only));
    let emphasis: Shared<_> = emphasis.into();
    let stamps = use_memo((state.run.clone(), state.study.clocks.is_some()), |(run, on)| {
        on.then(|| Shared::new(Stamps::of(&run.trace, run.scenario.nodes.len())))
    });
    let clocks = state.study.clocks.zip((*stamps).clone());
    let causes = use_causes(&state.run, state.causes_wanted, &parts, &send);
    use_kept(state.panel);
    use_presenting(state.presenting, &send);
    let part = |draw: Draw| {
        html! {
            <PagePart run={state.run.clone()} refusals={state.refusals} fetches_run={state.fetches_run()} can_undo={!state.undo.is_empty()}
                can_redo={!state.redo.is_empty()} changeable={state.changeable()} imports={state.imports.clone()} send={send.clone()} {draw} />
        }
    };
    let bench = Bench {
        state,
        worked: &worked,
        causes: &causes,
        emphasis: &emphasis,
        clocks: &clocks,
        offers: &offers,
        edited,
        parts: &parts,
        part: &part,
        send: &send,
    };
    let open = state.panel.is_some().then_some("with-workbench");
    html! {
        <div class={classes!("page", open, state.imports.shown.is_some().then_some("recorded"))}>
            <Header run={state.run.clone()} panel={state.panel} sharing={state.sharing} send={send.clone()} />
            if state.gallery {
                { parts.gallery(gallery::props(state, path.as_deref(), &offers, &fragment, &send)) }
            }
            { parts.seldom(|it| (it.more)(more::Props {
                run: state.run.clone(),
                reading: state.imports.reading.clone(),
                allowed: state.allowed,
                send: send.clone(),
            })) }
            <main class={state.stands_in.then_some("arrives")}>
                <section class={classes!("theatre", edited.then_some("edited"))} aria-label={text::page::RUN} ref={theatre}>
                    { for state.refused.as_ref().map(|refused| parts.seldom(|it| (it.banner)(refused, state.allowed, &send))) }
                    if state.sharing.open {
                        { parts.sharing(sharing::Props {
                            run: state.run.clone(),
                            now: state.playhead.time as Time,
                            fragment: (*fragment).clone().into(),
                            compares: state.compare.is_some(),
                            sharing: state.sharing,
                            send: send.clone(),
                        }) }
                    }
                    { working }
                    { fetching }
                    if state.changeable().has(Allowed::SETTINGS) {
                        { parts.seldom(|it| (it.variants)(&state.ways, state.run.protocol.id, state.study.future_hidden || !state.is_over(), &send)) }
                    }
                    if state.authoring {
                        { parts.author(author::Props::of(state, &send)) }
                    } else {
                        { heading(state, edited, &send) }
                    }
                    { about(state, &send) }
                    <Exercise run={state.run.clone()} exercise={state.exercise.clone()} />
                    if !state.authoring || edited { { caption_line(state, edited, &send) } }
                    { parts.layers(|it| (it.above)(state, &send)) }
                    <Stage run={state.run.clone()} playhead={state.playhead} playing={state.playing}
                        shown_until={state.shown_until} lens={state.lens} selection={state.selection}
                        menu={state.menu} allowed={state.allowed} changeable={state.changeable()} filled={state.filled.clone()} armed={state.armed} lasso={state.lasso} called_off={state.called_off}
                        explained={state.explained} emphasis={emphasis.clone()} hidden={state.study.future_hidden}
                        clocks={clocks.clone()} cut={state.study.cut.clone()}
                        changes={state.changes.clone()} compare={state.compare.clone()} parts={parts.clone()} send={send.clone()} />
                    { parts.missing_layers(state) }
                </section>
                <div class="dock">
                    <Strip run={state.run.clone()} cursor={state.playhead.cursor} explained={state.explained}
                        causes={causes.clone()} can_undo={!state.undo.is_empty()} changeable={state.changeable()}
                        parts={parts.clone()} send={send.clone()} />
                    { transport(transport::Props {
                        run: &state.run,
                        playhead: state.playhead,
                        playing: state.playing,
                        is_over: state.is_over(),
                        speed: state.speed,
                        pace: state.pace,
                        shown_until: state.shown_until,
                        study: &state.study,
                        send: &send,
                    }) }
                    if state.presenting {
                        <button class="plain icon" id="leave-presentation" aria-label={text::header::LEAVE} title={text::header::LEAVE}
                            onclick={send.reform(|_: MouseEvent| Action::Present(false))}>{ "✕" }</button>
                    }
                </div>
                { workbench(&bench) }
            </main>
            { offer }
            { parts.seldom(|it| (it.sheet)(state, &fragment, dialog, &send)) }
            <div class="unseen" role="status" aria-live="polite">{ &state.announcement }</div>
            if web::is_heard() { { parts.embedding(embed::Props {
                run: state.run.clone(),
                fragment: (*fragment).clone().into(),
                edited,
                playhead: state.playhead,
                playing: state.playing,
                shown_until: state.shown_until,
                refused: state.refused.clone(),
                exercise: state.exercise.clone(),
                assigned: state.assigned_exercise(),
                send: send.clone(),
            }) } }
        </div>
    }
}

/// The run's title, and the ways to write it and to go on.
fn heading(state: &State, edited: bool, send: &Send) -> Html {
    let can_write = state.changeable().has(Allowed::SETTINGS) && !web::is_embedded();
    let write = send.reform(|_: MouseEvent| Action::Author(true));
    html! {
        <div class="heading">
            <h2 class="title" id={HEADING} tabindex="-1">
                <span lang={(!state.scenario().title.is_empty()).then_some("en")}>{ state.heading() }</span>
                if !state.scenario().title.is_empty() { { old_words(state) } }
            </h2>
            if can_write {
                <button class="plain icon" id={WRITE} onclick={write} aria-label={text::author::WRITE} title={text::author::WRITE}>{ "✎" }</button>
            }
            { tour(&state.ways, edited, send) }
        </div>
    }
}

/// A sentence on the page, and the protocol that runs.
fn about(state: &State, send: &Send) -> Html {
    let protocol = state.run.protocol;
    if state.imports.shown.is_some() {
        let leave = send.reform(|_: MouseEvent| Action::Import(ImportAction::Leave));
        return html! {
            <p class="read-only">
                { text::importing::READ_ONLY }{ " " }
                <button id="leave-recorded" onclick={leave} title={text::importing::LEAVE_HELP}>{ text::importing::LEAVE }</button>
            </p>
        };
    }
    html! {
        <p class="about">
            { text::page::WHAT }{ " " }
            <span lang="en"><b>{ protocol.name }</b>{ ": " }{ protocol.summary }{ " " }<span class="source">{ protocol.source }</span></span>
        </p>
    }
}

/// Lets time run while the run is played.
#[hook]
fn use_time(playing: bool, send: &Callback<Action>) {
    let send = send.clone();
    use_effect_with(playing, move |&playing| {
        let frames = playing.then(|| Frames::start(move |real| send.emit(Action::Tick(real))));
        move || drop(frames)
    });
}

/// Shows the run alone and large, until the reader or the browser ends it.
#[hook]
fn use_presenting(presenting: bool, send: &Send) {
    let send = send.clone();
    let before = use_mut_ref(|| false);
    use_effect_with(presenting, move |&presenting| {
        if before.replace(presenting) != presenting {
            web::present(presenting);
        }
        let end = move || send.emit(Action::Present(false));
        let listener = presenting.then(|| web::on_screen_left(end));
        move || drop(listener)
    });
}

/// Id of the button that opens the fields of title, captions and goal.
const WRITE: &str = "write";

/// Gives the keyboard's focus back to a button when what it opened is closed.
#[hook]
fn use_return_to(button: &'static str, is_open: bool) {
    let before = use_mut_ref(|| false);
    use_effect_with(is_open, move |&is_open| {
        if before.replace(is_open) && !is_open {
            web::focus_by_id(button);
        }
    });
}

/// The id of the run's heading.
const HEADING: &str = "run-heading";

/// Leads the reader to a run that was loaded: it comes into view, and the keyboard's focus is on its heading.
#[hook]
fn use_arrival(theatre: &NodeRef, loads: u32) {
    let theatre = theatre.clone();
    let first = use_mut_ref(|| loads);
    use_effect_with(loads, move |loads| {
        if *first.borrow() != *loads && !web::is_beside() {
            web::focus_by_id(HEADING);
            if let Some(theatre) = theatre.cast() {
                web::bring_to_top(&theatre);
            }
        }
    });
}

/// Keeps the address true to the scenario, from the reader's first change on, and follows it when the
/// reader changes it. A link that was called off, or could not be opened and was dismissed, leaves the address.
#[hook]
fn use_address(state: &State, fragment: &str, send: &Callback<Action>) {
    // The run that the page began with, and its address: it stays as it was given until something is changed.
    let opened = use_mut_ref(|| {
        let given = web::fragment();
        let holds = given.is_empty() || (!state.stands_in && link::holds(&given, state.scenario()));
        (state.run.clone(), if holds { given } else { String::new() })
    });
    // An address that is too long cannot be opened: the file that was opened, if any, is left in it.
    let is_too_long = fragment.len() > link::MAX_LINK;
    let fragment = if is_too_long { "#".to_owned() } else { fragment.to_owned() };
    let waits = state.pending.is_some() || state.awaited.is_some() || state.refused.is_some();
    let shown = (state.run.clone(), state.adjusting, waits, fragment.clone());
    let loaded = (state.loads, Rc::clone(&state.origin));
    // The run that was loaded when the address was written last.
    let before = use_mut_ref(|| loaded.clone());
    use_effect_with(shown, move |(run, adjusting, waits, _)| {
        let (first, given) = &*opened.borrow();
        if *first != *run && !adjusting {
            // That of a long run is made a moment later.
            if !fragment.is_empty() {
                let was = before.replace(loaded.clone());
                // Another run is a place to return to, unless the address led here; a change is none.
                let is_other = was.0 != loaded.0 && was.1 != loaded.1;
                if is_other && !link::holds(&web::fragment(), &loaded.1) {
                    web::push_fragment(&fragment);
                } else {
                    web::replace_fragment(&fragment);
                }
            }
        } else if !waits && web::fragment() != *given {
            web::replace_fragment(&format!("#{given}"));
        }
    });
    let send = send.clone();
    use_effect_with((), move |()| {
        let listener = web::on_fragment_change(move |fragment| send.emit(Action::Load(fragment)));
        move || drop(listener)
    });
}

/// Opens the file that the address asks for, unless its fragment holds a run: that is nearer to what the reader made.
#[hook]
fn use_source(send: &Callback<Action>) {
    let send = send.clone();
    use_effect_with((), move |()| {
        let asked = web::asks_for_file() && web::fragment().is_empty();
        let listener = asked.then(|| {
            web::on_file(move |told, text| {
                send.emit(Action::File(told.to_owned(), text.map(str::to_owned)));
            })
        });
        if asked {
            web::want_file();
        }
        move || drop(listener)
    });
}

/// Handles keys; their effect depends on the state when they are pressed.
#[hook]
fn use_keys(store: &UseReducerHandle<Store>, send: &Callback<Action>) {
    let latest = use_mut_ref(|| store.clone());
    latest.replace(store.clone());
    let send = send.clone();
    use_effect_with((), move |()| {
        let listener = web::on_key(move |key| {
            let action = shortcut(&latest.borrow().0, &key.name, key.command, key.shift);
            let known = action.is_some();
            action.into_iter().for_each(|action| send.emit(action));
            known
        });
        move || drop(listener)
    });
}
