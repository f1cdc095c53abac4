//! A run in numbers, and what was measured over time.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    fold::fold,
    inspector::{Worked, use_work},
    plots::{key, style},
    rows::{ClassOfRow, DrawRow, Rows, Stops},
};
use crate::{
    app::{CHART, Chart, Line, Numbers, Playhead, Run, Spread, text},
    kernel::{NodeId, Time},
};

/// Largest number of nodes whose numbers are all in the document.
const LISTED: usize = 24;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    /// True if the future is hidden.
    pub(super) hidden: bool,
    pub(super) worked: Worked,
}

/// A run in numbers.
#[component]
pub(super) fn Figures(props: &Props) -> Html {
    let Props { run, playhead, worked, .. } = props;
    use_work(run, worked, |worked, run| {
        let numbers = worked.numbers(run);
        numbers.go_on();
        numbers.progress()
    });
    let is_hidden = props.hidden && !playhead.is_at_end(run);
    // Once a run, not once a frame.
    let strokes = use_memo((run.clone(), is_hidden), |(run, is_hidden)| match is_hidden {
        true => Vec::new(),
        false => worked.borrow_mut().charts(run).iter().map(strokes_of).collect(),
    });
    if is_hidden {
        return html! {
            <p class="hint">{ text::numbers::HIDDEN }</p>
        };
    }
    let mut worked = worked.borrow_mut();
    let now = playhead.time as Time;
    let numbers = worked.numbers(run);
    let totals = totals(numbers);
    let times = numbers.is_counted().then(|| times(numbers));
    let nodes = nodes(run, numbers);
    html! {
        <div class="numbers">
            { totals }
            { for times }
            { for worked.charts(run).iter().zip(&*strokes).map(|(chart, strokes)| draw(run, (chart, strokes), now)) }
            { nodes }
        </div>
    }
}

fn totals(numbers: &Numbers) -> Html {
    let weighing = numbers.progress().is_some();
    let weighed = |value: usize| if weighing { "…".to_owned() } else { value.to_string() };
    let lost = numbers.nodes.iter().map(|node| node.lost).sum::<usize>();
    let total = |name: &str, value: String, help: &str| {
        html! { <div title={help.to_owned()}><dt>{ name }</dt><dd>{ value }</dd></div> }
    };
    html! {
        <dl class="totals">
            { total(text::numbers::MESSAGES, numbers.messages.to_string(), text::numbers::MESSAGES_HELP) }
            { total(text::numbers::BYTES, weighed(numbers.bytes), text::numbers::BYTES_HELP) }
            { total(text::numbers::AGAIN, weighed(numbers.again),
                text::numbers::AGAIN_HELP) }
            { total(text::numbers::LOST, lost.to_string(), text::numbers::LOST_HELP) }
        </dl>
    }
}

fn times(numbers: &Numbers) -> Html {
    let row = |name: &str, spread: Spread| {
        let Spread { count, least, median, most, .. } = spread;
        html! {
            <tr>
                <th scope="row">{ name }</th>
                <td>{ count }</td><td>{ least }</td><td>{ median }</td><td>{ spread.mean() }</td><td>{ most }</td>
            </tr>
        }
    };
    if numbers.latency.is_none() && numbers.delivery.is_none() {
        return html! { <p class="hint">{ text::numbers::NO_RECEIPT }</p> };
    }
    html! {
        <div class="wide-table" role="region" aria-label={text::numbers::LATENCY} tabindex="0">
            <table class="figures">
                <caption>{ text::numbers::LATENCY }</caption>
                <tr>
                    <td></td>
                    { for text::numbers::SPREAD.map(|name| html! { <th scope="col">{ name }</th> }) }
                </tr>
                { for numbers.latency.map(|spread| row(text::numbers::OF_MESSAGE, spread)) }
                { for numbers.delivery.map(|spread| row(text::numbers::OF_DELIVERY, spread)) }
            </table>
            if numbers.delivery.is_some() && numbers.undelivered > 0 {
                <p class="hint">{ text::numbers::undelivered(numbers.undelivered) }</p>
            }
        </div>
    }
}

fn nodes(run: &Run, numbers: &Numbers) -> Html {
    let heads = text::numbers::OF_NODE;
    if numbers.nodes.len() > LISTED {
        return many_nodes(run, numbers, &heads);
    }
    html! {
        <div class="wide-table" role="region" aria-label={text::numbers::BY_NODE} tabindex="0">
            <table class="figures">
                <caption>{ text::numbers::BY_NODE }</caption>
                <tr>{ for heads.map(|name| html! { <th scope="col">{ name }</th> }) }</tr>
                { for run.scenario.names().zip(&numbers.nodes).map(|(name, node)| html! {
                    <tr>
                        <th scope="row" translate="no">{ name }</th>
                        <td>{ node.sent }</td><td>{ node.bytes }</td><td>{ node.received }</td>
                        <td>{ node.lost }</td><td>{ node.delivered }</td>
                    </tr>
                }) }
            </table>
        </div>
    }
}

