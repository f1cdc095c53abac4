//! Menu of a message.

use super::{
    super::{Edit, Field, Input, text},
    form::{Form, field},
    item::{Does, Menu, MenuEntry, MenuForm, MenuItem, parted},
    possible::{
        WhyNot, comes_out, expects_traitors, fault_at, keys_of, sends_at, treason, truth,
        why_not_corrupt, why_not_delay, why_not_double, why_not_drop, why_not_write,
    },
};
use crate::{
    diagram::message_sentence,
    formats::{self, trace, visible_json},
    kernel::{Fate, Fault, Message, MessageName, Strategy, Time, spell},
    runs::Outcome,
};

/// Delay and distance of a duplicate that are offered first, in virtual ms.
const DELAY: Time = 20;
const AFTER: Time = 10;

pub(super) fn menu(run: &Outcome, name: MessageName) -> Menu {
    let Some(id) = run.trace.messages.iter().position(|message| message.name == name) else {
        return Menu { title: run.scenario.message_words(name), entries: Vec::new() };
    };
    let title = message_sentence(&run.scenario, &run.trace, id);
    if run.is_recorded() {
        return Menu { title, entries: vec![MenuEntry::Note(text::importing::NO_EDIT)] };
    }
    let message = &run.trace.messages[id];
    let mut entries: Vec<MenuEntry> = [
        dropping(run, message),
        delaying(run, message),
        duplicating(run, message),
        corrupting(run, message),
    ]
    .map(MenuEntry::Item)
    .into();
    let mut forged = Vec::new();
    forging(run, message, &mut forged);
    // A protocol made for traitors has the lies first.
    let place = if expects_traitors(run) { 0 } else { entries.len() };
    entries.splice(place..place, forged);
    crashes(run, message, &mut entries);
    Menu { title, entries: parted(entries) }
}

fn dropping(run: &Outcome, message: &Message) -> MenuItem {
    let name = message.name;
    match fault_at(run, |f| matches!(f, Fault::Drop { message } if *message == name)) {
        Some(place) => MenuItem::edit("undrop", text::menu::UNDROP, Edit::RemoveFault(place)),
        None => MenuItem::fault("drop", text::menu::DROP, Fault::Drop { message: name })
            .unless(why_not_drop(message)),
    }
}

fn duplicating(run: &Outcome, message: &Message) -> MenuItem {
    let name = message.name;
    match fault_at(run, |f| matches!(f, Fault::Duplicate { message, .. } if *message == name)) {
        Some(place) => MenuItem::edit("single", text::menu::SINGLE, Edit::RemoveFault(place)),
        None => {
            let fault = Fault::Duplicate { message: name, after: AFTER };
            MenuItem::fault("duplicate", text::menu::DUPLICATE, fault)
                .unless(why_not_double(message))
        }
    }
}

/// An item with a form, or without one if there is a reason.
fn form_unless(
    why_not: WhyNot,
    id: &'static str,
    disabled: &'static str,
    words: &'static str,
    form: impl FnOnce() -> MenuForm,
) -> MenuItem {
    match why_not {
        Some(why) => MenuItem::disabled(id, disabled, why),
        None => MenuItem::form(id, words, form()),
    }
}

fn delaying(run: &Outcome, message: &Message) -> MenuItem {
    let name = message.name;
    let standing = run.scenario.faults.iter().find_map(|fault| match *fault {
        Fault::Delay { message, by } if message == name => Some(by),
        _ => None,
    });
    let words = (text::menu::DELAY, text::menu::DELAY_BY);
    form_unless(why_not_delay(message), "delay", words.0, words.1, || {
        let on_time = Fault::Delay { message: name, by: 0 };
        let ms = field(text::menu::DELAY_MS, Input::ms(1), standing.unwrap_or(DELAY));
        MenuForm {
            also: standing.map(|_| MenuItem::fault("on-time", text::menu::ON_TIME, on_time)),
            ..MenuForm::new(Form::Delay(name), vec![ms])
        }
    })
}

