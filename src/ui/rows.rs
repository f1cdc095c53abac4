//! A long table of which only the rows in sight are in the document.

use std::rc::Rc;

use yew::prelude::*;

use crate::web::{self, Style};

/// Number of rows that are kept in the document above and below those in sight: for readers with a
/// screen reader, and so that nothing flickers.
const BEYOND: usize = 24;
/// The same where a row has many cells.
const BEYOND_WIDE: usize = 6;
/// Number of columns from which a table is wide.
const WIDE: usize = 5;
/// Largest number of rows in sight.
const IN_SIGHT: usize = 14;
/// Rows come and go by so many at a time.
const STEP: usize = 8;
/// Height of a row until it is measured, in CSS pixels.
const HEIGHT: f64 = 36.0;

/// Draws the cells of a row. The second tells what makes a cell's button a stop of the keyboard.
pub(super) type DrawRow = Rc<dyn Fn(usize, &Stops) -> Html>;

/// Class of a row.
pub(super) type ClassOfRow = Rc<dyn Fn(usize) -> Classes>;

/// The button of a row that the Tab key reaches; the arrow keys go on from there.
pub(super) struct Stops {
    table: &'static str,
    row: usize,
    stop: Option<usize>,
}

impl Stops {
    /// The id of the button in a column.
    pub(super) fn id(&self, column: usize) -> String {
        format!("{}-{}-{column}", self.table, self.row)
    }

    /// Its `tabindex`.
    pub(super) fn tab(&self, column: usize) -> &'static str {
        if self.stop == Some(column) { "0" } else { "-1" }
    }
}

#[derive(Clone, Properties)]
pub(super) struct Props {
    /// Its name among those on the page.
    pub(super) id: &'static str,
    /// Label of the table.
    pub(super) label: String,
    /// Headings of the columns.
    pub(super) heads: Vec<String>,
    /// Number of columns with buttons.
    pub(super) stops: usize,
    /// Number of rows.
    pub(super) count: usize,
    /// The row that is brought into sight whenever it is another one.
    pub(super) shown: Option<usize>,
    /// By row: what its class is, and what is in it.
    pub(super) class: ClassOfRow,
    pub(super) draw: DrawRow,
}

impl PartialEq for Props {
    /// The content of the rows changes with almost everything.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// A long table of which only the rows in sight are in the document.
#[component]
pub(super) fn Rows(props: &Props) -> Html {
    let Props { id, count, stops, shown, .. } = *props;
    let (list, ruler) = (use_node_ref(), use_node_ref());
    let height = use_height(&ruler);
    // Only of the view: the scroll position, and the place of the keyboard in the table.
    let first = use_state_eq(|| 0_usize);
    let spot = use_state_eq(|| (0_usize, 0_usize));
    let by_key = use_mut_ref(|| false);
    let (row, column) = (spot.0.min(count.saturating_sub(1)), spot.1.min(stops.saturating_sub(1)));
    let reveal = {
        let list = list.clone();
        move |row: usize| {
            if let Some(list) = list.cast() {
                web::keep_row_in_view(&list, row as f64 * height, height);
            }
        }
    };
    use_effect_with((shown, count, height as i64), {
        let reveal = reveal.clone();
        move |&(shown, ..)| shown.into_iter().for_each(reveal)
    });
    use_effect_with(*spot, {
        let by_key = by_key.clone();
        move |&(row, column)| {
            if by_key.replace(false) {
                reveal(row);
                web::focus_by_id(&format!("{id}-{row}-{column}"));
            }
        }
    });
    let onscroll = {
        let (list, first) = (list.clone(), first.clone());
        Callback::from(move |_: Event| {
            let Some(list) = list.cast() else { return };
            first.set((web::viewport(&list).top / height) as usize / STEP * STEP);
        })
    };
    let onkeydown = {
        let spot = spot.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(next) = moved(&event.key(), (row, column), (count, stops)) else { return };
            event.prevent_default();
            // The page's own keys mean something else.
            event.stop_propagation();
            *by_key.borrow_mut() = true;
            spot.set(next);
        })
    };
    let onfocusin = {
        let spot = spot.clone();
        Callback::from(move |event: FocusEvent| {
            let of_target = web::id_of(&event);
            let mut parts = of_target.rsplit('-').map(str::parse::<usize>);
            if let (Some(Ok(column)), Some(Ok(row))) = (parts.next(), parts.next()) {
                spot.set((row, column));
            }
        })
    };
    let beyond = if stops < WIDE { BEYOND } else { BEYOND_WIDE };
    let in_sight = first.saturating_sub(beyond)..(*first + IN_SIGHT + STEP + beyond).min(count);
    // A stop of the Tab key is never far from what is seen, and what has the focus never goes.
    let apart = (count > 0 && !in_sight.contains(&row)).then_some(row);
    let drawn = apart.filter(|row| *row < in_sight.start).into_iter();
    let drawn = drawn.chain(in_sight.clone()).chain(apart.filter(|row| *row >= in_sight.end));
    let whole = Style::from(format!("height:{}px", (count as f64 * height) as i64));
    html! {
        <div class="rows" role="table" aria-label={props.label.clone()} ref={list}
            aria-rowcount={(count + 1).to_string()} aria-colcount={props.heads.len().to_string()}
            {onscroll} {onkeydown} {onfocusin}>
            <div class="row-height" ref={ruler} aria-hidden="true"></div>
            <div class="head" role="row" aria-rowindex="1">
                { for props.heads.iter().map(|head| html! { <span role="columnheader">{ head }</span> }) }
            </div>
            <div class="all" role="rowgroup" data-style={whole.attribute()} ~style={whole.property()}>
                { for drawn.map(|index| {
                    let stop = (index == row).then_some(column);
                    let stops = Stops { table: id, row: index, stop };
                    let top = Style::from(format!("top:{}px", (index as f64 * height) as i64));
                    html! {
                        <div key={index} role="row" class={(props.class)(index)} aria-rowindex={(index + 2).to_string()}
                            data-style={top.attribute()} ~style={top.property()}>
                            { (props.draw)(index, &stops) }
                        </div>
                    }
                }) }
            </div>
        </div>
    }
}

/// Cell that a key leads to, in a table of this size.
fn moved(
    key: &str,
    (row, column): (usize, usize),
    (rows, columns): (usize, usize),
) -> Option<(usize, usize)> {
    let last = rows.checked_sub(1)?;
    Some(match key {
        "ArrowDown" => ((row + 1).min(last), column),
        "ArrowUp" => (row.saturating_sub(1), column),
        "PageDown" => ((row + 10).min(last), column),
        "PageUp" => (row.saturating_sub(10), column),
        "Home" => (0, column),
        "End" => (last, column),
        "ArrowRight" if columns > 1 => (row, (column + 1).min(columns - 1)),
        "ArrowLeft" if columns > 1 => (row, column.saturating_sub(1)),
        _ => return None,
    })
}

/// Height of a row. The style sheet decides it, and gives more room to narrow screens and fingers.
#[hook]
fn use_height(ruler: &NodeRef) -> f64 {
    // Only of the view: measured in the document.
    let height = use_state_eq(|| HEIGHT);
    use_effect_with((), {
        let (height, ruler) = (height.clone(), ruler.clone());
        move |()| {
            let watch = ruler.cast().and_then(|element| {
                let ruler = ruler.clone();
                web::on_resize(&element, move || {
                    if let Some(element) = ruler.cast() {
                        height.set(web::size_of(&element).1.max(24.0).round());
                    }
                })
            });
            move || drop(watch)
        }
    });
    *height
}
