//! The protocol's own code, with the handler that ran, and what its file says of it.

use std::{ops::Range, rc::Rc};

use yew::prelude::*;

use crate::{
    app::{
        Handler, Listing, Marks, Place, Ran, Run, Selection, SourceFile, Subject, last_ran, ran,
        text,
    },
    diagram::event_sentence,
    kernel::EventId,
    web,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Number of events that have happened.
    pub(super) cursor: usize,
    /// Number of events that are not hidden.
    pub(super) told: usize,
    pub(super) selection: Option<Selection>,
}

/// Listings that have been asked for and have come, or cannot be had.
type Listings = Vec<(String, Option<Rc<Listing>>)>;

/// The protocol's own code.
#[component]
pub(super) fn Source(props: &Props) -> Html {
    let Props { run, cursor, told, selection } = props;
    let own = run.protocol.id;
    // A module that the reader looks at, and the protocol that uses it. Only of the view, like a place in a
    // document: the listing is fetched by it.
    let used = use_state(|| None::<(&'static str, String)>);
    let used_module = used.as_ref().filter(|(of, _)| *of == own).map(|(_, module)| module.clone());
    let module = used_module.unwrap_or_else(|| own.to_owned());
    let fetched = use_fetched(&module);
    let place = (run.clone(), *selection, *cursor, *told);
    let happened = use_memo(place, |(run, selection, cursor, told)| {
        what_ran(run, &Subject::of(run, *selection, *cursor, *told))
    });
    let code = use_node_ref();
    let listing = fetched.clone().flatten();
    let ran_here = happened.1.as_ref().filter(|_| module == own);
    let marks = listing.as_ref().zip(ran_here).and_then(|(it, ran)| it.marks(ran));
    let arm = marks.as_ref().is_some_and(|marks| marks.arm.is_some());
    use_effect_with((module.clone(), marks.clone()), {
        let code = code.clone();
        move |_| {
            if let Some(code) = code.cast() {
                web::scroll_to_part(&code, if arm { ".arm" } else { ".handler" });
            }
        }
    });
    let show = {
        let used = used.clone();
        Callback::from(move |module: String| used.set(Some((own, module))))
    };
    html! {
        <div class="source-view">
            <div class="moment">
                <h3>{ &happened.0 }</h3>
                { said(happened.1.as_ref(), &marks, listing.is_some() && module == own) }
            </div>
            if let Some(listing) = &listing {
                <div class="book">
                    { description(run, listing, &module, &show) }
                    { code_of(listing, &marks, &code) }
                </div>
            } else if fetched.is_some() {
                <p class="refused" role="status">
                    { text::source::not_fetched(&format!("source/{module}.json")) }
                </p>
            } else {
                <p role="status">{ text::source::FETCHING }</p>
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
        return (text::source::BEFORE.to_owned(), None);
    };
    let time = run.trace.events[event].time;
    let sentence = event_sentence(&run.scenario, &run.trace, event);
    (text::source::at(time, &sentence), ran(run, event))
}

/// The code that ran, in words.
fn said(ran: Option<&Ran>, marks: &Option<Marks>, fetched: bool) -> Html {
    let Some(ran) = ran else {
        return html! { <p class="hint">{ text::source::NO_CODE }</p> };
    };
    html! {
        <p class="hint">
            <code>{ marks.as_ref().map_or(ran.handler.name(), |marks| marks.name.as_str()) }</code>
            { match (marks, fetched) {
                (Some(_), _) => text::source::RAN,
                (None, true) => text::source::NOT_HERE,
                (None, false) => text::source::RAN,
            } }
            if ran.handler != Handler::Init {
                { text::source::TO_ITSELF }<code>{ "on_message" }</code>{ "." }
            }
        </p>
    }
}

/// The header, the promised properties, and the way to the modules that it uses.
fn description(run: &Run, listing: &Listing, module: &str, show: &Callback<String>) -> Html {
    let own = run.protocol.id;
    let link = |path: &str| {
        let (name, here) = (path.rsplit('/').next().unwrap_or(path).to_owned(), path == module);
        let path = path.to_owned();
        let onclick = show.reform(move |_: MouseEvent| path.clone());
        html! {
            <li><button class="link" {onclick} aria-current={here.then_some("true")}>{ name }</button></li>
        }
    };
    let others = listing.uses.iter().filter(|path| *path != own);
    html! {
        <div class="description" tabindex="0" role="region" aria-label={text::source::DESCRIPTION}>
            <h4>{ text::source::CODE }</h4>
            <ul class="files" translate="no">
                { link(own) }
                if module != own { { link(module) } }
            </ul>
            <h4>{ text::source::USES }</h4>
            <ul class="files" translate="no">{ for others.map(|path| link(path)) }</ul>
            <div lang="en">{ Html::from_html_unchecked(listing.description.clone().into()) }</div>
            if module == own {
                <h4>{ text::source::PROMISES }</h4>
                <ul>
                    { for run.protocol.promises.iter().map(|property| html! {
                        <li lang="en"><b>{ property.name }</b>{ ": " }{ property.statement }</li>
                    }) }
                </ul>
                <h4>{ text::source::PAPER }</h4>
                <p lang="en">{ run.protocol.source }</p>
            }
        </div>
    }
}

/// The code, in which the part that ran stands out.
fn code_of(listing: &Listing, marks: &Option<Marks>, code: &NodeRef) -> Html {
    let calls = marks.as_ref().map_or(&[][..], |marks| &marks.calls);
    html! {
        <div class="listing">
            if !calls.is_empty() {
                <p class="calls">
                    { text::source::CALLS }
                    { for calls.iter().map(|(name, place)| {
                        let (code, part) = (code.clone(), format!("#{}", id(place)));
                        let onclick = Callback::from(move |_: MouseEvent| {
                            if let Some(code) = code.cast() {
                                web::scroll_to_part(&code, &part);
                            }
                        });
                        html! { <button class="link" {onclick}>{ name }</button> }
                    }) }
                </p>
            }
            <div class="code" ref={code} tabindex="0" role="region" aria-label={text::source::CODE}>
                { for listing.files.iter().enumerate().map(|(index, file)| html! {
                    <section key={file.path.clone()}>
                        <h4>{ &file.path }</h4>
                        { file_of(index, file, marks) }
                    </section>
                }) }
            </div>
            if listing.tests > 0 {
                <p class="hint">{ text::source::tests(listing.tests) }</p>
            }
        </div>
    }
}

fn file_of(index: usize, file: &SourceFile, marks: &Option<Marks>) -> Html {
    let numbers: String =
        (0..file.lines.len()).map(|line| format!("{}\n", file.first + line)).collect();
    let marks = marks.as_ref();
    let handler = marks.map(|it| &it.handler).filter(|it| it.file == index);
    let mut parts: Vec<Place> = marks.map_or(Vec::new(), |it| {
        it.calls.iter().map(|(_, place)| place.clone()).filter(|it| it.file == index).collect()
    });
    parts.extend(handler.cloned());
    crate::kernel::sort_by_key(&mut parts, |it| it.lines.start);
    let mut from = 0;
    let mut pieces = Vec::new();
    for part in parts {
        pieces.push(raw(file, from..part.lines.start));
        from = part.lines.end;
        let arm = marks.and_then(|it| it.arm.clone()).filter(|_| handler == Some(&part));
        pieces.push(match (arm, handler == Some(&part)) {
            (Some(arm), _) => html! {
                <span class="handler">
                    { raw(file, part.lines.start..arm.start) }
                    <span class="arm">{ raw(file, arm.clone()) }</span>
                    { raw(file, arm.end..part.lines.end) }
                </span>
            },
            (None, true) => html! { <span class="handler">{ raw(file, part.lines) }</span> },
            (None, false) => {
                html! { <span class="called" id={id(&part)}>{ raw(file, part.lines) }</span> }
            }
        });
    }
    pieces.push(raw(file, from..file.lines.len()));
    html! {
        <div class="file">
            <pre class="numbers" aria-hidden="true">{ numbers }</pre>
            <pre><code>{ pieces.into_iter().collect::<Html>() }</code></pre>
        </div>
    }
}

/// The id of a function's element.
fn id(place: &Place) -> String {
    format!("code-{}-{}", place.file, place.lines.start)
}

/// Lines of the build's own HTML.
fn raw(file: &SourceFile, lines: Range<usize>) -> Html {
    let text: String = file.lines[lines].iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    Html::from_html_unchecked(text.into())
}

/// A listing: nothing until it has come, and nothing in that if it cannot be had.
#[hook]
fn use_fetched(module: &str) -> Option<Option<Rc<Listing>>> {
    // Only of the view: files that the browser has fetched.
    let listings = use_mut_ref(Listings::new);
    let again = use_force_update();
    let known = listings.borrow().iter().find(|(name, _)| name == module).map(|(_, it)| it.clone());
    use_effect_with((module.to_owned(), known.is_some()), move |(module, known)| {
        if *known {
            return;
        }
        let name = module.clone();
        let address = web::file_of_build(&format!("source/{module}.json"));
        web::fetch_text(&address, move |text| {
            let listing = text.and_then(|text| Listing::read(&text)).map(Rc::new);
            listings.borrow_mut().push((name.clone(), listing));
            again.force_update();
        });
    });
    known
}