/// The same of many nodes: only the rows in sight are in the document.
fn many_nodes(run: &Run, numbers: &Numbers, heads: &[&str]) -> Html {
    let heads: Vec<_> = heads.iter().map(|&head| head.to_owned()).collect();
    let (run, nodes) = (run.clone(), numbers.nodes.clone());
    let count = nodes.len();
    let draw: DrawRow = Rc::new(move |row: usize, _: &Stops| {
        let node = &nodes[row];
        let numbers = [node.sent, node.bytes, node.received, node.lost, node.delivered];
        html! {
            <>
                <span role="rowheader" translate="no">{ run.scenario.name(NodeId::new(row)) }</span>
                { for numbers.map(|number| html! { <span role="cell">{ number }</span> }) }
            </>
        }
    });
    let class: ClassOfRow = Rc::new(|_| Classes::new());
    html! {
        <div class="by-node">
            <h3>{ text::numbers::BY_NODE }</h3>
            <Rows id="by-node" label={text::numbers::BY_NODE} {heads} stops={0} {count} shown={None} {class} {draw} />
        </div>
    }
}

/// A class of strokes, and the data of their path.
type Stroke = (String, AttrValue);

/// The curves of a chart by their strokes: those of one stroke are one element.
fn strokes_of(chart: &Chart) -> Vec<Stroke> {
    let stroke = |line: &Line| line.node.map_or_else(|| "style-0".to_owned(), style);
    let mut strokes: Vec<(String, String)> = Vec::new();
    for line in &chart.curves {
        let (stroke, d) = (stroke(line), chart.path(line));
        match strokes.iter_mut().find(|(other, _)| *other == stroke) {
            Some((_, all)) => all.push_str(&d),
            None => strokes.push((stroke, d)),
        }
    }
    strokes.into_iter().map(|(stroke, d)| (stroke, d.into())).collect()
}

fn curves(strokes: &[Stroke]) -> Html {
    strokes
        .iter()
        .map(|(stroke, d)| html! { <g class={classes!("curve", stroke)}><path class="stroke" d={d.clone()} /></g> })
        .collect()
}

/// A measure over time, and its values in a table, for screen readers.
fn draw(run: &Run, (chart, strokes): (&Chart, &[Stroke]), now: Time) -> Html {
    let (width, height) = CHART;
    let at = chart.along(now);
    let label = text::numbers::chart(&chart.name, (chart.low, chart.high), chart.unit);
    html! {
        <figure class="chart" data-metric={chart.name.clone()}>
            <figcaption><b>{ &chart.name }</b>{ ": " }{ chart.help }</figcaption>
            <div class="plot-area">
                <span class="high">{ chart.high }</span>
                <svg viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" role="img" aria-label={label}>
                    { curves(strokes) }
                    <path class="now" d={format!("M{at} 0V{height}")} />
                </svg>
                <span class="low">{ chart.low }</span>
                <span class="start">{ text::numbers::ms(0) }</span>
                <span class="end">{ text::numbers::ms(chart.end()) }</span>
            </div>
            { values(run, chart, now) }
        </figure>
    }
}

/// The values of a chart in a table, for screen readers.
fn values(run: &Run, chart: &Chart, now: Time) -> Html {
    let name = {
        let run = run.clone();
        move |line: &Line| {
            line.node.map_or_else(|| text::numbers::ALL.to_owned(), |node| run.scenario.name(node))
        }
    };
    let summary = values_now(chart, now, &name);
    let lines = chart.curves.clone();
    let much = lines.len() > LISTED;
    let row = move |line: &Line| {
        let (least, most) = line.range().unwrap_or_default();
        html! {
            <tr>
                <th scope="row">
                    if let Some(node) = line.node {
                        <svg class="sample" viewBox="0 0 36 22" width="36" height="22" aria-hidden="true">{ key(node) }</svg>
                    }
                    { name(line) }
                </th>
                <td>{ line.at(now).map_or("–".to_owned(), |value| value.to_string()) }</td>
                <td>{ least }</td><td>{ most }</td>
            </tr>
        }
    };
    let heads = text::numbers::OF_CHART;
    let table = move || {
        html! {
            <table class="figures">
                <tr>{ for heads.map(|head| html! { <th scope="col">{ head }</th> }) }</tr>
                { for lines.iter().map(&row) }
            </table>
        }
    };
    fold("", summary, much, Rc::new(table))
}

/// The values at the playhead, as far as a line has room for them.
fn values_now(chart: &Chart, now: Time, name: &dyn Fn(&Line) -> String) -> String {
    let value = |line: &Line| {
        let value = line.at(now).map_or("–".to_owned(), |value| value.to_string());
        format!("{} {value}", name(line))
    };
    let few: Vec<_> = chart.curves.iter().take(6).map(value).collect();
    let more = chart.curves.len().saturating_sub(few.len());
    let rest = if more > 0 { text::numbers::more(more) } else { String::new() };
    text::numbers::now(now, &few.join(", "), &rest)
}
