//! Menu of a node at a moment: requests and faults.

use super::{
    super::{Edit, Field, Input, fields, shapes, text},
    form::{Form, LASTS, field},
    item::{MenuEntry, MenuForm, MenuItem, parted},
    node::{rarer_faults, traitor},
    possible::{events_at, expects_traitors, fault_at, is_up, sends_at},
};
use crate::{
    kernel::{EventKind, Fault, NodeId, NodeSet, Time, capitalised},
    runs::Outcome,
};

/// Duration of a pause, in virtual ms.
const PAUSE: Time = 50;

pub(super) fn entries(run: &Outcome, node: NodeId, at: Time) -> Vec<MenuEntry> {
    let name = run.scenario.name(node);
    let is_up = is_up(run, node, at);
    let mut entries = vec![
        MenuEntry::Group {
            title: text::moment::requests(&name, is_up),
            is_enabled: is_up,
            entries: requests(run, node, at),
        },
        MenuEntry::Group {
            title: text::moment::FAULTS.to_owned(),
            is_enabled: true,
            entries: faults(run, node, at, is_up),
        },
    ];
    let mut rarer = rarer_faults(run, node, at);
    let treason = traitor(run, node);
    // A protocol made for traitors has treason first.
    if expects_traitors(run) {
        entries.insert(0, treason);
    } else {
        rarer.insert(0, treason);
    }
    let (id, title) = ("more", text::moment::MORE);
    entries.push(MenuEntry::Fold { id, title, is_open: false, entries: rarer });
    parted(entries)
}

/// A form for each request and each shape of its value.
fn requests(run: &Outcome, node: NodeId, at: Time) -> Vec<MenuEntry> {
    let kinds = run.protocol.behaviour.requests;
    if kinds.is_empty() {
        return vec![MenuEntry::Note(text::moment::NO_REQUESTS)];
    }
    let shaped = kinds.iter().flat_map(|kind| shapes(kind).iter().map(move |with| (kind, *with)));
    let form = shaped.map(|(kind, with)| {
        let form = Form::Request { node, at, kind, with };
        let form = MenuForm::new(form, fields(with, &run.scenario, node));
        MenuItem::form(kind.name, capitalised(kind.name), form).into()
    });
    form.collect()
}

fn faults(run: &Outcome, node: NodeId, at: Time, is_up: bool) -> Vec<MenuEntry> {
    let name = run.scenario.name(node);
    let mut entries = Vec::new();
    if is_up {
        crashes(run, node, at, &mut entries);
        let pause = Fault::Pause { node, at, until: at.saturating_add(PAUSE) };
        let words = text::moment::pause_for(&name, PAUSE);
        entries.push(MenuItem::fault("pause", words, pause).into());
        let words = text::moment::recover(&name);
        entries.push(MenuItem::disabled("recover", words, text::moment::IS_UP).into());
    } else {
        let down = |id, words| MenuItem::disabled(id, words, text::moment::IS_DOWN).into();
        entries.push(down("crash", text::moment::crash(&name)));
        entries.push(down("pause", text::moment::pause(&name)));
        recovery(run, node, at, &mut entries);
    }
    entries.push(partition(run, node, at));
    entries
}

/// Crashes, in the middle of the node's sends or writes too.
fn crashes(run: &Outcome, node: NodeId, at: Time, entries: &mut Vec<MenuEntry>) {
    let sends = sends_at(run, node, at).count() as u32;
    let is_write = |&id: &usize| run.trace.events[id].kind == EventKind::Persist;
    let writes = events_at(run, node, at).filter(is_write).count() as u32;
    let crash = |after_sends| Fault::Crash { node, at, after_sends };
    let writing = |after_writes| Fault::CrashWriting { node, at, after_writes };
    let words = text::moment::crash_here(&run.scenario.name(node));
    entries.push(MenuItem::fault("crash", words, crash(None)).into());
    if sends > 0 {
        let cut = |k: u32| MenuItem::fault("crash-mid-send", k.to_string(), crash(Some(k)));
        let cuts = (0..=sends).map(cut).collect();
        entries.push(MenuEntry::Row(text::moment::crash_in_sends(sends), cuts));
    }
    if writes > 0 {
        let cut = |k: u32| MenuItem::fault("crash-mid-write", k.to_string(), writing(k));
        let cuts = (0..=writes).map(cut).collect();
        entries.push(MenuEntry::Row(text::moment::crash_in_writes(writes), cuts));
    }
}

/// The recovery of a node, after the crash of this moment if there is one, which can be removed too.
fn recovery(run: &Outcome, node: NodeId, at: Time, entries: &mut Vec<MenuEntry>) {
    let name = run.scenario.name(node);
    let crash = fault_at(run, |fault| {
        matches!(
            *fault,
            Fault::Crash { node: n, at: t, .. } | Fault::CrashWriting { node: n, at: t, .. }
                if (n, t) == (node, at)
        )
    });
    let at = at + u64::from(crash.is_some());
    let words = text::moment::recover_at(&name, at);
    entries.push(MenuItem::fault("recover", words, Fault::Recover { node, at }).into());
    entries.extend(crash.map(|crash| {
        let words = text::moment::uncrash(&name);
        MenuItem::edit("uncrash", words, Edit::RemoveFault(crash)).into()
    }));
}

/// A partition of the network, or the end of the one that stands.
fn partition(run: &Outcome, node: NodeId, at: Time) -> MenuEntry {
    let standing = run.scenario.faults.iter().enumerate().find_map(|(place, fault)| match fault {
        Fault::Partition { groups, at: from, until } if (*from..*until).contains(&at) => {
            Some((place, groups.clone(), *from))
        }
        _ => None,
    });
    if let Some((place, groups, from)) = standing {
        let edit = match at > from {
            true => Edit::ChangeFault(place, Fault::Partition { groups, at: from, until: at }),
            false => Edit::RemoveFault(place),
        };
        return MenuItem::edit("heal", text::moment::HEAL, edit).into();
    }
    let everyone = NodeSet::first(run.scenario.nodes.len());
    let side = everyone.into_iter().map(|member| {
        let is_here = member == node;
        field(run.scenario.name(member), Input::Check, is_here)
    });
    let lasts = field(text::moment::DURATION, Input::ms(1), LASTS);
    let fields = side.chain([Field { is_named: false, ..lasts }]).collect();
    let form =
        MenuForm { title: text::moment::ONE_SIDE, ..MenuForm::new(Form::Partition { at }, fields) };
    let item = MenuItem::form("partition", text::moment::PARTITION_FOR, form.checked(run));
    MenuEntry::Fold {
        id: "split",
        title: text::moment::PARTITION_HERE,
        is_open: false,
        entries: vec![item.into()],
    }
}
