//! The protocol's own code, with the handler that ran, and what its file says of it.

use std::{ops::Range, rc::Rc};

use yew::prelude::*;

use crate::{
    app::{
        Block, Handler, Listing, Ran, Run, Selection, Shade, Span, Subject, last_ran, ran, shades,
        source_file,
    },
    diagram::event_sentence,
    kernel::{EventId, count_of},
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// How many events have happened.
    pub(super) cursor: usize,
    /// Of how many events may be told.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
}

/// The files that have been asked for and have come, or cannot be had.
type Files = Vec<(String, Option<Rc<Listing>>)>;

/// The protocol's own code.
#[component]
pub(super) fn Source(props: &Props) -> Html {
    let Props { run, cursor, told, selection } = props;
    let own = source_file(run.protocol.id);
    // A layer's file that the reader looks at, and whose it is.
    let layer = use_state(|| None::<(String, String)>);
    let layer_file = layer.as_ref().filter(|(of, _)| *of == own).map(|(_, file)| file.clone());
    let file = layer_file.unwrap_or_else(|| own.clone());
    let fetched = use_fetched(&file);
    let place = (run.clone(), *selection, *cursor, *told);
    let happened = use_memo(place, |(run, selection, cursor, told)| {
        what_ran(run, &Subject::of(run, *selection, *cursor, *told))
    });
    let code = use_node_ref();
    let listing = fetched.clone().flatten();
    let marks = listing.as_ref().zip(happened.1.as_ref()).map(|(it, ran)| Marks::of(it, ran));
    let arm = marks.as_ref().is_some_and(|marks| marks.arm.is_some());
    use_effect_with((file.clone(), marks.clone()), {
        let code = code.clone();
        move |_| {
            if let Some(code) = code.cast() {
                web::scroll_to_part(&code, if arm { ".arm" } else { ".handler" });
            }
        }
    });
    let show = {
        let (layer, own) = (layer.clone(), own.clone());
        Callback::from(move |file: String| layer.set(Some((own.clone(), file))))
    };
    html! {
        <div class="source-view">
            <div class="moment">
                <h3>{ &happened.0 }</h3>
                { said(happened.1.as_ref(), &marks, listing.is_some()) }
            </div>
            if let Some(listing) = &listing {
                <div class="book">
                    { description(run, listing, &own, &file, &show) }
                    { code_of(listing, &marks, &file, &code) }
                </div>
            } else if fetched.is_some() {
                <p class="refused" role="status">
                    { format!("The code cannot be fetched: it lies beside the page, as source/{file}. Are you \
                        offline, or was the page opened as a file?") }
                </p>
            } else {
                <p role="status">{ "Fetching the code…" }</p>
            }
        </div>
    }
}

/// The event, and the handler that ran at it, or at the last one before the playhead at which one did.
fn what_ran(run: &Run, subject: &Subject) -> (String, Option<Ran>) {
    let event: Option<EventId> = match subject.event {
        Some(event) if subject.picked => Some(event),
        _ => last_ran(run, subject.events),
    };
    let Some(event) = event else {
        return ("Before the run: nothing has run yet".to_owned(), None);
    };
    let time = run.trace.events[event].time;
    let sentence = event_sentence(&run.scenario, &run.trace, event);
    (format!("{time} ms: {sentence}"), ran(run, event))
}

/// Which lines stand out.
#[derive(Clone, PartialEq)]
struct Marks {
    handler: Option<Range<usize>>,
    arm: Option<Range<usize>>,
    calls: Vec<(String, Range<usize>)>,
}

impl Marks {
    fn of(listing: &Listing, ran: &Ran) -> Self {
        let handler = listing.handler(ran.handler);
        let arm = handler.as_ref().and_then(|handler| {
            ran.variants.iter().find_map(|variant| listing.arm(handler.clone(), variant))
        });
        let inner = arm.as_ref().or(handler.as_ref());
        let calls = inner.map_or_else(Vec::new, |lines| listing.calls(lines));
        Self { handler, arm, calls }
    }
}

/// What ran, in words.
fn said(ran: Option<&Ran>, marks: &Option<Marks>, fetched: bool) -> Html {
    let Some(ran) = ran else {
        return html! { <p class="hint">{ "No code of the node runs here." }</p> };
    };
    let name = ran.handler.name();
    let lines = marks.as_ref().and_then(|marks| marks.handler.clone());
    html! {
        <p class="hint">
            <code>{ name }</code>
            { match (lines, fetched) {
                (Some(lines), _) => format!(" ran: lines {} to {}.", lines.start + 1, lines.end),
                (None, true) => " is not in this file: it does nothing here.".to_owned(),
                (None, false) => " ran.".to_owned(),
            } }
            if ran.handler != Handler::Init {
                { " What a node sends to itself is handled right after, by " }<code>{ "on_message" }</code>{ "." }
            }
        </p>
    }
}

