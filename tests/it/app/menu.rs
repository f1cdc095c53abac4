//! Menus: their items in typical situations, the reasons of disabled ones, and the edits that follow from their forms.

use worldlines::{
    app::{
        Action, Does, Edit, Filled, Form, Hand, Menu, MenuEntry, MenuForm, MenuItem, Selection,
        State, reduce,
    },
    formats::bundled,
    kernel::{Fault, MessageName, NodeId, NodeSet, PerMillion, Scenario, Side, Strategy},
    protocols,
    runs::Outcome,
};

const BROADCAST: &str = "reliable/best-effort-broadcast/receiver-crashes";
const GENERALS: &str = "byzantine/interactive-consistency/three-generals";

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn open(path: &str) -> State {
    reduce(&State::opening(), Action::Open(bundled::find(path).expect("it is bundled")))
}

fn with(state: &State, fault: Fault) -> State {
    reduce(state, Action::Apply(Edit::AddFault(fault)))
}

/// The first message of a node.
fn first(state: &State, from: usize) -> MessageName {
    let mut messages = state.run.trace.messages.iter();
    messages.find(|message| message.name.from == node(from)).expect("it sends one").name
}

fn message_menu(state: &State, name: MessageName) -> Menu {
    Menu::of(&state.run, Selection::Message(name))
}

fn moment_menu(run: &Outcome, index: usize, at: u64) -> Menu {
    Menu::of(run, Selection::Moment { node: node(index), at })
}

/// An item as a line: `- words: reason` if it is disabled, `words [offered values]` if it is a form.
fn line(item: &MenuItem) -> String {
    let words = &item.words;
    match &item.does {
        Does::Edit(_) | Does::Prepare(_) | Does::Only(_) => words.clone(),
        Does::Nothing(why) => format!("- {words}: {why}"),
        Does::Submit(form) => {
            let offered: Vec<_> = form.fields.iter().map(|field| &*field.offered).collect();
            format!("{words} [{}]", offered.join(", "))
        }
    }
}

/// Entries as lines, those of groups and folds indented.
fn lines(entries: &[MenuEntry]) -> Vec<String> {
    let mut all = Vec::new();
    let within = |title: &str, entries: &[MenuEntry]| {
        let inner = lines(entries).into_iter().map(|line| format!("  {line}"));
        std::iter::once(title.to_owned()).chain(inner).collect::<Vec<_>>()
    };
    for entry in entries {
        match entry {
            MenuEntry::Item(item) => {
                all.push(line(item));
                if let Does::Submit(form) = &item.does {
                    all.extend(form.also.iter().map(line));
                }
            }
            MenuEntry::Row(words, row) => {
                let row: Vec<_> = row.iter().map(line).collect();
                all.push(format!("{words} {}", row.join(" ")));
            }
            MenuEntry::Note(words) => all.push((*words).to_owned()),
            MenuEntry::Group { title, entries, .. } => all.extend(within(title, entries)),
            MenuEntry::Fold { title, entries, .. } => all.extend(within(title, entries)),
        }
    }
    all
}

fn item<'a>(menu: &'a Menu, id: &str) -> &'a MenuItem {
    let found = menu.items().into_iter().find(|item| item.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {menu:#?}"))
}

/// The reason why an item is disabled; none if it is enabled.
fn why<'a>(menu: &'a Menu, id: &str) -> Option<&'a str> {
    match &item(menu, id).does {
        Does::Nothing(why) => Some(why),
        _ => None,
    }
}

fn form<'a>(menu: &'a Menu, id: &str) -> &'a MenuForm {
    let Does::Submit(form) = &item(menu, id).does else { panic!("{id} has no form: {menu:#?}") };
    form
}

/// The edit of an item: of a form, that of the values that it offers.
fn edit(run: &Outcome, item: &MenuItem) -> Option<Edit> {
    match &item.does {
        Does::Nothing(_) | Does::Only(_) => None,
        Does::Edit(edit) | Does::Prepare(edit) => Some(edit.clone()),
        Does::Submit(form) => {
            let offered: Vec<_> = form.fields.iter().map(|it| it.offered.clone()).collect();
            form.form.edit(run, &offered).ok()
        }
    }
}

