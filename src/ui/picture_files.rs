//! The picture as pixels, on paper, and as an animation.
//!
//! A script draws (`www/picture.js`): the program gives it the picture as SVG, and for an animation makes the file of the pixels of each
//! frame, in slices.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use yew::{platform::spawn_local, prelude::*};

use super::{
    Send,
    fields::{Number, choice, field, number, select},
    files::file_name,
    printing::PICTURES,
    work::slice,
};
use crate::{
    app::{
        Action, PICTURE_WIDTHS, PictureSize, Run, SPEEDS, Sharing, fitting_pace, speed_name, text,
    },
    export::{self, Animation, Film, SvgOptions},
    split::part,
    web::{self, Frames, Listener},
};

/// Event by which the script ends its work.
const END: &str = "worldlines-picture-end";
/// Greatest number of pixels of a frame.
const MOST_PIXELS: usize = 4_000_000;

#[derive(Clone, Properties, PartialEq)]
pub(super) struct Props {
    pub(super) run: Run,
    /// Form of the pictures.
    pub(super) options: SvgOptions,
    pub(super) sharing: Sharing,
    pub(super) send: Send,
}

/// State of the picture that is made.
#[derive(Clone, Debug, PartialEq)]
enum Made {
    Nothing,
    /// The scripts are fetched, or the picture is drawn.
    Drawing,
    /// Number of frames that are drawn, and of all.
    Frames(usize, usize),
    Saved(String),
    /// Size that is too large for the browser.
    TooLarge(String),
    /// Size that is too large for an animation.
    FilmTooLarge(String),
    NotFetched,
    Failed,
}

/// Maker of an animation: it adds to the work, which ends when that is dropped.
type Filming = fn(&Props, Making, &mut PictureWork);

part! {
    /// The animation of a run.
    filming: Filming = film;
}

/// Work in progress. Dropping it ends it: the frames would keep themselves.
#[derive(Debug)]
struct PictureWork {
    is_wanted: Rc<Cell<bool>>,
    listeners: Vec<Listener>,
    frames: Rc<RefCell<Option<Frames>>>,
}

impl PictureWork {
    fn new() -> Self {
        let is_wanted = Rc::new(Cell::new(true));
        Self { is_wanted, listeners: Vec::new(), frames: Rc::default() }
    }

    /// Returns what a task of the work says its state by: nothing once the work has ended.
    fn making(&self, made: UseStateSetter<Made>) -> Making {
        Making { is_wanted: Rc::clone(&self.is_wanted), made }
    }
}

impl Drop for PictureWork {
    fn drop(&mut self) {
        self.is_wanted.set(false);
        self.frames.take();
        self.listeners.clear();
        web::tell(END, "");
    }
}

/// State of a work, for its tasks. What they wait for may come after the reader has ended it.
#[derive(Clone)]
struct Making {
    is_wanted: Rc<Cell<bool>>,
    made: UseStateSetter<Made>,
}

impl Making {
    fn set(&self, made: Made) {
        if self.is_wanted.get() {
            self.made.set(made);
        }
    }

    /// Runs the script of pictures, and then calls.
    fn run_script(self, then: impl FnOnce() + 'static) {
        web::run_script(PICTURES, move |runs| match (self.is_wanted.get(), runs) {
            (false, _) => {}
            (true, true) => then(),
            (true, false) => self.made.set(Made::NotFetched),
        });
    }
}