/// The file's own words, what is promised, and the way to the layers.
fn description(
    run: &Run,
    listing: &Listing,
    own: &str,
    file: &str,
    show: &Callback<String>,
) -> Html {
    let link = |path: &str, name: String| {
        let (path, here) = (path.to_owned(), path == file);
        let onclick = show.reform(move |_: MouseEvent| path.clone());
        html! {
            <li><button class="link" {onclick} aria-current={here.then_some("true")}>{ name }</button></li>
        }
    };
    let short = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    // What the file that is shown stands on.
    let others = listing.layers.iter().filter(|path| *path != own && *path != file);
    html! {
        <div class="description" tabindex="0" role="region" aria-label="Description">
            <h4>{ "Files" }</h4>
            <ul class="files">
                { link(own, short(own)) }
                if file != own { { link(file, short(file)) } }
                { for others.map(|path| link(path, short(path))) }
            </ul>
            { for listing.description.iter().map(block) }
            if file == own {
                <h4>{ "It promises" }</h4>
                <ul>
                    { for run.protocol.promises.iter().map(|property| html! {
                        <li><b>{ property.name }</b>{ ": " }{ property.statement }</li>
                    }) }
                </ul>
            }
        </div>
    }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => html! { <p>{ spans(text) }</p> },
        Block::List(items) => html! {
            <ul>{ for items.iter().map(|item| html! { <li>{ spans(item) }</li> }) }</ul>
        },
        Block::Facts(facts) => html! {
            <dl>
                { for facts.iter().map(|(name, text)| html! {
                    <><dt>{ *name }</dt><dd>{ spans(text) }</dd></>
                }) }
            </dl>
        },
    }
}

fn spans(text: &[Span]) -> Html {
    text.iter()
        .map(|span| match span {
            Span::Plain(text) => html! { { text } },
            Span::Strong(text) => html! { <b>{ text }</b> },
            Span::Stressed(text) => html! { <em>{ text }</em> },
            Span::Code(text) => html! { <code>{ text }</code> },
        })
        .collect()
}

/// The code, what ran in it standing out.
fn code_of(listing: &Listing, marks: &Option<Marks>, file: &str, code: &NodeRef) -> Html {
    let all = listing.code.clone();
    let numbers: String = all.clone().map(|line| format!("{}\n", line + 1)).collect();
    let nothing = || all.end..all.end;
    let handler = marks.as_ref().and_then(|it| it.handler.clone()).unwrap_or_else(nothing);
    let arm = marks.as_ref().and_then(|it| it.arm.clone()).unwrap_or(handler.end..handler.end);
    let shade = |lines: Range<usize>| shaded(&listing.lines[lines]);
    let calls = marks.as_ref().map_or(&[][..], |marks| &marks.calls);
    let tests = listing.lines.len() - all.end;
    html! {
        <div class="listing">
            if !calls.is_empty() {
                <p class="calls">
                    { "It calls " }
                    { for calls.iter().map(|(name, lines)| {
                        let (code, part) = (code.clone(), format!("#line-{}", lines.start));
                        let onclick = Callback::from(move |_: MouseEvent| {
                            if let Some(code) = code.cast() {
                                web::scroll_to_part(&code, &part);
                            }
                        });
                        html! { <button class="link" {onclick}>{ name }</button> }
                    }) }
                </p>
            }
            <div class="code" ref={code} tabindex="0" role="region" aria-label={format!("The code of {file}")}>
                <pre class="numbers" aria-hidden="true">{ numbers }</pre>
                <pre>
                    <code>
                        { called(listing, calls, all.start..handler.start) }
                        if !handler.is_empty() {
                            <span class="handler">
                                { shade(handler.start..arm.start) }
                                if !arm.is_empty() { <span class="arm">{ shade(arm.clone()) }</span> }
                                { shade(arm.end..handler.end) }
                            </span>
                        }
                        { called(listing, calls, handler.end..all.end) }
                    </code>
                </pre>
            </div>
            if tests > 0 { <p class="hint">{ format!("{} of tests: in the file.", count_of(tests, "line")) }</p> }
        </div>
    }
}

/// Code with the methods in it that the handler calls.
fn called(listing: &Listing, calls: &[(String, Range<usize>)], lines: Range<usize>) -> Html {
    let mut within: Vec<_> =
        calls.iter().map(|(_, it)| it.clone()).filter(|it| lines.contains(&it.start)).collect();
    crate::kernel::sort_by_key(&mut within, |it| it.start);
    let mut from = lines.start;
    let mut parts = Vec::new();
    for call in within {
        let id = format!("line-{}", call.start);
        parts.push(shaded(&listing.lines[from..call.start]));
        from = call.end;
        parts.push(html! { <span class="called" {id}>{ shaded(&listing.lines[call]) }</span> });
    }
    parts.push(shaded(&listing.lines[from..lines.end]));
    parts.into_iter().collect()
}

fn shaded(lines: &[String]) -> Html {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let piece = |(shade, text): (Shade, &str)| {
        let text = text.to_owned();
        match shade {
            Shade::Plain => html! { { text } },
            Shade::Comment => html! { <span class="comment">{ text }</span> },
            Shade::Text => html! { <span class="text">{ text }</span> },
            Shade::Keyword => html! { <span class="keyword">{ text }</span> },
        }
    };
    shades(&text).into_iter().map(piece).collect()
}

/// A file: nothing until it has come, and nothing in that if it cannot be had.
#[hook]
fn use_fetched(file: &str) -> Option<Option<Rc<Listing>>> {
    let files = use_mut_ref(Files::new);
    let again = use_force_update();
    let known = files.borrow().iter().find(|(name, _)| name == file).map(|(_, it)| it.clone());
    use_effect_with((file.to_owned(), known.is_some()), move |(file, known)| {
        if *known {
            return;
        }
        let name = file.clone();
        web::fetch_text(&format!("source/{file}"), move |text| {
            let listing = text.map(|text| Rc::new(Listing::read(&text)));
            files.borrow_mut().push((name.clone(), listing));
            again.force_update();
        });
    });
    known
}
