//! A run in numbers, and what was measured over time.

use yew::prelude::*;

use super::{
    inspector::{Worked, use_work},
    plots::{key, style},
};
use crate::{
    app::{CHART, Chart, Line, Numbers, Playhead, Run, Spread},
    kernel::Time,
};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    pub(super) playhead: Playhead,
    /// Whether nothing is to be told of what has not happened yet.
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
    if props.hidden && !playhead.is_at_end(run) {
        return html! {
            <p class="hint">{ "What is still to come is hidden: the numbers are of the whole run, and shown at its end." }</p>
        };
    }
    let mut worked = worked.borrow_mut();
    let now = playhead.time as Time;
    let numbers = worked.numbers(run);
    let totals = totals(numbers);
    let (times, nodes) = (times(numbers), nodes(run, numbers));
    html! {
        <div class="numbers">
            { totals }
            { times }
            { for worked.charts(run).iter().map(|chart| draw(run, chart, now)) }
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
            { total("messages", numbers.messages.to_string(), "How often something was handed to the network") }
            { total("bytes", weighed(numbers.bytes), "Of the payloads, as the trace encodes them") }
            { total("sent again", weighed(numbers.again),
                "Retransmissions: what a sender has told the same receiver before, word for word") }
            { total("lost", lost.to_string(), "Messages of which no copy came") }
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
        return html! { <p class="hint">{ "No message was received." }</p> };
    }
    html! {
        <div class="wide-table">
            <table class="figures">
                <caption>{ "How long it took, in ms" }</caption>
                <tr>
                    <td></td>
                    { for ["count", "least", "median", "mean", "most"].map(|name| html! { <th scope="col">{ name }</th> }) }
                </tr>
                { for numbers.latency.map(|spread| row("a message, sent to received", spread)) }
                { for numbers.delivery.map(|spread| row("asked for to last delivered", spread)) }
            </table>
            if numbers.delivery.is_some() && numbers.undelivered > 0 {
                <p class="hint">{ format!("{} more were asked for and delivered by nobody.", numbers.undelivered) }</p>
            }
        </div>
    }
}

fn nodes(run: &Run, numbers: &Numbers) -> Html {
    let heads = ["node", "sent", "bytes", "received", "lost to it", "delivered"];
    html! {
        <div class="wide-table">
            <table class="figures">
                <caption>{ "By node" }</caption>
                <tr>{ for heads.map(|name| html! { <th scope="col">{ name }</th> }) }</tr>
                { for run.scenario.names().zip(&numbers.nodes).map(|(name, node)| html! {
                    <tr>
                        <th scope="row">{ name }</th>
                        <td>{ node.sent }</td><td>{ node.bytes }</td><td>{ node.received }</td>
                        <td>{ node.lost }</td><td>{ node.delivered }</td>
                    </tr>
                }) }
            </table>
        </div>
    }
}

/// A measure over time, and its values in a table for who does not see it.
fn draw(run: &Run, chart: &Chart, now: Time) -> Html {
    let (width, height) = CHART;
    let at = chart.along(now);
    let name =
        |line: &Line| line.node.map_or_else(|| "all".to_owned(), |node| run.scenario.name(node));
    let label = format!(
        "{}: curves between {} and {} {}; their values are in the table.",
        chart.name, chart.low, chart.high, chart.unit
    );
    let class =
        |line: &Line| classes!("curve", line.node.map_or_else(|| "style-0".to_owned(), style));
    html! {
        <figure class="chart" data-metric={chart.name.clone()}>
            <figcaption><b>{ &chart.name }</b>{ ": " }{ chart.help }</figcaption>
            <div class="plot-area">
                <span class="high">{ chart.high }</span>
                <svg viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" role="img" aria-label={label}>
                    { for chart.curves.iter().map(|line| html! {
                        <g class={class(line)}><path class="stroke" d={chart.path(line)} /></g>
                    }) }
                    <path class="now" d={format!("M{at} 0V{height}")} />
                </svg>
                <span class="low">{ chart.low }</span>
                <span class="start">{ "0 ms" }</span>
                <span class="end">{ format!("{} ms", chart.end()) }</span>
            </div>
            <details>
                <summary>{ values_now(chart, now, &name) }</summary>
                <table class="figures">
                    <tr>
                        { for ["node", "now", "least", "most"].map(|head| html! { <th scope="col">{ head }</th> }) }
                    </tr>
                    { for chart.curves.iter().map(|line| {
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
                    }) }
                </table>
            </details>
        </figure>
    }
}

/// The values at the playhead, as far as a line has room for them.
fn values_now(chart: &Chart, now: Time, name: &dyn Fn(&Line) -> String) -> String {
    let value = |line: &Line| {
        let value = line.at(now).map_or("–".to_owned(), |value| value.to_string());
        format!("{} {value}", name(line))
    };
    let few: Vec<_> = chart.curves.iter().take(6).map(value).collect();
    let more = chart.curves.len().saturating_sub(few.len());
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("At {now} ms: {}{rest}", few.join(", "))
}