/// Choices and buttons for pictures in pixels, paper and animations.
#[component]
pub(super) fn PictureFiles(props: &Props) -> Html {
    let Props { sharing, send, .. } = props;
    // Only of the view: the file that is being made, and the work on it.
    let made = use_state_eq(|| Made::Nothing);
    let work = use_mut_ref(|| None::<PictureWork>);
    let sharing = *sharing;
    let works = matches!(*made, Made::Drawing | Made::Frames(..));
    let pixels = {
        let (props, made, work) = (props.clone(), made.setter(), Rc::clone(&work));
        Callback::from(move |_: MouseEvent| {
            made.set(Made::Drawing);
            // The work before ends first: its end is one of all work.
            work.take();
            work.replace(Some(draw(&props, made.clone())));
        })
    };
    let animation = {
        let (props, made, work) = (props.clone(), made.setter(), Rc::clone(&work));
        Callback::from(move |_: MouseEvent| {
            made.set(Made::Drawing);
            let (props, work) = (props.clone(), Rc::clone(&work));
            let begun = PictureWork::new();
            let making = begun.making(made.clone());
            work.replace(Some(begun));
            spawn_local(async move {
                let fetched = filming::fetch().await;
                let film = filming::here().filter(|_| fetched.is_ok());
                match (film, &mut *work.borrow_mut()) {
                    _ if !making.is_wanted.get() => {}
                    (Some(film), Some(work)) => film(&props, making, work),
                    _ => making.set(Made::NotFetched),
                }
            });
        })
    };
    let cancel = {
        let (made, work) = (made.setter(), Rc::clone(&work));
        Callback::from(move |_: MouseEvent| {
            work.take();
            made.set(Made::Nothing);
        })
    };
    use_effect_with((), move |()| move || drop(work.take()));
    let print = Callback::from(|_: MouseEvent| web::print());
    let set = move |sharing: Sharing| Action::Share(sharing);
    let on_size = send.reform(move |value: String| {
        let size = PictureSize::ALL.into_iter().find(|it| it.value() == value);
        set(Sharing { size: size.unwrap_or(sharing.size), ..sharing })
    });
    let on_speed = send.reform(move |value: String| {
        set(Sharing { speed: value.parse().unwrap_or(sharing.speed), ..sharing })
    });
    let width = Number {
        value: sharing.width,
        min: PICTURE_WIDTHS[0],
        max: PICTURE_WIDTHS[1],
        id: Some("picture-width"),
        onchange: send.reform(move |width: u64| set(Sharing { width, ..sharing })),
        ..Number::default()
    };
    let sizes = PictureSize::ALL.into_iter().map(|it| choice(it.value(), size_words(it)));
    let sizes = select(sharing.size.value(), sizes.collect(), on_size).into();
    let speeds = SPEEDS.into_iter().map(|it| choice(it.to_string(), speed_name(it))).collect();
    let speeds = select(sharing.speed.to_string(), speeds, on_speed).into();
    html! {
        <>
            <div class="choices">
                { field(text::sharing::SIZE, text::sharing::SIZE_HELP, sizes) }
                if sharing.size == PictureSize::Wide {
                    { field(text::sharing::WIDTH, text::sharing::WIDTH_HELP, number(width)) }
                }
                <button type="button" id="save-pixels" onclick={pixels} disabled={works} title={text::sharing::PIXELS_HELP}>{ text::sharing::PIXELS }</button>
                <button type="button" id="print" onclick={print} title={text::sharing::PRINT_HELP}>{ text::sharing::PRINT }</button>
            </div>
            <div class="choices">
                { field(text::sharing::SPEED, text::sharing::SPEED_HELP, speeds) }
                <button type="button" id="save-animation" onclick={animation} disabled={works} title={text::sharing::ANIMATION_HELP}>{ text::sharing::ANIMATION }</button>
                if works {
                    <button type="button" id="cancel-animation" onclick={cancel}>{ text::sharing::CANCEL }</button>
                }
                if let Made::Frames(done, all) = *made {
                    <progress value={done.to_string()} max={all.to_string()} aria-label={text::sharing::PROGRESS} />
                }
            </div>
            <p role="status" class="hint">{ made_words(&made) }</p>
        </>
    }
}

fn size_words(size: PictureSize) -> String {
    match size {
        PictureSize::Times(times) => format!("{times}×"),
        PictureSize::Wide => text::sharing::OF_WIDTH.to_owned(),
    }
}

fn made_words(made: &Made) -> String {
    match made {
        Made::Nothing => String::new(),
        Made::Drawing | Made::Frames(..) => text::sharing::DRAWING.to_owned(),
        Made::Saved(name) => text::sharing::saved(name),
        Made::TooLarge(size) => text::sharing::too_large(size),
        Made::FilmTooLarge(size) => text::sharing::film_too_large(size, MOST_PIXELS),
        Made::NotFetched => text::parts::FAILED.to_owned(),
        Made::Failed => text::sharing::NOT_DRAWN.to_owned(),
    }
}

/// Draws the picture in pixels. The script gives the file to the browser.
fn draw(props: &Props, made: UseStateSetter<Made>) -> PictureWork {
    let Props { run, options, sharing, .. } = props;
    let name = file_name(run, "png");
    let options = SvgOptions { theme: options.theme.of_pixels(), ..options.clone() };
    let texts = export::pixel_texts(run, options.link.as_deref());
    let texts: Map<String, Value> =
        texts.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect();
    let mut wish = json!({"svg": export::svg(run, &options), "name": name, "texts": texts});
    add_size(&mut wish, *sharing);
    let mut work = PictureWork::new();
    let making = work.making(made);
    work.listeners.extend({
        let making = making.clone();
        web::on_told("worldlines-pixels-made", move |answer| {
            making.set(match answer.split_once(' ') {
                Some(("size", size)) => Made::TooLarge(sides(size)),
                _ if answer == "made" => Made::Saved(name.clone()),
                _ => Made::Failed,
            });
        })
    });
    making.run_script(move || web::tell("worldlines-pixels", &wish.to_string()));
    work
}

fn add_size(wish: &mut Value, sharing: Sharing) {
    match sharing.size {
        PictureSize::Times(times) => wish["scale"] = json!(times),
        PictureSize::Wide => wish["width"] = json!(sharing.width),
    }
}

