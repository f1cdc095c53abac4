//! Fields that tell only what a reader has finished typing.

use yew::prelude::*;

use crate::web;

/// What a field for a whole number needs to know. Plain, not a component: it has no state of its own.
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
    let max = if max == 0 { 1_000_000_000 } else { max };
    let onchange = onchange.reform(move |event: Event| {
        let taken = web::value_of(&event).trim().parse().unwrap_or(value).clamp(min, max);
        web::show_value(&event, &taken.to_string());
        taken
    });
    html! {
        <input type="number" inputmode="numeric" step="1" {id} min={min.to_string()}
            max={max.to_string()} value={value.to_string()} aria-label={label} {onchange} />
    }
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

/// A control with its name beside it.
pub(super) fn field(name: &'static str, help: &'static str, control: Html) -> Html {
    html! { <label class="field" title={help}><span>{ name }</span>{ control }</label> }
}
