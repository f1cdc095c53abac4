//! Explanation of a search result, in a paragraph: the events, the broken assumption and the decisive delivery.

use super::{
    Seen, deadlock_sentence, describe::fault_in_run, event_clause, event_sentence, parting,
};
use crate::{
    analysis::{Judgement, chain},
    kernel::{
        EventId, EventKind, Fate, Fault, Kind, Loss, MessageName, NodeSet, Scenario, Trace,
        Verdict, capitalised, count_of, joined, sentence as full_stop, spell, spell_exactly,
    },
    runs::Outcome,
    search::{
        IndicationPattern, Objective, PassingRun, PassingRunSearch, RunDifference, Target,
        nearest_passing_run,
    },
};

/// Explanation of the target that a run shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Sentences of the paragraph, with the nodes' names.
    pub sentences: Vec<String>,
    /// Events that led to the target, in order: the witness, the breach of an assumption, and the causes of both.
    pub path: Vec<EventId>,
    /// Nearest run in which the property holds.
    pub nearest: Option<PassingRun>,
}

impl Explanation {
    /// Returns the paragraph.
    #[must_use]
    pub fn text(&self) -> String {
        self.sentences.join(" ")
    }
}

/// Explains why a run shows the target of a search; none if it does not.
#[must_use]
pub fn explain(outcome: &Outcome, target: &Target) -> Option<Explanation> {
    let Outcome { scenario, trace, .. } = outcome;
    let Target::Violation(property) = target else { return tell(outcome, target) };
    let mut judgements = outcome.report.judgements.iter();
    let judgement = judgements.find(|it| it.property.name == property.name)?;
    let Verdict::Violated { why, witness } = &judgement.verdict else { return None };
    // The reader asked for an explanation, so the cause is sought even in a long run.
    outcome.find_causes();
    // The breach of an assumption belongs to the path, too.
    let broke = outcome.report.broke(judgement, trace).and_then(|breach| breach.event);
    let ends: Vec<EventId> = witness.iter().copied().chain(broke).collect();
    let tried = nearest_to(outcome, target);
    let mut sentences = went_wrong(outcome);
    sentences.push(sentence(scenario, &spell(why, &scenario.nodes)));
    if judgement.property.kind == Kind::Liveness {
        sentences.extend(deadlock_sentence(scenario, trace).map(|it| sentence(scenario, &it)));
    }
    sentences.extend(relied_on(outcome, judgement));
    sentences.extend(cause(outcome, judgement));
    let otherwise = format!("{} would hold", property.name);
    sentences.push(mattered(outcome, &otherwise, &tried));
    Some(Explanation { sentences, path: path(outcome, &ends), nearest: tried.nearest })
}

/// Explains a target that is an indication.
fn tell(outcome: &Outcome, target: &Target) -> Option<Explanation> {
    let Outcome { scenario, trace, .. } = outcome;
    let Target::Indicated(IndicationPattern { node, first, then, .. }) = target else {
        return None;
    };
    let says = |wanted: &str| {
        let told = |id: &EventId| match &trace.events[*id].kind {
            EventKind::Indicate { packet, .. } => {
                spell_exactly(&packet.to_string(), &scenario.nodes) == wanted
            }
            _ => false,
        };
        (0..trace.events.len()).filter(|id| trace.events[*id].node == *node).find(told)
    };
    let mut ends = vec![says(first)?];
    if let Some(then) = then {
        ends.push(says(then)?);
    }
    let tried = nearest_to(outcome, target);
    let mut sentences = went_wrong(outcome);
    let told = ends.iter().map(|id| event_sentence(scenario, trace, *id));
    sentences.push(sentence(scenario, &told.collect::<Vec<_>>().join(", and later ")));
    sentences.push(mattered(outcome, "this would not happen", &tried));
    Some(Explanation { sentences, path: path(outcome, &ends), nearest: tried.nearest })
}

fn nearest_to(outcome: &Outcome, target: &Target) -> PassingRunSearch {
    nearest_passing_run(outcome.protocol, &Objective::at(target.clone()), &outcome.scenario)
}

/// Returns the events that led to these events.
fn path(outcome: &Outcome, ends: &[EventId]) -> Vec<EventId> {
    chain(&outcome.trace, ends).events.into_iter().collect()
}

/// Makes a text a sentence with a full stop. It gets a capital unless it begins with a node's name, which is kept.
fn sentence(scenario: &Scenario, text: &str) -> String {
    let text = text.trim_end_matches('.');
    // A longer word may begin as a name does.
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    if scenario.names().any(|name| text.strip_prefix(&*name).is_some_and(ends)) {
        return full_stop(text.to_owned());
    }
    full_stop(capitalised(text))
}

