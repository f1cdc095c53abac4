//! Fields that tell only what a reader has finished typing.

use yew::prelude::*;

use crate::{
    kernel::visible,
    search::{Budget, counted_kind},
    web,
};

/// Kind of a control.
#[derive(Clone, PartialEq)]
pub(super) enum ControlKind {
    /// One of these is chosen.
    Select(Vec<Choice>),
    /// A number: its bounds, and the least step between two of them.
    Number(AttrValue, AttrValue, &'static str),
    /// A line of text of at most so many characters.
    Text(u32),
    /// A box that is checked or not: its value is `true` or `false`.
    Check,
}

/// One of the things that can be chosen in a select.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Choice {
    pub(super) value: AttrValue,
    pub(super) words: AttrValue,
    pub(super) help: Option<AttrValue>,
    /// The heading that it stands under, with those before and after it of the same heading.
    pub(super) group: Option<AttrValue>,
    pub(super) disabled: bool,
    /// Language of the words, if it is not the page's: English of a word of the protocol.
    pub(super) lang: Option<&'static str>,
    /// `no` for a name that the reader gave.
    pub(super) translate: Option<&'static str>,
}

/// A word of the protocol that can be chosen.
pub(super) fn protocol_word(word: impl Into<AttrValue>) -> Choice {
    let word = word.into();
    Choice { lang: Some("en"), ..choice(word.clone(), word) }
}

/// A node that can be chosen, by its name.
pub(super) fn named(value: impl Into<AttrValue>, name: impl Into<AttrValue>) -> Choice {
    Choice { translate: Some("no"), ..choice(value, name) }
}

/// A thing that can be chosen.
pub(super) fn choice(value: impl Into<AttrValue>, words: impl Into<AttrValue>) -> Choice {
    Choice { value: value.into(), words: words.into(), ..Choice::default() }
}

/// Properties of a control.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) kind: ControlKind,
    /// Value in the run, or in whatever the control belongs to: it is always shown.
    pub(super) value: AttrValue,
    #[prop_or_default]
    pub(super) id: Option<AttrValue>,
    /// Its name, where no label stands beside it.
    #[prop_or_default]
    pub(super) label: Option<AttrValue>,
    #[prop_or_default]
    pub(super) title: Option<AttrValue>,
    #[prop_or_default]
    pub(super) disabled: bool,
    /// Hears what the reader has given. Without it the control is a part of a form, and keeps that until the form
    /// takes it.
    #[prop_or_default]
    pub(super) onchange: Option<Callback<String>>,
}

/// A control: it shows the value that it was given, whatever the reader did to it and whatever came of that.
///
/// A browser goes by the attributes of a control only until the reader has touched it. So the property is set, after
/// each drawing and after each change: one that was refused, or that waits for a long run, draws nothing anew. What a
/// reader is typing stays until it is given, whatever is drawn meanwhile.
#[component]
pub(super) fn Control(props: &Props) -> Html {
    let Props { kind, value, id, label, title, disabled, onchange } = props.clone();
    let element = use_node_ref();
    let drawings = use_mut_ref(|| 0_u32);
    let typed = use_mut_ref(|| None::<AttrValue>);
    let again = use_force_update();
    if onchange.is_some() {
        *drawings.borrow_mut() += 1;
    }
    let drawing = *drawings.borrow();
    let value = typed.borrow().clone().unwrap_or(value);
    let is_line = matches!(kind, ControlKind::Number(..) | ControlKind::Text(_));
    let oninput = (is_line && onchange.is_some()).then(|| {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.replace(Some(web::value_of(&event).into()));
        })
    });
    // Typing that the reader took back is no change.
    let onfocusout = oninput.is_some().then(|| {
        let (typed, again) = (typed.clone(), again.clone());
        Callback::from(move |_: FocusEvent| {
            if typed.take().is_some() {
                again.force_update();
            }
        })
    });
    use_effect_with((value.clone(), drawing), {
        let element = element.clone();
        let typed = typed.clone();
        move |(value, _)| {
            if let Some(element) = element.cast().filter(|_| typed.borrow().is_none()) {
                web::show_in(&element, value);
            }
        }
    });
    let onchange = onchange.map(|hears| {
        Callback::from(move |event: Event| {
            typed.take();
            hears.emit(web::value_of(&event));
            again.force_update();
        })
    });
    match kind {
        ControlKind::Select(choices) => {
            html! {
                <select ref={element} {id} {disabled} {title} aria-label={label} {onchange}>
                    { options(&choices, &value) }
                </select>
            }
        }
        ControlKind::Number(min, max, step) => html! {
            <input ref={element} type="number" inputmode="decimal" {id} {disabled} {title} aria-label={label}
                {min} {max} {step} {value} {oninput} {onfocusout} {onchange} />
        },
        ControlKind::Text(longest) => html! {
            <input ref={element} type="text" {id} {disabled} {title} aria-label={label}
                maxlength={longest.to_string()} {value} {oninput} {onfocusout} {onchange} />
        },
        ControlKind::Check => html! {
            <input ref={element} type="checkbox" {id} {disabled} {title} aria-label={label}
                checked={value == "true"} {onchange} />
        },
    }
}