fn typed(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

#[test]
fn delivered_message_can_be_dropped_delayed_duplicated_and_corrupted() {
    let state = open(BROADCAST);
    let menu = message_menu(&state, first(&state, 3));
    assert_eq!(
        lines(&menu.entries),
        [
            "Drop message",
            "Delay message by [20]",
            "Duplicate message",
            "Flip bits [0]",
            "Crash Dave right after the send",
            "Crash Dave right before the send",
            "Crash Alice before the message arrives",
            "Without effect here…",
            "  - Forge message: traitors of this protocol send only what their strategy prescribes",
        ]
    );
    let note = &form(&menu, "corrupt").note;
    assert!(note.contains("checksum"), "the message has no encoding of its own: {note}");
}

#[test]
fn fault_of_a_message_can_be_removed() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let cases = [
        (Fault::Drop { message: name }, "undrop", "Remove drop"),
        (Fault::Delay { message: name, by: 7 }, "on-time", "Remove delay"),
        (Fault::Duplicate { message: name, after: 7 }, "single", "Remove duplicate"),
        (Fault::Corrupt { message: name, bits: vec![3, 7] }, "sound", "Remove bit flips"),
    ];
    for (fault, id, words) in cases {
        let faulty = with(&state, fault);
        let menu = message_menu(&faulty, name);
        assert_eq!(item(&menu, id).words, words);
        let remove = edit(&faulty.run, item(&menu, id)).expect("it is enabled");
        let mended = reduce(&faulty, Action::Hand(Hand::Make(remove)));
        assert_eq!(mended.scenario().faults, state.scenario().faults, "{id}");
    }
}

#[test]
fn disabled_item_of_a_message_would_change_nothing() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let everyone = NodeSet::first(4);
    let split = Fault::Partition {
        groups: vec![NodeSet::from(name.to), everyone.without(name.to.into())],
        at: 0,
        until: 900,
    };
    let crash = Fault::Crash { node: name.to, at: 0, after_sends: None };
    let lost = |why| Some(format!("it is already lost ({why})"));
    let cases = [
        (split, lost("partition"), lost("partition"), None, lost("partition")),
        (crash, lost("crashed"), None, None, None),
    ];
    for (fault, drop, delay, duplicate, corrupt) in cases {
        let state = with(&state, fault);
        let menu = message_menu(&state, name);
        let reason = |id| why(&menu, id).map(str::to_owned);
        let found = ["drop", "delay", "duplicate", "corrupt"].map(reason);
        assert_eq!(found, [drop, delay, duplicate, corrupt]);
        if why(&menu, "corrupt").is_some() {
            let mut scenario: Scenario = state.scenario().clone();
            scenario.faults.push(Fault::Corrupt { message: name, bits: vec![1] });
            let place = scenario.faults.len() - 1;
            let run = Outcome::of(scenario).expect("it runs");
            assert!(run.trace.unused_faults.contains(&place));
        }
    }
    let dropped = with(&state, Fault::Drop { message: name });
    let menu = message_menu(&dropped, name);
    for id in ["delay", "duplicate", "corrupt"] {
        assert_eq!(why(&menu, id), Some("it is already lost (drop)"), "{id}");
    }
    let corrupt = with(&state, Fault::Corrupt { message: name, bits: vec![1] });
    let menu = message_menu(&corrupt, name);
    assert_eq!(why(&menu, "drop"), Some("it is already lost (corrupt)"));
    assert_eq!(why(&menu, "corrupt"), None, "other bits can flip");
}

#[test]
fn message_in_transit_at_the_horizon_has_no_receiver_to_crash() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let sent = state.run.trace.messages.iter().find(|it| it.name == name).expect("it is").sent;
    let horizon = state.run.trace.events[sent].time + 1;
    let late = reduce(&state, Action::Apply(Edit::Until(horizon)));
    let menu = message_menu(&late, name);
    let ids: Vec<_> = menu.items().iter().map(|item| item.id).collect();
    assert!(!ids.contains(&"crash-receiver"), "{ids:?}");
    assert_eq!(why(&menu, "drop"), None, "the message can still be dropped");
}

#[test]
fn message_that_is_not_sent_has_an_empty_menu() {
    let state = open(BROADCAST);
    let menu = message_menu(&state, MessageName { number: 999, ..first(&state, 3) });
    assert_eq!(menu.entries, []);
    assert!(menu.title.contains("999"), "{}", menu.title);
}