/// Width and height that the script has told, for a reader.
fn sides(told: &str) -> String {
    told.replace(' ', " × ")
}

/// An animation that is being made.
struct Reel {
    film: Film,
    /// Number of frames that are drawn.
    drawn: usize,
    /// Width and height, in pixels.
    size: [usize; 2],
    animation: Option<Animation>,
    /// Pixels that the script has drawn.
    pixels: Vec<u8>,
}

/// Makes an animation, frame by frame, and gives it to the browser.
fn film(props: &Props, making: Making, work: &mut PictureWork) {
    let Props { run, options, sharing, .. } = props;
    let pace = fitting_pace(run) * f64::from(sharing.speed) / 100.0;
    let film = Film::of(run, options, pace);
    let mut wish = json!({
        "svg": film.svg,
        "down": film.down,
        "breadth": film.breadth,
        "message": film.colours[0],
        "accent": film.colours[1],
        "most": MOST_PIXELS,
    });
    add_size(&mut wish, *sharing);
    let comments = export::animation_comments(run, options.link.as_deref());
    let name = file_name(run, "gif");
    let reel = Reel { film, drawn: 0, size: [0; 2], animation: None, pixels: Vec::new() };
    let reel = Rc::new(RefCell::new(reel));
    let on_frame = {
        let reel = Rc::clone(&reel);
        web::on_bytes("worldlines-frame-drawn", move |pixels| reel.borrow_mut().pixels = pixels)
    };
    let on_ready = {
        let (made, frames) = (making.clone(), Rc::clone(&work.frames));
        web::on_told("worldlines-film-ready", move |answer| {
            let size = match answer.split_once(' ') {
                Some(("ready", size)) => size.split_once(' '),
                Some(("size", size)) => return made.set(Made::FilmTooLarge(sides(size))),
                _ => None,
            };
            let size =
                size.and_then(|(width, height)| Some([width.parse().ok()?, height.parse().ok()?]));
            let Some(size) = size else { return made.set(Made::Failed) };
            reel.borrow_mut().size = size;
            let (reel, made) = (Rc::clone(&reel), made.clone());
            let (comments, name, own) = (comments.clone(), name.clone(), Rc::clone(&frames));
            frames.replace(Some(Frames::start(move |_| {
                let done = slice(|| advance(&reel, &comments));
                let (drawn, all) = (reel.borrow().drawn, reel.borrow().film.shots.len());
                if !done {
                    return made.set(Made::Frames(drawn, all));
                }
                own.take();
                made.set(finish(&reel, &name));
            })));
        })
    };
    work.listeners.extend(on_frame.into_iter().chain(on_ready));
    making.run_script(move || web::tell("worldlines-film", &wish.to_string()));
}

/// Draws one frame; true if there is none, or if one could not be drawn.
fn advance(reel: &RefCell<Reel>, comments: &[String]) -> bool {
    let shot_at = |place: usize| reel.borrow().film.shots.get(place).copied();
    if reel.borrow().animation.is_none() {
        // The colours of the whole run, and of its middle with the playhead.
        let all = reel.borrow().film.shots.len();
        let samples = [all / 2, all - 1].map(|place| shot_at(place).map(|shot| pixels(reel, shot)));
        let samples = samples.map(Option::unwrap_or_default);
        let size = reel.borrow().size;
        let animation = Animation::new(size, &[&samples[0], &samples[1]], comments);
        let is_made = animation.is_ok();
        reel.borrow_mut().animation = animation.ok();
        return !is_made;
    }
    let Some(shot) = shot_at(reel.borrow().drawn) else { return true };
    let pixels = pixels(reel, shot);
    let mut reel = reel.borrow_mut();
    reel.drawn += 1;
    let added = reel.animation.as_mut().map(|it| it.add(&pixels, shot.duration));
    match added {
        Some(Ok(())) => false,
        _ => {
            reel.animation = None;
            true
        }
    }
}

/// Has a frame drawn: the script answers at once.
fn pixels(reel: &RefCell<Reel>, shot: export::Shot) -> Vec<u8> {
    let place = shot.place.map_or_else(|| "over".to_owned(), |place| place.to_string());
    web::tell("worldlines-frame", &format!("{} {place}", shot.cursor));
    std::mem::take(&mut reel.borrow_mut().pixels)
}

/// Gives the file to the browser.
fn finish(reel: &RefCell<Reel>, name: &str) -> Made {
    web::tell(END, "");
    let animation = reel.borrow_mut().animation.take();
    match animation.and_then(|it| it.finish().ok()) {
        Some(bytes) => {
            web::tell("worldlines-film-save", &format!("{name} {}", STANDARD.encode(bytes)));
            Made::Saved(name.to_owned())
        }
        None => Made::Failed,
    }
}