fn options(choices: &[Choice], value: &AttrValue) -> Html {
    let option = |choice: &Choice| {
        let Choice { value: its, words, help, disabled, lang, translate, .. } = choice.clone();
        // The first picture has nothing but its attributes.
        let selected = its == *value;
        let words = visible(&words).into_owned();
        html! { <option value={its} {selected} {disabled} title={help} {lang} {translate}>{ words }</option> }
    };
    let groups = choices.chunk_by(|one, other| one.group == other.group);
    let group = |choices: &[Choice]| match &choices[0].group {
        Some(name) => html! {
            <optgroup label={name.clone()}>{ for choices.iter().map(option) }</optgroup>
        },
        None => choices.iter().map(option).collect(),
    };
    groups.map(group).collect()
}

/// A select of its value's words.
pub(super) fn select(
    value: impl Into<AttrValue>,
    choices: Vec<Choice>,
    onchange: Callback<String>,
) -> Props {
    Props { onchange: Some(onchange), ..part(ControlKind::Select(choices), value) }
}

/// A control that is a part of a form.
pub(super) fn part(kind: ControlKind, value: impl Into<AttrValue>) -> Props {
    Props {
        kind,
        value: value.into(),
        id: None,
        label: None,
        title: None,
        disabled: false,
        onchange: None,
    }
}

/// A box to check.
pub(super) fn check(checked: bool, onchange: Callback<bool>) -> Props {
    let onchange = onchange.reform(|value: String| value == "true");
    Props { onchange: Some(onchange), ..part(ControlKind::Check, checked.to_string()) }
}

impl From<Props> for Html {
    fn from(props: Props) -> Self {
        html! { <Control ..props /> }
    }
}

/// The greatest number that a scenario may hold.
const MOST: u64 = 1_000_000_000;

/// Properties of a field for a whole number.
#[derive(Default)]
pub(super) struct Number {
    pub(super) value: u64,
    pub(super) min: u64,
    /// 0 for as much as a scenario may hold.
    pub(super) max: u64,
    /// Its name, where no label stands beside it.
    pub(super) label: Option<String>,
    pub(super) id: Option<&'static str>,
    pub(super) onchange: Callback<u64>,
}

/// A field for a whole number.
pub(super) fn number(field: Number) -> Html {
    let Number { value, min, max, label, id, onchange } = field;
    let max = if max == 0 { MOST } else { max };
    let onchange =
        onchange.reform(move |typed: String| typed.trim().parse().unwrap_or(value).clamp(min, max));
    Props {
        id: id.map(AttrValue::from),
        label: label.map(AttrValue::from),
        onchange: Some(onchange),
        ..part(whole(min, max), value.to_string())
    }
    .into()
}

fn whole(min: u64, max: u64) -> ControlKind {
    ControlKind::Number(min.to_string().into(), max.to_string().into(), "1")
}

/// A button and fields that belong together: pressing the one, or Enter in one of the others, hands over what
/// stands in them.
pub(super) fn form(
    button: Html,
    fields: Html,
    class: &'static str,
    done: impl Fn(&[String]) + 'static,
) -> Html {
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        done(&web::submitted(&event));
    });
    html! { <form {class} {onsubmit}>{ button }{ fields }</form> }
}

/// A number of faults of one kind, with the kind beside it.
pub(super) fn fault_count(kind: &'static str, now: &Budget, onchange: Callback<u64>) -> Html {
    let label = counted_kind(kind, 2).trim_start_matches("2 ").to_owned();
    let value = now.of_kind(kind).into();
    let control =
        Number { value, max: 9, label: Some(label.clone()), onchange, ..Number::default() };
    html! { <label class="of-kind"><span>{ label }</span>{ number(control) }</label> }
}

/// A control with its name beside it.
pub(super) fn field(name: &'static str, help: &'static str, control: Html) -> Html {
    html! { <label class="field" title={help}><span>{ name }</span>{ control }</label> }
}