#[test]
fn correct_sender_becomes_a_traitor_before_its_message_is_forged() {
    let state = open(GENERALS);
    let name = first(&state, 1);
    let menu = message_menu(&state, name);
    assert_eq!(why(&menu, "forge"), Some("P2 is not a traitor, and only traitors forge messages"));
    let Does::Prepare(edit) = &item(&menu, "make-traitor").does else { panic!("{menu:#?}") };
    let turned = reduce(&state, Action::Apply(edit.clone()));
    let menu = message_menu(&turned, name);
    let say = form(&menu, "say");
    assert_eq!(say.fields[0].offered, "\"A\"");
    assert_eq!(say.checked.as_deref(), Some(""), "the correct content is accepted");
    for (wrong, reason) in [("\"X", "syntax error"), ("[1]", "a list of 3"), ("", "JSON")] {
        let said = say.form.edit(&turned.run, &typed(&[wrong])).expect_err("it is wrong");
        assert!(said.contains(reason), "{said}");
    }
    let lied = reduce(&turned, Action::Hand(Hand::Submit(say.form, typed(&["\"X\""]))));
    let menu = message_menu(&lied, name);
    assert_eq!(form(&menu, "say").fields[0].offered, "\"X\"");
    assert_eq!(item(&menu, "truth").words, "Remove forgery");
    let again = reduce(&lied, Action::Hand(Hand::Submit(say.form, typed(&["\"Y\""]))));
    let faults = |state: &State| state.scenario().faults.len();
    assert_eq!(faults(&again), faults(&lied), "one forgery replaces another");
}

#[test]
fn node_that_is_up_takes_requests_and_faults() {
    let state = open(BROADCAST);
    let menu = moment_menu(&state.run, 0, 5);
    assert_eq!(menu.title, "Alice at 5 ms");
    let [requests, faults, more, only, without] = &menu.entries[..] else { panic!("{menu:#?}") };
    assert!(matches!(requests, MenuEntry::Group { is_enabled: true, .. }));
    assert_eq!(
        lines(&[requests.clone(), faults.clone()]),
        [
            "Requests to Alice",
            "  Broadcast [m3]",
            "Faults at this moment",
            "  Crash Alice here",
            "  Pause Alice for 50 ms",
            "  Partition network here",
            "    Partition for [true, false, false, false, 100]",
        ]
    );
    assert_eq!(
        lines(std::slice::from_ref(more)),
        [
            "More faults…",
            "  Alice as a traitor, in the whole run",
            "    Make Alice a traitor [scripted]",
            "  Make Alice omit [send, 5, 105]",
            "  Cut link [0, 5, 105]",
        ]
    );
    assert_eq!(lines(std::slice::from_ref(only)), ["Show only messages of Alice"]);
    assert_eq!(
        lines(std::slice::from_ref(without)),
        [
            "Without effect here…",
            "  - Recover Alice: it is up",
            "  - Set clock of Alice: its code never reads its clock in this run",
        ]
    );
}

#[test]
fn likely_acts_come_first_and_acts_without_effect_last() {
    let state = open(GENERALS);
    let menu = moment_menu(&state.run, 1, 0);
    let first = lines(&menu.entries[..1]);
    assert_eq!(first, ["P2 as a traitor, in the whole run", "  Make P2 a traitor [flip]"]);
    let name = self::first(&state, 1);
    assert_eq!(lines(&message_menu(&state, name).entries)[0], "Make P2 a traitor");
    let traitor = with(&state, Fault::Traitor { node: node(1), strategy: Strategy::Scripted });
    let menu = message_menu(&traitor, name);
    let MenuEntry::Item(lie) = &menu.entries[0] else { panic!("{menu:#?}") };
    assert_eq!(line(lie), "Say “A¹” instead of “A”");
    let lied =
        reduce(&traitor, Action::Hand(Hand::Make(edit(&traitor.run, lie).expect("it is enabled"))));
    let said = lied.run.trace.messages.iter().find(|it| it.name == name).expect("it is sent");
    assert_eq!(said.packet.to_string(), "A¹");
    // Wherever a reader looks, what has no effect stands in the last entry alone.
    for protocol in protocols::catalogue().map(|(_, protocol)| protocol) {
        let Some(example) = bundled::best_of(protocol) else { continue };
        let run = example.outcome().expect("it runs");
        let messages = run.trace.messages.iter().take(3).map(|it| Selection::Message(it.name));
        let moments = [0, 30].map(|at| Selection::Moment { node: node(0), at });
        for selection in messages.chain(moments) {
            let menu = Menu::of(&run, selection);
            let without =
                |entry: &MenuEntry| matches!(entry, MenuEntry::Fold { id: "without-effect", .. });
            let acts: Vec<_> = menu.entries.iter().filter(|it| !without(it)).cloned().collect();
            let dead: Vec<_> =
                lines(&acts).into_iter().filter(|it| it.trim().starts_with("- ")).collect();
            assert_eq!(dead, [""; 0], "{}: {}", protocol.id, menu.title);
        }
    }
}

