//! Recorded runs: files that are dropped, chosen or pasted, the notice beside such a run, and the form for logs of another
//! shape.

use std::{cell::RefCell, rc::Rc};

use yew::{platform::spawn_local, prelude::*};

use super::{
    Send,
    fields::{ControlKind, Props as Control, choice, field, form, part, select},
    more::OPEN_RUN,
    work::slice,
};
use crate::{
    app::{
        Action, ImportAction, LongImport, Record, Recorded, Shared, Source, TextImport, Unread,
        import_texts, text,
    },
    import::{Abstraction, MAX_IMPORT, Options},
    kernel::{sentence, visible},
    web::{self, Frames, Given},
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) reading: Option<Shared<Source>>,
    pub(super) send: Send,
}

fn source(name: String, text: String) -> Shared<Source> {
    Shared::new(Source { name, text: text.into(), options: Options::default() })
}

/// The action that reads a text from a file of this name.
pub(super) fn read_action(name: String, text: String) -> Action {
    Action::Import(ImportAction::Read(source(name, text)))
}

/// The action for what a reader gave.
fn taken(given: Given) -> Action {
    Action::Import(match given {
        Given::Text(name, text) => ImportAction::Read(source(name, text)),
        Given::TooLarge(name, bytes) => {
            ImportAction::Reject(text::importing::too_large(&visible(&name), bytes, MAX_IMPORT))
        }
        Given::Unreadable => ImportAction::Reject(text::importing::NOT_READ.to_owned()),
    })
}

/// The ways to open a file or a text, and what is said while it is read.
#[component]
pub(super) fn Opening(props: &Props) -> Html {
    let Props { reading, send } = props;
    // Only of the view: files over the page, until they are dropped or leave it.
    let over = use_state_eq(|| false);
    use_effect_with((), {
        let (send, over) = (send.clone(), over.setter());
        move |()| {
            let given = move |given| send.emit(taken(given));
            let most = MAX_IMPORT as f64;
            // A page around an embed gives the run.
            let listeners = (!web::is_embedded()).then(|| {
                let drops = web::on_drop(most, move |is_over| over.set(is_over), given.clone());
                (drops, web::on_paste(most, given))
            });
            move || drop(listeners)
        }
    });
    use_effect_with(reading.clone(), {
        let send = send.clone();
        move |reading| {
            let work = ReadingWork::default();
            if let Some(source) = reading.clone() {
                spawn_local(read(source, send, Rc::clone(&work)));
            }
            move || drop(work.take())
        }
    });
    let onchange = {
        let send = send.clone();
        Callback::from(move |event: Event| {
            let send = send.clone();
            web::chosen_file(&event, MAX_IMPORT as f64, move |given| send.emit(taken(given)));
        })
    };
    let pasted = {
        let send = send.clone();
        move |typed: &[String]| send.emit(taken(Given::Text(String::new(), typed.concat())))
    };
    let area =
        html! { <textarea aria-label={text::importing::TEXT} rows="3" spellcheck="false" /> };
    let button = html! { <button>{ text::importing::READ }</button> };
    html! {
        <>
            <div class="open-run" id={OPEN_RUN} popover="auto" role="dialog" aria-label={text::importing::OPEN}>
                <h2>{ text::importing::OPEN }</h2>
                <p class="hint">{ text::importing::FORMATS }</p>
                <label class="field"><span>{ text::importing::FILE }</span><input type="file" id="open-file" {onchange} /></label>
                { form(button, area, "again", pasted) }
            </div>
            if *over {
                <div class="drop-here"><p>{ text::importing::DROP }</p></div>
            }
            if reading.is_some() {
                <div class="working" role="status">
                    <span>{ text::importing::READING }</span>
                    <button onclick={send.reform(|_: MouseEvent| Action::Import(ImportAction::Cancel))}
                        title={text::work::CANCEL_HELP}>{ text::work::CANCEL }</button>
                </div>
            }
        </>
    }
}

/// Length of a text, in bytes, up to which it is read at once.
const SHORT: usize = 64 * 1024;

/// The worker that reads a long text, and the frames in which its answer is taken.
type ReadingWork = Rc<RefCell<Option<(web::Errand, Frames)>>>;

/// Reads a text by the part that is fetched for it.
async fn read(source: Shared<Source>, send: Send, work: ReadingWork) {
    let fetched = import_texts::fetch().await.is_ok();
    let Some(import) = import_texts::here().filter(|_| fetched) else {
        return send.emit(refused(&source, text::importing::NOT_FETCHED));
    };
    let is_long = source.text.len() > SHORT;
    let errand = is_long.then(|| (import.errand)(&source)).flatten();
    let started = errand.and_then(|errand| start(&source, errand, import, &send));
    match started {
        // It stays as long as the text is read.
        Some(started) => drop(work.replace(Some(started))),
        // The text is short, or the page may have no worker.
        None => send.emit(Action::Import((import.read)(&source))),
    }
}

