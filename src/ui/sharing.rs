//! The share dialog: the link and its QR code, the text that embeds the run, its picture, and the run in words.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Send,
    fields::{Choice, Number, check, choice, field, number, select},
    files::{self, Saved, Saving, file_name},
    picture_files::PictureFiles,
    share::{Copied, link_to},
};
use crate::{
    app::{
        Action, Colours, Controls, EMBED_HEIGHTS, EmbedForm, FileKind, Run, Sharing, text, written,
    },
    export::{self, Embedded, MOST_IN_QR, SvgOptions, Theme},
    formats::link::{LONG_LINK, MAX_LINK, checksum, holds_comparison},
    kernel::Time,
    web,
};

#[derive(Clone, Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Moment that is shown, in virtual ms.
    pub(super) now: Time,
    /// The part of the run's link from its `#` on; empty while it is made.
    pub(super) fragment: AttrValue,
    /// True if a second run is shown.
    pub(super) compares: bool,
    pub(super) sharing: Sharing,
    pub(super) send: Send,
}

/// The dialog. It is on the page only while it is open.
#[component]
pub(super) fn ShareDialog(props: &Props) -> Html {
    let Props { run, fragment, compares, sharing, send, .. } = props;
    let dialog = use_node_ref();
    let show = |open: bool| {
        let dialog = dialog.clone();
        move || {
            if let Some(dialog) = dialog.cast() {
                web::show_dialog(&dialog, open);
            }
        }
    };
    use_effect_with((), {
        let show = show(true);
        move |()| show()
    });
    // The browser closes it first, and so puts the focus back where it was.
    let close = show(false);
    let close = Callback::from(move |_: MouseEvent| close());
    let closed = Sharing { open: false, preview: false, ..*sharing };
    let onclose = send.reform(move |_: Event| Action::Share(closed));
    let has_link = link_to(fragment).is_some();
    html! {
        <dialog class="share-dialog" ref={dialog} {onclose} aria-labelledby="share-title">
            <div class="head">
                <h2 id="share-title">{ text::sharing::TITLE }</h2>
                <button type="button" class="close icon" onclick={close} aria-label={text::sharing::CLOSE} title={text::sharing::CLOSE_HELP}>{ "✕" }</button>
            </div>
            <LinkPart run={run.clone()} fragment={fragment.clone()} compares={*compares} />
            if has_link {
                { embed_part(props) }
            }
            <SavePart run={run.clone()} fragment={fragment.clone()} sharing={*sharing} send={send.clone()} />
            <WordsPart run={run.clone()} />
        </dialog>
    }
}

#[derive(Properties, PartialEq)]
struct LinkProps {
    run: Run,
    fragment: AttrValue,
    compares: bool,
}

/// The link, what is to be said on its length, and its QR code.
#[component]
fn LinkPart(props: &LinkProps) -> Html {
    let link = AttrValue::from(link_to(&props.fragment).unwrap_or_default());
    let code = use_memo(link.clone(), |link| export::qr(link));
    let holds_both = holds_comparison(&props.fragment);
    let body = if props.run.is_recorded() {
        html! { <p>{ text::importing::NO_LINK }</p> }
    } else if props.fragment.is_empty() {
        html! { <p role="status">{ text::sharing::MAKING }</p> }
    } else if props.fragment.len() > MAX_LINK {
        html! {
            <>
                <p class="warning">{ text::sharing::TOO_LARGE }</p>
                { file_address(&props.run) }
            </>
        }
    } else {
        html! {
            <div class={classes!("link", code.is_some().then_some("with-code"))}>
                <CopyField id="share-link" text={link.clone()} label={text::sharing::LINK} copy={text::sharing::COPY_LINK}
                    copied={text::sharing::LINK_COPIED} rows={if code.is_some() { 6 } else { 2 }} first=true />
                if web::can_share() {
                    <button type="button" id="system-share" onclick={system_share(&props.run, &link)}>{ text::sharing::SYSTEM }</button>
                }
                <p class="hint">
                    { text::sharing::LINK_HELP }
                    if holds_both { { " " }{ text::sharing::BOTH } }
                </p>
                if props.compares && !holds_both {
                    <p class="warning">{ text::sharing::NOT_BOTH }</p>
                }
                if link.len() > LONG_LINK {
                    <p class="warning">{ text::sharing::long(link.len()) }</p>
                    { file_address(&props.run) }
                }
                if let Some(code) = &*code {
                    <svg class="qr" viewBox={format!("0 0 {0} {0}", code.size)} role="img" aria-label={text::sharing::QR}>
                        <path d={code.path.clone()} />
                    </svg>
                } else {
                    <p class="hint">{ text::sharing::no_qr(link.len(), MOST_IN_QR) }</p>
                }
            </div>
        }
    };
    html! { <section><h3>{ text::sharing::LINK }</h3>{ body }</section> }
}