#[test]
fn node_that_is_down_recovers_and_takes_nothing_else() {
    let state = open(BROADCAST);
    let crash = Fault::Crash { node: node(0), at: 5, after_sends: None };
    let state = with(&with(&state, crash), Fault::Recover { node: node(0), at: 20 });
    let is_up = |at: &u64| why(&moment_menu(&state.run, 0, *at), "crash").is_none();
    let up: Vec<_> = [0, 4, 5, 19, 20, 500].into_iter().filter(is_up).collect();
    assert_eq!(up, [0, 4, 20, 500]);
    let menu = moment_menu(&state.run, 0, 5);
    let [faults, _, _, MenuEntry::Fold { id: "without-effect", entries: without, .. }] =
        &menu.entries[..]
    else {
        panic!("{menu:#?}")
    };
    let faults = lines(std::slice::from_ref(faults));
    assert_eq!(faults[1..3], ["  Recover Alice at 6 ms", "  Remove crash of Alice"]);
    assert_eq!(
        lines(without)[..4],
        [
            "Requests to Alice: it is down",
            "  Broadcast [m3]",
            "- Crash Alice: it is down",
            "- Pause Alice: it is down",
        ]
    );
    let later = moment_menu(&state.run, 0, 12);
    assert_eq!(item(&later, "recover").words, "Recover Alice at 12 ms");
}

#[test]
fn crash_is_possible_between_the_sends_and_the_writes_of_a_moment() {
    let state = open("recovery/two-phase-commit/participant-asks-another");
    let menu = moment_menu(&state.run, 0, 10);
    let count = |id| menu.items().iter().filter(|item| item.id == id).count();
    assert_eq!(count("crash-mid-write"), 2, "before and after the write");
    let broadcast = open(BROADCAST);
    let sent = broadcast.run.trace.messages[0].sent;
    let event = &broadcast.run.trace.events[sent];
    let menu = Menu::of(&broadcast.run, Selection::Event(sent));
    assert!(menu.title.starts_with(&format!("{} ms: ", event.time)), "{}", menu.title);
    let cuts = menu.items().into_iter().filter(|item| item.id == "crash-mid-send");
    assert!(cuts.count() > 2);
}

#[test]
fn partition_that_stands_is_healed_instead_of_doubled() {
    let state = open(BROADCAST);
    let menu = moment_menu(&state.run, 0, 5);
    let one_side = &form(&menu, "partition").form;
    let nobody = typed(&["false", "false", "false", "false", "100"]);
    let everybody = typed(&["true", "true", "true", "true", "100"]);
    for side in [nobody, everybody] {
        let refused = one_side.edit(&state.run, &side);
        assert_eq!(refused, Err("Each side needs a node.".to_owned()));
    }
    let two = typed(&["true", "false", "true", "false", "30"]);
    let split = reduce(&state, Action::Hand(Hand::Submit(*one_side, two)));
    let Some(Fault::Partition { groups, at: 5, until: 35 }) = split.scenario().faults.last() else {
        panic!("{:?}", split.scenario().faults)
    };
    assert_eq!(groups[0], [node(0), node(2)].into_iter().collect::<NodeSet>());
    let menu = moment_menu(&split.run, 3, 20);
    let heal = edit(&split.run, item(&menu, "heal")).expect("it is enabled");
    let healed = reduce(&split, Action::Apply(heal));
    assert!(matches!(
        healed.scenario().faults.last(),
        Some(Fault::Partition { at: 5, until: 20, .. })
    ));
    let from_start = moment_menu(&split.run, 3, 5);
    let heal = edit(&split.run, item(&from_start, "heal")).expect("it is enabled");
    let gone = reduce(&split, Action::Apply(heal));
    assert_eq!(gone.scenario().faults, state.scenario().faults);
}

