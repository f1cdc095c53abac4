//! The frames of an animation.

use worldlines::{
    app::{fitting_pace, interesting_end},
    export::{Film, MOST_FRAMES, SvgOptions},
};

use super::runs;

#[test]
fn film_shows_every_run_from_its_beginning_to_its_end_at_its_speed() {
    for (path, run) in runs() {
        for speed in [0.01, 1.0, 10.0] {
            let pace = fitting_pace(&run) * speed;
            let film = Film::of(&run, &SvgOptions::default(), pace);
            let shots = &film.shots;
            assert!((2..=MOST_FRAMES).contains(&shots.len()), "{path}: {} frames", shots.len());
            let rises = |pair: &[worldlines::export::Shot]| {
                pair[0].cursor <= pair[1].cursor
                    && pair[1].place.is_none_or(|place| pair[0].place.is_some_and(|it| it <= place))
            };
            assert!(shots.windows(2).all(rises), "{path}");
            let (first, last) = (&shots[0], &shots[shots.len() - 1]);
            let at_zero = run.trace.events.iter().filter(|event| event.time == 0).count();
            assert_eq!(first.cursor, at_zero, "{path}");
            let end = interesting_end(&run);
            assert_eq!((last.cursor, last.place), (run.trace.events_until(end), None), "{path}");
            let played: u64 = shots[..shots.len() - 1].iter().map(|shot| shot.duration).sum();
            let meant = end as f64 / pace * 1_000.0;
            // The frames together are rounded once.
            let far = (played as f64 - meant).abs();
            assert!(far <= 0.5, "{path}: {played} ms instead of {meant}");
            assert!(film.svg.contains("class=\"wl-diagram\""), "{path}");
            assert!(
                film.colours.iter().all(|it| it.starts_with('#')),
                "{path}: {:?}",
                film.colours
            );
        }
    }
}