/// Hands the link to the system's share sheet.
fn system_share(run: &Run, link: &AttrValue) -> Callback<MouseEvent> {
    let (title, link) = (export::heading(run), link.clone());
    Callback::from(move |_: MouseEvent| web::share(&title, &link))
}

/// The address that opens the run from the file of its scenario: short, however large the run.
fn file_address(run: &Run) -> Html {
    let checksum = checksum(&written(None, &run.scenario));
    let page = web::page_link("");
    let page = page.split('?').next().unwrap_or_default();
    let address = format!("{page}?src={}&integrity={checksum}", file_name(run, "json"));
    html! {
        <>
            <p>{ text::sharing::SHARE_FILE }</p>
            <CopyField id="share-file" text={address} label={text::sharing::FILE_ADDRESS} copy={text::sharing::COPY_ADDRESS}
                copied={text::sharing::ADDRESS_COPIED} />
        </>
    }
}

/// The text that embeds the run, with its choices and a preview.
fn embed_part(props: &Props) -> Html {
    let Props { run, now, fragment, sharing, send, .. } = props;
    let form = form_for(run, sharing.embed);
    let page = web::page_link("");
    let title = export::heading(run);
    let embedded = Embedded { page: &page, fragment, title: &title, now: *now };
    let toggle = Sharing { preview: !sharing.preview, ..*sharing };
    let toggle = send.reform(move |_: MouseEvent| Action::Share(toggle));
    let preview =
        if sharing.preview { text::sharing::HIDE_PREVIEW } else { text::sharing::SHOW_PREVIEW };
    html! {
        <section>
            <h3>{ text::sharing::EMBED }</h3>
            { embed_choices(props) }
            <CopyField id="share-snippet" text={export::snippet(&embedded, &form)} label={text::sharing::SNIPPET}
                copy={text::sharing::COPY_SNIPPET} copied={text::sharing::SNIPPET_COPIED} rows=5 />
            <button type="button" id="share-preview" onclick={toggle} aria-expanded={sharing.preview.to_string()}>{ preview }</button>
            if sharing.preview {
                { frame(export::embed_address(&embedded, &form), form.height) }
            }
        </section>
    }
}

/// The preview. A frame whose address differs only behind its `#` would not be opened again: each has its key.
fn frame(address: String, height: u64) -> Html {
    html! {
        <iframe key={address.clone()} src={address} height={height.to_string()} title={text::sharing::PREVIEW} />
    }
}