fn corrupting(run: &Outcome, message: &Message) -> MenuItem {
    let name = message.name;
    let standing = run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match fault {
        Fault::Corrupt { message, bits } if *message == name => Some((place, bits.clone())),
        _ => None,
    });
    let words = text::menu::FLIP;
    form_unless(why_not_corrupt(message), "corrupt", words, words, || {
        let (place, bits) = standing.map_or((None, vec![0]), |(place, bits)| (Some(place), bits));
        let numbers: Vec<_> = bits.iter().map(u32::to_string).collect();
        let field = field(text::menu::BITS, Input::Text(400), numbers.join(" "));
        let field = Field { help: text::menu::BITS_HELP, ..field };
        let remove = |place| MenuItem::edit("sound", text::menu::SOUND, Edit::RemoveFault(place));
        MenuForm {
            also: place.map(remove),
            note: comes_out(run, message, &bits),
            ..MenuForm::new(Form::Corrupt(name), vec![field])
        }
    })
}

/// The content of a traitor's message. A correct sender has to become a traitor first.
fn forging(run: &Outcome, message: &Message, entries: &mut Vec<MenuEntry>) {
    let name = message.name;
    let words = text::forging::FORGE;
    if let Some(why) = why_not_write(run, message) {
        entries.push(MenuItem::disabled("forge", words, why).into());
        return;
    }
    if treason(run, name.from).is_none() {
        let sender = run.scenario.name(name.from);
        let edit = Edit::AddFault(Fault::Traitor { node: name.from, strategy: Strategy::Scripted });
        let why = text::forging::no_traitor(&sender);
        entries.push(MenuItem::disabled("forge", words, why).into());
        let does = Does::Prepare(edit);
        let words = text::forging::make_traitor(&sender);
        entries.push(MenuItem::new("make-traitor", words, does).into());
        return;
    }
    let standing = run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match fault {
        Fault::Forge { message, with } if *message == name => Some((place, with.to_string())),
        _ => None,
    });
    let place = standing.as_ref().map(|(place, _)| *place);
    if let Some(lie) = lie(run, message).filter(|_| place.is_none()) {
        entries.push(MenuItem::fault("lie", lie.0, lie.1).into());
    }
    let content = standing.map_or_else(|| truth(run, message), |(_, content)| content);
    let content = visible_json(&content).into_owned();
    let form = MenuForm {
        note: text::forging::HELP.to_owned(),
        ..MenuForm::new(
            Form::Forge(name),
            vec![field(text::forging::CONTENT, Input::Json, content)],
        )
    };
    let mut forged = vec![MenuItem::form("say", text::forging::REPLACE, form.checked(run)).into()];
    forged.extend(place.map(|place| {
        MenuItem::edit("truth", text::forging::REMOVE, Edit::RemoveFault(place)).into()
    }));
    entries.push(MenuEntry::Fold {
        id: "forge",
        title: words,
        is_open: place.is_some(),
        entries: forged,
    });
}

/// The lie that the protocol knows for a traitor's message, in words and as a fault.
fn lie(run: &Outcome, message: &Message) -> Option<(String, Fault)> {
    let truth = message.truth().unwrap_or(&message.packet);
    let lie =
        (run.protocol.behaviour.forge)(truth, message.name.to, keys_of(run, message.name.from));
    let lie = lie.filter(|lie| lie != truth)?;
    let with = formats::parse(&trace::data(&lie, &run.scenario.nodes)).ok()?;
    let [lie, truth] = [&lie, truth].map(|it| spell(&it.to_string(), &run.scenario.nodes));
    let words = text::forging::lie(&lie, &truth);
    Some((words, Fault::Forge { message: message.name, with }))
}

/// Crashes near a message: of its sender in the middle of its sends, and of its receiver.
fn crashes(run: &Outcome, message: &Message, entries: &mut Vec<MenuEntry>) {
    let (from, to) = (message.name.from, message.name.to);
    let at = run.trace.events[message.sent].time;
    let before = sends_at(run, from, at).filter(|&send| send < message.sent).count() as u32;
    let crash = |id, words: fn(&str) -> String, sends| {
        let fault = Fault::Crash { node: from, at, after_sends: Some(sends) };
        MenuItem::fault(id, words(&run.scenario.name(from)), fault).into()
    };
    entries.push(crash("crash-after", text::menu::crash_after, before + 1));
    entries.push(crash("crash-before", text::menu::crash_before, before));
    if let Fate::Received(event) = message.overall() {
        let at = run.trace.events[event].time;
        let words = text::menu::crash_receiver(&run.scenario.name(to));
        let fault = Fault::Crash { node: to, at, after_sends: None };
        entries.push(MenuItem::fault("crash-receiver", words, fault).into());
    }
}
