//! Fields that tell only what a reader has finished typing.

use yew::prelude::*;

use crate::web;

#[derive(Properties, PartialEq)]
pub(super) struct NumberProps {
    pub(super) value: u64,
    #[prop_or_default]
    pub(super) min: u64,
    #[prop_or(1_000_000_000)]
    pub(super) max: u64,
    #[prop_or_default]
    pub(super) label: AttrValue,
    #[prop_or_default]
    pub(super) id: Option<AttrValue>,
    pub(super) onchange: Callback<u64>,
}

/// A whole number.
#[component]
pub(super) fn Number(props: &NumberProps) -> Html {
    let (min, max, value) = (props.min, props.max, props.value);
    let onchange = props.onchange.reform(move |event: Event| {
        web::value_of(&event).trim().parse().unwrap_or(value).clamp(min, max)
    });
    let label = (!props.label.is_empty()).then(|| props.label.clone());
    html! {
        <input type="number" inputmode="numeric" step="1" id={props.id.clone()} min={min.to_string()}
            max={max.to_string()} value={value.to_string()} aria-label={label} {onchange} />
    }
}