#[test]
fn node_alone_has_no_link_to_cut_and_no_side_to_part_from() {
    let state = open(BROADCAST);
    let scenario = Scenario::new(state.run.protocol.id, Scenario::numbered(1));
    let run = Outcome::of(scenario).expect("it runs");
    let menu = moment_menu(&run, 0, 0);
    assert_eq!(why(&menu, "cut"), Some("there is only one node"));
    let checked = form(&menu, "partition").checked.as_deref();
    assert_eq!(checked, Some("Each side needs a node."), "the menu says so at once");
}

#[test]
fn strategy_without_effect_is_disabled_with_the_reason() {
    let choices = |state: &State, index| {
        let menu = moment_menu(&state.run, index, 0);
        let fields = &form(&menu, "traitor").fields;
        let worldlines::app::Input::Choice(choices) = &fields[0].input else {
            panic!("{fields:?}")
        };
        let disabled = choices.iter().filter(|choice| choice.is_disabled);
        disabled.map(|choice| choice.words.clone()).collect::<Vec<_>>()
    };
    let flip = "flip: no message of this node can be forged that way".to_owned();
    assert!(choices(&open(BROADCAST), 3).contains(&flip));
    assert_eq!(choices(&open(GENERALS), 1), [""; 0]);
}

#[test]
fn traitor_has_one_strategy_and_becomes_loyal_again() {
    let state = open(GENERALS);
    let strategy = |state: &State, name: &str| {
        let form = Form::Traitor(node(1));
        reduce(state, Action::Hand(Hand::Submit(form, typed(&[name]))))
    };
    let silent = strategy(&strategy(&state, "scripted"), "silent");
    let traitors = |state: &State| {
        let faults = state.scenario().faults.iter();
        faults
            .filter_map(|fault| match *fault {
                Fault::Traitor { node: it, strategy } if it == node(1) => Some(strategy),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(traitors(&silent), [Strategy::Silent]);
    let menu = moment_menu(&silent.run, 1, 0);
    assert_eq!(item(&menu, "traitor").words, "Change strategy");
    assert_eq!(form(&menu, "traitor").fields[0].offered, "silent");
    let loyal = edit(&silent.run, item(&menu, "loyal")).expect("it is enabled");
    assert_eq!(traitors(&reduce(&silent, Action::Apply(loyal))), []);
}

#[test]
fn clock_has_one_fault_and_a_right_clock_none() {
    let state = open(GENERALS);
    let set = |state: &State, rate: &str, offset: &str| {
        let form = Form::Drift(node(0));
        reduce(state, Action::Hand(Hand::Submit(form, typed(&[rate, offset]))))
    };
    let drifts = |state: &State| {
        let faults = state.scenario().faults.iter();
        faults.filter(|fault| matches!(fault, Fault::Drift { .. })).cloned().collect::<Vec<_>>()
    };
    let wrong = set(&set(&state, "1.02", "0"), "0.99", "4");
    let drift = Fault::Drift { node: node(0), rate: PerMillion(990_000), offset: 4 };
    assert_eq!(drifts(&wrong), [drift]);
    let menu = moment_menu(&wrong.run, 0, 0);
    let offered: Vec<_> = form(&menu, "drift").fields.iter().map(|it| &*it.offered).collect();
    assert_eq!(offered, ["0.99", "4"]);
    let right = edit(&wrong.run, item(&menu, "right-clock")).expect("it is enabled");
    assert_eq!(drifts(&reduce(&wrong, Action::Apply(right))), []);
    assert_eq!(drifts(&set(&wrong, "1", "0")), [], "a right clock is no fault");
    assert_eq!(set(&state, "1", "0").scenario(), state.scenario());
    assert_eq!(
        set(&state, "1.0000001", "0").scenario(),
        state.scenario(),
        "finer than a millionth"
    );
}

#[test]
fn values_of_a_form_are_accepted_or_refused_with_the_reason() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let asked = |form: Form, values: &[&str]| form.edit(&state.run, &typed(values));
    let accepted = [
        (Form::Delay(name), &[" 30 "][..], Fault::Delay { message: name, by: 30 }),
        (Form::Corrupt(name), &[" 3, 7;0 "], Fault::Corrupt { message: name, bits: vec![3, 7, 0] }),
        (
            Form::Omit(node(1)),
            &["receive", "3", "9"],
            Fault::Omit { node: node(1), side: Side::Receive, at: 3, until: 9 },
        ),
        (
            Form::Cut(node(1)),
            &["1", "3", "9"],
            Fault::Cut { from: node(0), to: node(1), at: 3, until: 9 },
        ),
    ];
    for (form, values, fault) in accepted {
        assert_eq!(asked(form, values), Ok(Edit::AddFault(fault)));
    }
    let refused: [(Form, &[&str], &str); 9] = [
        (Form::Delay(name), &[""], "number"),
        (Form::Delay(name), &["soon"], "number"),
        (Form::Corrupt(name), &[""], "at least one"),
        (Form::Corrupt(name), &["3 3"], "twice"),
        (Form::Corrupt(name), &["70000"], "65535"),
        (Form::Corrupt(name), &["x"], "x"),
        (Form::Omit(node(1)), &["send", "9", "9"], "until"),
        (Form::Cut(node(1)), &["99", "3", "9"], "only one node"),
        (Form::Drift(node(1)), &["3", "0"], "rate"),
    ];
    for (form, values, reason) in refused {
        let said = asked(form, values).expect_err("it is wrong");
        assert!(said.contains(reason), "{form:?} {values:?}: {said}");
    }
}

#[test]
fn submitted_form_closes_the_menu_and_a_refused_one_keeps_its_values() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let shown = reduce(&state, Action::Select(Some(Selection::Message(name))));
    let form = Form::Corrupt(name);
    let refused = reduce(&shown, Action::Hand(Hand::Submit(form, typed(&["x"]))));
    assert!(refused.menu);
    let [Filled { form: its, typed: values, why }] = &refused.filled[..] else { panic!() };
    assert_eq!((*its, values), (form, &typed(&["x"])));
    assert!(why.contains("is not a bit"), "{why}");
    assert_eq!(refused.refused, None, "the reason is shown in the menu");
    let typing = reduce(&refused, Action::Hand(Hand::Fill(form, typed(&["3"]))));
    assert_eq!(typing.filled.len(), 1);
    assert_eq!(typing.filled[0].why, "");
    assert_eq!(typing.scenario(), state.scenario(), "typing changes nothing");
    let done = reduce(&typing, Action::Hand(Hand::Submit(form, typed(&["3"]))));
    assert!(!done.menu && done.selection.is_none() && done.filled.is_empty());
    assert_eq!(done.undo.len(), state.undo.len() + 1);
    assert_eq!(reduce(&typing, Action::Hand(Hand::Menu(false))).filled, []);
    assert_eq!(with(&typing, Fault::Drop { message: name }).filled, []);
}

#[test]
fn menu_of_a_long_run_closes_at_once() {
    let state = open(BROADCAST);
    let selected = reduce(&state, Action::Select(Some(Selection::Moment { node: node(0), at: 1 })));
    let mut long = Scenario::new("heartbeat-detector", Scenario::numbered(8));
    long.until = 100_000;
    let waiting = reduce(&selected, Action::Hand(Hand::Make(Edit::Replace(Box::new(long)))));
    assert!(waiting.pending.is_some());
    assert!(!waiting.menu);
    assert_eq!(waiting.scenario(), state.scenario());
}

/// Every enabled item of a menu of every protocol is a change that the scenario accepts.
#[test]
fn enabled_items_of_every_protocol_can_be_chosen() {
    for (_, protocol) in protocols::catalogue() {
        let Some(bundled) = bundled::of_protocol(protocol.id).next() else { continue };
        let run = bundled.outcome().expect("it runs");
        let message = run.trace.messages.first().map(|message| Selection::Message(message.name));
        let event = Selection::Event(run.trace.events.len() / 2);
        let moment = Selection::Moment { node: node(0), at: 3 };
        for selection in message.into_iter().chain([event, moment]) {
            let menu = Menu::of(&run, selection);
            for item in menu.items() {
                let does_nothing = matches!(item.does, Does::Nothing(_) | Does::Only(_));
                let edit = edit(&run, item);
                assert_eq!(edit.is_none(), does_nothing, "{}: {item:?}", protocol.id);
                let changed = edit.map(|edit| edit.apply(&run.scenario));
                assert!(changed.is_none_or(|it| it.is_ok()), "{}: {item:?}", protocol.id);
            }
        }
    }
}