/// Largest number of faults that are named one by one.
const MOST_SAID: usize = 12;

/// Sentences on the faults of the run, in order of time.
fn went_wrong(outcome: &Outcome) -> Vec<String> {
    let Outcome { scenario, trace, .. } = outcome;
    let met = |place: &usize| !trace.unused_faults.contains(place);
    let mut faults: Vec<_> = (0..scenario.faults.len())
        .filter(met)
        .map(|place| (struck_at(outcome, &scenario.faults[place]), place))
        .collect();
    faults.sort_unstable();
    let more = faults.len().saturating_sub(MOST_SAID);
    let said = faults.iter().take(MOST_SAID).map(|(at, place)| {
        let what = with_label(outcome, &scenario.faults[*place]);
        format!("{what} ({at} ms)")
    });
    let mut said: Vec<String> = said.collect();
    if more > 0 {
        said.push(format!("{more} more faults have an effect"));
    }
    let first = match said.is_empty() {
        true => "No fault has an effect.".to_owned(),
        false => sentence(scenario, &joined(&said)),
    };
    std::iter::once(first).chain(lost_by_chance(trace)).collect()
}

/// Sentence on the number of messages lost by chance or in a full queue, if there are any.
fn lost_by_chance(trace: &Trace) -> Option<String> {
    let lost = |luck: fn(Loss) -> bool| {
        let messages = trace.messages.iter();
        let lost = messages.filter(|it| matches!(it.overall(), Fate::Lost(_, loss) if luck(loss)));
        lost.count()
    };
    let kinds = [
        (lost(|loss| matches!(loss, Loss::Luck | Loss::Corrupt(None))), "by chance"),
        (lost(|loss| loss == Loss::Queue), "in a full queue"),
    ];
    let said = kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, how)| {
        let are = if count == 1 { "is" } else { "are" };
        format!("{} {are} lost {how}", count_of(count, "message"))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| full_stop(joined(&said)))
}

/// Time at which a fault struck, in virtual ms.
fn struck_at(outcome: &Outcome, fault: &Fault) -> u64 {
    let [begun, _] = fault.times();
    let sent = || fault.message().and_then(|message| sent_at(outcome, message));
    begun.or_else(sent).unwrap_or_default()
}

fn sent_at(outcome: &Outcome, name: MessageName) -> Option<u64> {
    let mut messages = outcome.trace.messages.iter();
    let message = messages.find(|message| message.name == name)?;
    Some(outcome.trace.events[message.sent].time)
}

/// Text, sender and receiver of a message: `m1 from Alice to Carol`.
fn named(outcome: &Outcome, name: MessageName) -> String {
    let Outcome { scenario, trace, .. } = outcome;
    let message = trace.messages.iter().find(|message| message.name == name);
    message.map_or_else(|| scenario.message_words(name), |message| message.words(scenario))
}

/// Describes a fault, with the text of its message.
fn with_label(outcome: &Outcome, fault: &Fault) -> String {
    fault_in_run(&outcome.scenario, &outcome.trace, fault)
}

/// Sentence on the broken assumption.
fn relied_on(outcome: &Outcome, judgement: &Judgement) -> Option<String> {
    let Outcome { scenario, trace, report, protocol, .. } = outcome;
    let said = match report.broke(judgement, trace) {
        Some(breach) => {
            let why = spell(&breach.why, &scenario.nodes);
            format!(
                "{} relies on this: {}. This run breaks it: {}",
                protocol.name,
                breach.rule.statement(),
                why.trim_end_matches('.')
            )
        }
        None if judgement.promised => {
            format!("No assumption of {} is broken", protocol.name)
        }
        None => format!(
            "{} does not promise {}, so no assumption had to be broken",
            protocol.name, judgement.property.name
        ),
    };
    Some(sentence(scenario, &said))
}

/// Sentence on the cause, unless the broken assumption alone is the cause.
fn cause(outcome: &Outcome, judgement: &Judgement) -> Option<String> {
    let Outcome { scenario, report, .. } = outcome;
    let cause = report.cause(judgement).filter(|cause| cause.tried > 0)?;
    let is_plain = cause.breaches.len() == 1 && cause.until.is_none();
    if is_plain && cause.faults.is_empty() && cause.left_out == 0 {
        return None;
    }
    let said = cause.said(|fault| with_label(outcome, &scenario.faults[fault]));
    Some(spell(&said, &scenario.nodes))
}

