//! A measurement over many runs, as a table with bars.

use yew::prelude::*;

use super::{
    Send,
    fields::{ControlKind, choice, field, form, part, select},
};
use crate::app::{Action, MeasureAction, Measured, MeasuredRow, Run, SEED, text};

/// Longest text of the values.
const LONGEST: u32 = 500;

/// The form, and the table of what was measured.
pub(super) fn series(run: &Run, measured: &Measured, send: &Send) -> Html {
    html! {
        <section class="series" aria-label={text::series::HEADING}>
            <h3>{ text::series::HEADING }</h3>
            <p class="hint">{ text::series::HINT }</p>
            { asked(run, measured, send) }
            if let Some(why) = &measured.failed { <p class="why" role="alert">{ why }</p> }
            if measured.running { <p role="status">{ text::series::RUNNING }</p> }
            if !measured.rows.is_empty() { { table(&measured.name, &measured.rows) } }
        </section>
    }
}

fn asked(run: &Run, measured: &Measured, send: &Send) -> Html {
    let vary = send.reform(|name: String| Action::Measure(MeasureAction::Vary(name)));
    let parameters = run.protocol.behaviour.parameters.iter();
    let names = std::iter::once(SEED).chain(parameters.map(|it| it.name));
    let names = names.map(|name| choice(name, name)).collect();
    let values = part(ControlKind::Text(LONGEST), measured.values.clone());
    let fields = html! {
        <>
            { field(text::series::VARY, text::series::VARY_HELP, select(measured.name.clone(), names, vary).into()) }
            { field(text::series::VALUES, text::series::VALUES_HELP, values.into()) }
        </>
    };
    let button = if measured.running {
        let onclick = send.reform(|_: MouseEvent| Action::Measure(MeasureAction::Cancel));
        html! { <button type="button" {onclick}>{ text::series::CANCEL }</button> }
    } else {
        html! { <button>{ text::series::START }</button> }
    };
    let send = send.clone();
    form(button, fields, "measure", move |given| {
        let values = given.last().cloned().unwrap_or_default();
        send.emit(Action::Measure(MeasureAction::Start(values)));
    })
}

fn table(name: &str, rows: &[MeasuredRow]) -> Html {
    let most = |of: fn(&MeasuredRow) -> Option<i64>| rows.iter().filter_map(of).max().unwrap_or(0);
    let (messages, time) = (most(|row| row.messages), most(|row| row.time));
    let draw = |row: &MeasuredRow| {
        let [sent, took] = row.means();
        html! {
            <tr>
                <th scope="row">{ row.value.clone() }</th>
                <td>{ bar(row.messages, messages) }{ sent }</td>
                <td>{ bar(row.time, time) }{ took }</td>
                <td>{ text::series::of(row.violating, row.runs) }</td>
            </tr>
        }
    };
    html! {
        <table class="figures">
            <tr>
                <th scope="col">{ name }</th>
                { for text::series::HEADS.map(|head| html! { <th scope="col">{ head }</th> }) }
            </tr>
            { for rows.iter().map(draw) }
        </table>
    }
}

/// A value as a part of the greatest.
fn bar(value: Option<i64>, most: i64) -> Html {
    let share = value.filter(|_| most > 0).map_or(0, |value| value.max(0) * 100 / most);
    html! {
        <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={share.to_string()} height="10" />
        </svg>
    }
}