fn refused(source: &Shared<Source>, why: &str) -> Action {
    let why = why.to_owned();
    Action::Import(ImportAction::Refuse(source.clone(), why, false))
}

/// Starts a worker on a long text. Its answer is taken in slices of frames; none where the page may have no worker.
fn start(
    source: &Shared<Source>,
    errand: String,
    import: &'static TextImport,
    send: &Send,
) -> Option<(web::Errand, Frames)> {
    let long = Rc::new(RefCell::new(LongImport::new(source.clone())));
    let heard = Rc::clone(&long);
    let failed = {
        let (source, send) = (source.clone(), send.clone());
        move || send.emit(refused(&source, text::importing::FAILED))
    };
    let errand = web::Errand::start(errand, move |text| heard.borrow_mut().hear(text), failed)?;
    let send = send.clone();
    let made = RefCell::new(None);
    let frames = Frames::start(move |_| {
        // The run is drawn at once, so in a frame of its own.
        if let Some(action) = made.take() {
            return send.emit(Action::Import(action));
        }
        let mut long = long.borrow_mut();
        slice(|| {
            if long.is_waiting() {
                return true;
            }
            let done = (import.advance)(&mut long);
            let is_done = done.is_some();
            made.replace(done);
            is_done
        });
    });
    Some((errand, frames))
}

/// The notice beside a recorded run, in the place of the controls.
pub(super) fn notice(recorded: &Recorded, send: &Send) -> Html {
    let record = &recorded.record;
    html! {
        <section class="settings recorded" aria-label={text::importing::LABEL}>
            <h2>{ text::importing::LABEL }</h2>
            <p class="hint">{ text::importing::KEPT }</p>
            <p lang="en"><b lang={text::LANGUAGE}>{ text::importing::FORMAT }{ ": " }</b>{ &record.format }</p>
            <ul lang="en">{ for record.notes.iter().map(|note| html! { <li>{ sentence(note.clone()) }</li> }) }</ul>
            if record.choices.len() > 1 {
                { field(text::importing::JUDGED_AS, text::importing::JUDGED_AS_HELP, mapping(record, send)) }
            } else {
                <p class="hint">{ text::importing::NO_MAPPING }</p>
            }
        </section>
    }
}

/// Choice of the abstraction by whose properties a recorded run is judged.
fn mapping(record: &Record, send: &Send) -> Html {
    let source = record.source.clone();
    let onchange = send.reform(move |value: String| {
        let judged_as = Abstraction::named(&value);
        let options = Options { judged_as, ..source.options.clone() };
        let again = Source { options, ..Source::clone(&source) };
        Action::Import(ImportAction::Read(Shared::new(again)))
    });
    let choices = record.choices.iter().map(|it| choice(it.name(), words(*it)));
    let menu = select(record.judged_as.name(), choices.collect(), onchange);
    Control { id: Some("judged-as".into()), ..menu }.into()
}

const fn words(abstraction: Abstraction) -> &'static str {
    match abstraction {
        Abstraction::Nothing => text::importing::NOTHING,
        Abstraction::Broadcast => text::importing::BROADCAST,
        Abstraction::Consensus => text::importing::CONSENSUS,
        Abstraction::MutualExclusion => text::importing::MUTUAL_EXCLUSION,
        Abstraction::Register => text::importing::REGISTER,
    }
}

/// The expression that is offered first: host and clock, then the text.
const OFFERED: &str = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)";

/// Greatest length of an expression.
const LONGEST: u32 = 1000;

/// Form for a text that has none of the known formats.
pub(super) fn expression_form(unread: &Unread, send: &Send) -> Html {
    let offered = unread.source.options.expression.clone();
    let offered = offered.unwrap_or_else(|| OFFERED.to_owned());
    let line = Html::from(part(ControlKind::Text(LONGEST), offered));
    let line = html! {
        <label class="expression"><span>{ text::importing::EXPRESSION }</span>{ line }</label>
    };
    let (source, send) = (unread.source.clone(), send.clone());
    let again = move |typed: &[String]| {
        let options = Options { expression: Some(typed.concat()), ..source.options.clone() };
        let source = Source { options, ..Source::clone(&source) };
        send.emit(Action::Import(ImportAction::Read(Shared::new(source))));
    };
    html! {
        <>
            <p>{ text::importing::EXPRESSION_HELP }</p>
            { form(html! { <button>{ text::importing::BY_EXPRESSION }</button> }, line, "again", again) }
        </>
    }
}

/// Text of a tab that a recorded run cannot fill.
pub(super) fn absent(why: &'static str) -> Html {
    html! { <p class="hint absent">{ why }</p> }
}