/// The choices of the embed's form.
fn embed_choices(props: &Props) -> Html {
    let Props { run, now, sharing, send, .. } = props;
    let sharing = *sharing;
    let form = form_for(run, sharing.embed);
    let set = move |embed: EmbedForm| Action::Share(Sharing { embed, ..sharing });
    let named = |name: &'static str, words: &'static str| choice(name, words);
    let forms =
        vec![named("element", text::sharing::ELEMENT), named("frame", text::sharing::FRAME)];
    let is_frame = if form.plain_frame { "frame" } else { "element" };
    let on_form =
        send.reform(move |value: String| set(EmbedForm { plain_frame: value == "frame", ..form }));
    let controls = Controls::ALL.into_iter().map(|it| choice(it.value(), controls_name(it)));
    let on_controls = send.reform(move |value: String| {
        let chosen = Controls::ALL.into_iter().find(|it| it.value() == value);
        set(EmbedForm { controls: chosen.unwrap_or(form.controls), ..form })
    });
    let on_theme = send.reform(move |value: String| {
        set(EmbedForm { theme: colours_of(&value, form.theme), ..form })
    });
    let languages = vec![choice("en", text::sharing::ENGLISH), choice("de", text::sharing::GERMAN)];
    let language = if form.german { "de" } else { "en" };
    let on_language =
        send.reform(move |value: String| set(EmbedForm { german: value == "de", ..form }));
    let starts = vec![
        choice("0", text::sharing::AT_BEGINNING),
        choice("now", text::sharing::at_moment(*now)),
    ];
    let start = if form.from_here { "now" } else { "0" };
    let on_start =
        send.reform(move |value: String| set(EmbedForm { from_here: value == "now", ..form }));
    let names = run.report.judgements.iter().map(|it| it.property.name);
    let all = choice("", text::sharing::ALL_PROPERTIES);
    let properties = [all].into_iter().chain(names.map(|name| choice(name, name))).collect();
    let on_property = send.reform({
        let run = run.clone();
        move |value: String| {
            let mut names = run.report.judgements.iter().map(|it| it.property.name);
            set(EmbedForm { property: names.find(|name| *name == value), ..form })
        }
    });
    let on_future = send.reform(move |future_hidden| set(EmbedForm { future_hidden, ..form }));
    let on_loop = send.reform(move |loops| set(EmbedForm { loops, ..form }));
    let on_fits = send.reform(move |fits: bool| set(EmbedForm { fits, ..form }));
    let height = Number {
        value: form.height,
        min: EMBED_HEIGHTS[0],
        max: EMBED_HEIGHTS[1],
        id: Some("share-height"),
        onchange: send.reform(move |height: u64| set(EmbedForm { height, ..form })),
        ..Number::default()
    };
    let controls = select(form.controls.value(), controls.collect(), on_controls).into();
    html! {
        <div class="choices">
            { field(text::sharing::FORM, text::sharing::FORM_HELP, select(is_frame, forms, on_form).into()) }
            { field(text::sharing::CONTROLS, text::sharing::CONTROLS_HELP, controls) }
            { field(text::sharing::THEME, text::sharing::THEME_HELP, select(form.theme.value(), colours(), on_theme).into()) }
            { field(text::sharing::LANGUAGE, text::sharing::LANGUAGE_HELP, select(language, languages, on_language).into()) }
            { field(text::sharing::START, text::sharing::START_HELP, select(start, starts, on_start).into()) }
            { field(text::sharing::PROPERTY, text::sharing::PROPERTY_HELP, select(form.property.unwrap_or_default(), properties, on_property).into()) }
            <label class="fits">{ Html::from(check(form.future_hidden, on_future)) }{ text::sharing::FUTURE }</label>
            <label class="fits">{ Html::from(check(form.loops, on_loop)) }{ text::sharing::LOOP }</label>
            if !form.plain_frame {
                <label class="fits">{ Html::from(check(form.fits, on_fits)) }{ text::sharing::FITS }</label>
            }
            if form.plain_frame || !form.fits {
                { field(text::sharing::HEIGHT, text::sharing::HEIGHT_HELP, number(height)) }
            }
        </div>
    }
}

/// Returns the form of an embed of this run, which may not have the property that was chosen for another one.
fn form_for(run: &Run, form: EmbedForm) -> EmbedForm {
    let has = |name: &&str| run.report.judgements.iter().any(|it| it.property.name == *name);
    EmbedForm { property: form.property.filter(has), ..form }
}