/// Sentence on the difference to the nearest run in which the property holds.
fn mattered(outcome: &Outcome, otherwise: &str, tried: &PassingRunSearch) -> String {
    let Some(PassingRun { difference, scenario }) = &tried.nearest else {
        return match tried.complete {
            true => format!(
                "No single change of a message's delay and no removal of a single fault changes this: in none of \
                these runs {otherwise}."
            ),
            false => format!(
                "The run is long, so not every change was tried. Of {} runs with one change {otherwise} in none.",
                tried.runs
            ),
        };
    };
    let fault = |place: usize| &outcome.scenario.faults[place];
    let condition = match difference {
        RunDifference::WithoutMessageFault(message, place) => {
            let otherwise = match fault(*place) {
                Fault::Drop { .. } => "had not been lost",
                Fault::Delay { .. } => "had not been delayed",
                Fault::Duplicate { .. } => "had not been duplicated",
                Fault::Corrupt { .. } => "had arrived undamaged",
                _ => "had not been forged",
            };
            format!("If {} {otherwise}", named(outcome, *message))
        }
        RunDifference::ShorterDelay(message, _, by) => {
            format!("If {} had been delayed by no more than {by} ms", named(outcome, *message))
        }
        RunDifference::AfterSends(place, sends) => {
            let node = match fault(*place) {
                Fault::Crash { node, .. } => outcome.scenario.name(*node),
                _ => "the node".to_owned(),
            };
            let sends = match sends {
                0 => "before its first send".to_owned(),
                1 => "after 1 send".to_owned(),
                many => format!("after {many} sends"),
            };
            format!("If {node} had crashed {sends}")
        }
        RunDifference::WithoutFault(place) => {
            format!("Without this fault ({})", with_label(outcome, fault(*place)))
        }
        RunDifference::Delayed(message, by) => {
            format!("If {} had arrived {by} ms later", named(outcome, *message))
        }
        RunDifference::Dropped(message) => format!("If {} had been lost", named(outcome, *message)),
        RunDifference::LongerRun(until) => format!("If the run went on until {until} ms"),
    };
    let longer = scenario.until > outcome.scenario.until;
    let longer = longer && !matches!(difference, RunDifference::LongerRun(_));
    let condition = match longer {
        true => format!("{condition}, in a run until {} ms", scenario.until),
        false => condition,
    };
    let parts = parts(outcome, scenario).map(|it| format!(": {it}")).unwrap_or_default();
    format!("{condition}, {otherwise}{parts}.")
}

/// Clause on the first difference between the two runs that the application sees.
fn parts(outcome: &Outcome, scenario: &Scenario) -> Option<String> {
    let other = Outcome::of(scenario.clone()).ok()?;
    let parting = parting([&other.trace, &outcome.trace], Seen::Application)?;
    let holds = parting.run == 0;
    let Outcome { scenario, trace, .. } = if holds { &other } else { outcome };
    if matches!(
        trace.events[parting.event].kind,
        EventKind::Crash | EventKind::Pause | EventKind::Traitor(_)
    ) {
        return None;
    }
    let said = event_sentence(scenario, trace, parting.event);
    let at = parting.at;
    let runs = if holds { [&other, outcome] } else { [outcome, &other] };
    let also = likewise(runs, parting.event);
    Some(match holds {
        true => format!("then {said} at {at} ms{also}"),
        false => format!("here {said} at {at} ms{also}, but not in that run"),
    })
}

/// Clause on the other nodes with the same indication in the first of two runs, and not in the second.
fn likewise([run, other]: [&Outcome; 2], event: EventId) -> String {
    let told = |run: &Outcome, id: EventId| {
        let kind = &run.trace.events[id].kind;
        let is_told = matches!(kind, EventKind::Indicate { .. });
        is_told.then(|| event_clause(&run.scenario, &run.trace, id))
    };
    let Some(clause) = told(run, event) else { return String::new() };
    // A clause is found for each indication, so only in runs of usual length.
    if run.trace.events.len().max(other.trace.events.len()) > MOST_COMPARED {
        return String::new();
    }
    let tellers = |run: &Outcome| -> NodeSet {
        let same =
            (0..run.trace.events.len()).filter(|id| told(run, *id).as_ref() == Some(&clause));
        same.map(|id| run.trace.events[id].node).collect()
    };
    let others = tellers(run).without(tellers(other));
    let names: Vec<String> = others
        .into_iter()
        .filter(|node| *node != run.trace.events[event].node)
        .map(|node| run.scenario.name(node))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(", and so does {one}"),
        many => format!(", and so do {}", joined(many)),
    }
}

/// Largest number of events of runs whose indications are compared.
const MOST_COMPARED: usize = 20_000;
