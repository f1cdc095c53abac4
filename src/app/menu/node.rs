//! Less common faults of a node: wrong clocks, omissions, cut links; and treason, which some protocols expect.

use super::{
    super::{Choice, Edit, Field, Input, text},
    form::{Form, LASTS, field, links},
    item::{MenuEntry, MenuForm, MenuItem},
    possible::{expects_traitors, fault_at, treason, why_not_drift, why_not_lie},
};
use crate::{
    diagram::strategy_words,
    kernel::{Fault, NodeId, PerMillion, Strategy, Time},
    runs::Outcome,
};

/// Rate of a wrong clock that is offered first.
const RATE: PerMillion = PerMillion(1_010_000);

pub(super) fn rarer_faults(run: &Outcome, node: NodeId, at: Time) -> Vec<MenuEntry> {
    vec![clock(run, node), omission(run, node, at), cut(run, node, at)]
}

fn group(title: String, item: MenuItem, remove: Option<MenuItem>) -> MenuEntry {
    let entries = [item].into_iter().chain(remove).map(MenuEntry::Item).collect();
    MenuEntry::Group { title, is_enabled: true, entries }
}

pub(super) fn traitor(run: &Outcome, node: NodeId) -> MenuEntry {
    let name = run.scenario.name(node);
    let standing = treason(run, node);
    let chosen = standing.map_or_else(|| telling(run, node), |(_, strategy)| strategy);
    let choice = |strategy: Strategy| {
        let why = why_not_lie(run, node, strategy);
        let words = why.as_deref().unwrap_or_else(|| strategy_words(strategy));
        Choice {
            words: format!("{}: {words}", strategy.name()),
            value: strategy.name().to_owned(),
            is_disabled: why.is_some(),
        }
    };
    let strategies = Input::Choice(Strategy::ALL.into_iter().map(choice).collect());
    let strategies = field(text::wrongs::STRATEGY, strategies, chosen.name());
    let words = match standing {
        Some(_) => text::wrongs::CHANGE_STRATEGY.to_owned(),
        None => text::wrongs::make_traitor(&name),
    };
    let form = MenuForm::new(Form::Traitor(node), vec![strategies]);
    let loyal = standing.map(|(place, _)| {
        let words = text::wrongs::make_loyal(&name);
        MenuItem::edit("loyal", words, Edit::RemoveFault(place))
    });
    group(text::wrongs::traitor(&name), MenuItem::form("traitor", words, form), loyal)
}

/// The strategy that is offered first: one that tells lies, if the protocol knows one for this node.
fn telling(run: &Outcome, node: NodeId) -> Strategy {
    let lies = [Strategy::Flip, Strategy::Equivocate];
    let lie = lies.into_iter().find(|lie| why_not_lie(run, node, *lie).is_none());
    lie.filter(|_| expects_traitors(run)).unwrap_or(Strategy::Scripted)
}

fn clock(run: &Outcome, node: NodeId) -> MenuEntry {
    let name = run.scenario.name(node);
    let place = fault_at(run, |f| matches!(*f, Fault::Drift { node: it, .. } if it == node));
    let standing = place.and_then(|place| match run.scenario.faults[place] {
        Fault::Drift { rate, offset, .. } => Some((rate, offset)),
        _ => None,
    });
    if standing.is_none()
        && let Some(why) = why_not_drift(run, node)
    {
        return MenuItem::disabled("drift", text::wrongs::set_clock_of(&name), why).into();
    }
    let (rate, offset) = standing.unwrap_or((RATE, 0));
    let rate = field(text::wrongs::RATE, Input::Number("", "0.5", "2", "0.000001"), rate);
    let offset = field(text::wrongs::OFFSET, Input::ms(0), offset);
    let fields = vec![
        Field { help: text::wrongs::RATE_HELP, ..rate },
        Field { help: text::wrongs::OFFSET_HELP, ..offset },
    ];
    let form = MenuForm::new(Form::Drift(node), fields);
    let reset = place.map(|place| {
        MenuItem::edit("right-clock", text::wrongs::RESET_CLOCK, Edit::RemoveFault(place))
    });
    group(text::wrongs::clock(&name), MenuItem::form("drift", text::wrongs::SET_CLOCK, form), reset)
}

/// A form with a choice and the beginning and the end of a fault.
fn lasting(form: Form, label: String, choices: Vec<Choice>, at: Time) -> MenuForm {
    let first = choices.first().map_or_else(String::new, |choice| choice.value.clone());
    let choice = field(label, Input::Choice(choices), first);
    let from = field(text::wrongs::FROM, Input::Number("", "0", "", "1"), at);
    let until = field(text::wrongs::UNTIL, Input::ms(1), at.saturating_add(LASTS));
    MenuForm::new(form, vec![Field { is_named: false, ..choice }, from, until])
}

fn omission(run: &Outcome, node: NodeId, at: Time) -> MenuEntry {
    let sides = vec![
        Choice::new("send", text::wrongs::SENDS),
        Choice::new("receive", text::wrongs::RECEIPTS),
    ];
    let form = lasting(Form::Omit(node), text::wrongs::SIDE.to_owned(), sides, at);
    MenuItem::form("omit", text::wrongs::omit(&run.scenario.name(node)), form).into()
}

/// A cut of one direction of a link.
fn cut(run: &Outcome, node: NodeId, at: Time) -> MenuEntry {
    let name = |node| run.scenario.name(node);
    let words = text::wrongs::CUT_LINK;
    let links = links(run.scenario.nodes.len(), node);
    if links.is_empty() {
        return MenuItem::disabled("cut", words, text::wrongs::ONE_NODE).into();
    }
    let choice = |(place, (from, to)): (usize, (NodeId, NodeId))| {
        Choice::new(place.to_string(), text::wrongs::link(&name(from), &name(to)))
    };
    let choices = links.into_iter().enumerate().map(choice).collect();
    let form = lasting(Form::Cut(node), text::wrongs::direction(&name(node)), choices, at);
    MenuItem::form("cut", words, form).into()
}