fn controls_name(controls: Controls) -> &'static str {
    match controls {
        Controls::Focus => text::sharing::FOCUS,
        Controls::Locked => text::sharing::LOCKED,
        Controls::Full => text::sharing::FULL,
    }
}

fn colours() -> Vec<Choice> {
    let name = |colours: Colours| match colours {
        Colours::Auto => text::sharing::AUTO,
        Colours::Light => text::sharing::LIGHT,
        Colours::Dark => text::sharing::DARK,
    };
    Colours::ALL.into_iter().map(|it| choice(it.value(), name(it))).collect()
}

fn colours_of(value: &str, otherwise: Colours) -> Colours {
    Colours::ALL.into_iter().find(|it| it.value() == value).unwrap_or(otherwise)
}

#[derive(Properties, PartialEq)]
struct SaveProps {
    run: Run,
    fragment: AttrValue,
    sharing: Sharing,
    send: Send,
}

/// Files of the run: its picture, its scenario, and those for other programs.
#[component]
fn SavePart(props: &SaveProps) -> Html {
    let SaveProps { run, fragment, sharing, send } = props;
    // Only of the view: the file that was given to the browser last, or why there is none.
    let saved = use_state_eq(|| None::<Saved>);
    let work = use_mut_ref(|| None::<files::FileWork>);
    use_effect_with((), {
        let work = Rc::clone(&work);
        move |()| move || drop(work.take())
    });
    let sharing = *sharing;
    let on_colours = send.reform(move |value: String| {
        Action::Share(Sharing { picture: colours_of(&value, sharing.picture), ..sharing })
    });
    let on_file = send.reform(move |value: String| {
        let chosen = FileKind::ALL.into_iter().find(|it| it.value() == value);
        Action::Share(Sharing { file: chosen.unwrap_or(sharing.file), ..sharing })
    });
    let saving = {
        let (run, fragment) = (run.clone(), fragment.clone());
        move || {
            let options = SvgOptions {
                theme: theme(sharing.picture),
                link: link_to(&fragment),
                ..SvgOptions::default()
            };
            Saving { run: run.clone(), file: sharing.file, options }
        }
    };
    let picture = {
        let (saving, saved) = (saving.clone(), saved.setter());
        Callback::from(move |_: MouseEvent| {
            let saving = saving();
            let name = saving.name("svg");
            web::save(&name, "image/svg+xml", &export::svg(&saving.run, &saving.options));
            saved.set(Some(Saved::Given(name)));
        })
    };
    let scenario = {
        let (run, saved) = (run.clone(), saved.setter());
        Callback::from(move |_: MouseEvent| {
            let name = file_name(&run, "json");
            web::save(&name, "application/json", &written(None, &run.scenario));
            saved.set(Some(Saved::Given(name)));
        })
    };
    let file = {
        let (saving, saved, work) = (saving.clone(), saved.setter(), Rc::clone(&work));
        Callback::from(move |_: MouseEvent| {
            // The file before is not finished: its work ends first.
            work.take();
            work.replace(Some(files::save(saving(), saved.clone())));
        })
    };
    let themes = select(sharing.picture.value(), colours(), on_colours).into();
    let options = saving().options;
    let kinds = FileKind::ALL.into_iter().map(|it| choice(it.value(), file_words(it)));
    let kinds = select(sharing.file.value(), kinds.collect(), on_file).into();
    html! {
        <section>
            <h3>{ text::sharing::SAVE }</h3>
            <div class="choices">
                { field(text::sharing::COLOURS, text::sharing::PICTURE_HELP, themes) }
                <button type="button" id="save-picture" onclick={picture} title={text::sharing::PICTURE_HELP}>{ text::sharing::PICTURE }</button>
                if !run.is_recorded() {
                    <button type="button" id="save-scenario" onclick={scenario} title={text::sharing::SCENARIO_HELP}>{ text::sharing::SCENARIO }</button>
                }
            </div>
            <PictureFiles run={run.clone()} {options} sharing={sharing} send={send.clone()} />
            <div class="choices">
                { field(text::sharing::FILE, text::sharing::FILE_HELP, kinds) }
                <button type="button" id="save-file" onclick={file}>{ text::sharing::SAVE_FILE }</button>
            </div>
            <p role="status" class="hint">{ (*saved).as_ref().map(saved_words) }</p>
        </section>
    }
}

fn file_words(file: FileKind) -> &'static str {
    match file {
        FileKind::Html => text::sharing::HTML,
        FileKind::Tikz => text::sharing::TIKZ,
        FileKind::Shiviz => text::sharing::SHIVIZ,
        FileKind::Mermaid => text::sharing::MERMAID,
        FileKind::Csv => text::sharing::CSV,
        FileKind::Trace => text::sharing::TRACE,
        FileKind::Words => text::sharing::WORDS,
    }
}

fn saved_words(saved: &Saved) -> String {
    match saved {
        Saved::NotYet => text::sharing::WRITING.to_owned(),
        Saved::Given(name) => text::sharing::saved(name),
        Saved::TooLong(most) => text::sharing::too_long(*most),
        Saved::NotFetched => text::parts::FAILED.to_owned(),
    }
}

fn theme(colours: Colours) -> Theme {
    match colours {
        Colours::Auto => Theme::Auto,
        Colours::Light => Theme::Light,
        Colours::Dark => Theme::Dark,
    }
}

#[derive(Properties, PartialEq)]
struct WordsProps {
    run: Run,
}

/// The run in words.
#[component]
fn WordsPart(props: &WordsProps) -> Html {
    let text = use_memo(props.run.clone(), |run| AttrValue::from(export::words(run)));
    html! {
        <section>
            <h3>{ text::sharing::WORDS }</h3>
            <CopyField id="share-words" text={(*text).clone()} label={text::sharing::WORDS} copy={text::sharing::COPY_WORDS}
                copied={text::sharing::WORDS_COPIED} rows=8 />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct CopyProps {
    /// Id of the field; that of the button has `copy-` before it.
    id: &'static str,
    text: AttrValue,
    label: &'static str,
    copy: &'static str,
    copied: &'static str,
    /// Number of lines that are shown.
    #[prop_or(2)]
    rows: u32,
    /// True if it gets the focus when the dialog opens.
    #[prop_or_default]
    first: bool,
}

/// A text that cannot be changed, and a button that copies it. Where the browser refuses, the text is selected.
#[component]
fn CopyField(props: &CopyProps) -> Html {
    let CopyProps { id, text, label, copy, copied: done, rows, first } = props;
    let area = use_node_ref();
    // Only of the view: an answer of the clipboard, which holds for this text.
    let copied = use_state_eq(|| Copied::NotYet);
    use_effect_with(text.clone(), {
        let copied = copied.setter();
        move |_| copied.set(Copied::NotYet)
    });
    let onclick = {
        let (text, copied, area) = (text.clone(), copied.setter(), area.clone());
        Callback::from(move |_: MouseEvent| {
            let (copied, area) = (copied.clone(), area.clone());
            web::copy(&text, move |done| {
                if !done && let Some(area) = area.cast() {
                    web::select_all(&area);
                }
                copied.set(if done { Copied::Yes } else { Copied::Refused });
            });
        })
    };
    let said = match *copied {
        Copied::NotYet => "",
        Copied::Yes => done,
        Copied::Refused => text::sharing::BY_HAND,
    };
    html! {
        <div class="copied">
            <textarea ref={area} id={*id} rows={rows.to_string()} readonly=true spellcheck="false" aria-label={*label} value={text.clone()} />
            <button type="button" id={format!("copy-{id}")} class={first.then_some("primary")} autofocus={*first} {onclick}>
                { if *copied == Copied::Yes { done } else { copy } }
            </button>
            <p role="status" class={if *copied == Copied::Refused { "warning" } else { "unseen" }}>{ said }</p>
        </div>
    }
}
