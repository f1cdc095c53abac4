//! Frames of pixels as an animated GIF.

use gif::{AnyExtension, Encoder, EncodingError, Extension, Frame, Repeat};

/// Number of colours of an animation. A further one is none: there a pixel stays as it was.
const COLOURS: usize = 255;
/// The colour that is none.
const CLEAR: u8 = 255;
/// Unit of a frame's duration, in real ms.
const UNIT: i64 = 10;
/// Least duration of a frame, in units: programs show a shorter one for longer.
const LEAST: i64 = 2;
/// Bytes of a pixel: red, green, blue, opacity.
const PIXEL: usize = 4;
/// Number of colours whose places in the palette are kept.
const SLOTS: usize = 4_093;
/// Number of pixels that are compared together: most are as in the frame before.
const BLOCK: usize = 16;

/// An animated GIF, frame by frame. Each frame has only what changes.
pub struct Animation {
    encoder: Encoder<Vec<u8>>,
    size: [u16; 2],
    palette: Vec<[u8; 3]>,
    /// Colours that were looked up lately, with their places in the palette: each has one slot.
    known: Vec<Option<([u8; 3], u8)>>,
    /// Real ms by which the frames so far are too short, negative if they are too long: the next one makes up for them.
    owed: i64,
    /// Pixels of the frame before, and their colours.
    before: Vec<u8>,
    shown: Vec<u8>,
}

impl std::fmt::Debug for Animation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Animation({} by {})", self.size[0], self.size[1])
    }
}

impl Animation {
    /// Begins an animation of this width and height in pixels. Its colours are the most frequent ones of `samples`: frames of it, in
    /// red, green, blue and opacity. `comments` stand in the file.
    ///
    /// # Errors
    /// If a side has more than 65 535 pixels.
    pub fn new(
        size: [usize; 2],
        samples: &[&[u8]],
        comments: &[String],
    ) -> Result<Self, EncodingError> {
        let [width, height] = size.map(|side| u16::try_from(side).unwrap_or(0));
        if width == 0 || height == 0 {
            return Err(gif::EncodingFormatError::InvalidMinCodeSize.into());
        }
        let palette = palette(samples);
        let mut bytes = palette.concat();
        bytes.resize(3 * (COLOURS + 1), 0);
        let mut encoder = Encoder::new(Vec::new(), width, height, &bytes)?;
        encoder.set_repeat(Repeat::Infinite)?;
        for comment in comments {
            let kind = AnyExtension(Extension::Comment as u8);
            encoder.write_raw_extension(kind, &[comment.as_bytes()])?;
        }
        let size = [width, height];
        let (before, shown) = Default::default();
        let known = vec![None; SLOTS];
        Ok(Self { encoder, size, palette, known, owed: 0, before, shown })
    }

    /// Adds a frame that is shown for so many real ms. The file has whole hundredths of a second: what a frame lacks, a later
    /// one gets.
    ///
    /// # Errors
    /// Those of the encoder.
    pub fn add(&mut self, pixels: &[u8], duration: u64) -> Result<(), EncodingError> {
        let is_first = self.shown.is_empty();
        let wide = usize::from(self.size[0]);
        let mut shown = std::mem::take(&mut self.shown);
        let mut changed: Option<[usize; 4]> = None;
        let all = wide * usize::from(self.size[1]);
        shown.resize(all, CLEAR);
        let mut next = vec![CLEAR; all];
        for (block, new) in pixels.chunks(BLOCK * PIXEL).enumerate() {
            let from = block * BLOCK * PIXEL;
            if !is_first && self.before.get(from..from + new.len()) == Some(new) {
                continue;
            }
            let pixels = new.chunks_exact(PIXEL).enumerate();
            for (place, pixel) in pixels.map(|(place, pixel)| (block * BLOCK + place, pixel)) {
                let colour = self.colour([pixel[0], pixel[1], pixel[2]]);
                if place >= all || colour == shown[place] {
                    continue;
                }
                (shown[place], next[place]) = (colour, colour);
                let (x, y) = (place % wide, place / wide);
                let [left, top, right, bottom] = changed.unwrap_or([x, y, x, y]);
                changed = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
            }
        }
        // A frame has one pixel at least.
        let [left, top, right, bottom] = changed.unwrap_or_default();
        let rows = next.chunks_exact(wide).skip(top).take(bottom - top + 1);
        let buffer: Vec<u8> = rows.flat_map(|row| &row[left..=right]).copied().collect();
        let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        self.owed = self.owed.saturating_add_unsigned(duration);
        let delay = u16::try_from((self.owed / UNIT).max(LEAST)).unwrap_or(u16::MAX);
        self.owed -= i64::from(delay) * UNIT;
        self.encoder.write_frame(&Frame {
            delay,
            transparent: Some(CLEAR),
            left: short(left),
            top: short(top),
            width: short(right - left + 1),
            height: short(bottom - top + 1),
            buffer: buffer.into(),
            ..Frame::default()
        })?;
        self.shown = shown;
        self.before.clear();
        self.before.extend_from_slice(pixels);
        Ok(())
    }

    /// Returns the bytes of the file.
    ///
    /// # Errors
    /// Those of the encoder.
    pub fn finish(self) -> Result<Vec<u8>, EncodingError> {
        self.encoder.into_inner()
    }

    /// Place of a colour in the palette: of the nearest one, if it is not there.
    fn colour(&mut self, colour: [u8; 3]) -> u8 {
        let [red, green, blue] = colour.map(usize::from);
        let slot = (red << 16 | green << 8 | blue) % SLOTS;
        if let Some((_, place)) = self.known[slot].filter(|(known, _)| *known == colour) {
            return place;
        }
        let far = |other: &[u8; 3]| -> u32 {
            let parts = colour.iter().zip(other);
            parts.map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
        };
        let near = self.palette.iter().enumerate().min_by_key(|(_, other)| far(other));
        let place = near.map_or(0, |(place, _)| u8::try_from(place).unwrap_or(CLEAR));
        self.known[slot] = Some((colour, place));
        place
    }
}

/// Returns the most frequent colours, the most frequent first.
fn palette(samples: &[&[u8]]) -> Vec<[u8; 3]> {
    // Neighbours of one colour are counted together: the paper has most pixels.
    let mut runs: Vec<([u8; 3], usize)> = Vec::new();
    for pixel in samples.iter().flat_map(|sample| sample.chunks_exact(PIXEL)) {
        let colour = [pixel[0], pixel[1], pixel[2]];
        match runs.last_mut() {
            Some((last, count)) if *last == colour => *count += 1,
            _ => runs.push((colour, 1)),
        }
    }
    runs.sort_unstable();
    let same = runs.chunk_by(|(one, _), (other, _)| one == other);
    let mut counts: Vec<(usize, [u8; 3])> =
        same.map(|same| (same.iter().map(|(_, count)| count).sum(), same[0].0)).collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    counts.truncate(COLOURS);
    counts.into_iter().map(|(_, colour)| colour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [usize; 2] = [7, 5];

    /// A frame of one colour with a dot of another.
    fn frame(paper: [u8; 3], dot: [u8; 3], place: usize) -> Vec<u8> {
        let mut pixels = vec![paper; SIZE[0] * SIZE[1]];
        pixels[place] = dot;
        pixels.into_iter().flat_map(|[red, green, blue]| [red, green, blue, 255]).collect()
    }

    /// Size of the frames, their pixels as a program shows them, durations in hundredths of a second.
    fn read(bytes: &[u8]) -> Vec<([u16; 4], Vec<[u8; 3]>, u16)> {
        let mut decoder = gif::DecodeOptions::new().read_info(bytes).expect("a GIF");
        let palette = decoder.global_palette().expect("a palette").to_vec();
        let mut shown = vec![[0; 3]; SIZE[0] * SIZE[1]];
        let mut frames = Vec::new();
        while let Some(frame) = decoder.read_next_frame().expect("a frame") {
            let wide = usize::from(frame.width);
            for (place, colour) in frame.buffer.iter().enumerate() {
                let (x, y) = (place % wide, place / wide);
                let at = (y + usize::from(frame.top)) * SIZE[0] + x + usize::from(frame.left);
                if frame.transparent != Some(*colour) {
                    let from = usize::from(*colour) * 3;
                    shown[at].copy_from_slice(&palette[from..from + 3]);
                }
            }
            let box_of = [frame.left, frame.top, frame.width, frame.height];
            frames.push((box_of, shown.clone(), frame.delay));
        }
        frames
    }

    fn colours(pixels: &[u8]) -> Vec<[u8; 3]> {
        pixels.chunks_exact(PIXEL).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
    }

    #[test]
    fn frames_are_read_back_as_they_were_and_hold_only_what_changes() {
        let frames = [
            frame([255, 255, 255], [0, 80, 155], 9),
            frame([255, 255, 255], [0, 80, 155], 9),
            frame([255, 255, 255], [200, 30, 0], 23),
        ];
        let samples: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let comment = "A run of Worldlines. ".repeat(30);
        let mut animation =
            Animation::new(SIZE, &samples, std::slice::from_ref(&comment)).expect("a GIF");
        for (pixels, duration) in frames.iter().zip([100, 1, 2_000]) {
            animation.add(pixels, duration).expect("a frame");
        }
        let bytes = animation.finish().expect("a GIF");
        let read = read(&bytes);
        let boxes: Vec<_> = read.iter().map(|(place, ..)| *place).collect();
        assert_eq!(boxes, [[0, 0, 7, 5], [0, 0, 1, 1], [2, 1, 1, 3]]);
        for ((_, shown, _), pixels) in read.iter().zip(&frames) {
            assert_eq!(*shown, colours(pixels));
        }
        assert_eq!(read.iter().map(|(.., delay)| *delay).collect::<Vec<_>>(), [10, 2, 198]);
        let begin: Vec<u8> = [&[0x21, 0xFE, 255], &comment.as_bytes()[..255], &[255]].concat();
        assert!(bytes.windows(begin.len()).any(|it| it == begin), "the comment stands in it");
    }

    #[test]
    fn frames_together_last_as_long_as_they_were_meant_to() {
        let paper = frame([255, 255, 255], [0, 80, 155], 9);
        for durations in [[49_u64; 120], std::array::from_fn(|place| 1 + (place as u64 * 37) % 95)]
        {
            let mut animation = Animation::new(SIZE, &[&paper], &[]).expect("a GIF");
            for duration in durations {
                animation.add(&paper, duration).expect("a frame");
            }
            let read = read(&animation.finish().expect("a GIF"));
            let shown: i64 = read.iter().map(|(.., delay)| i64::from(*delay) * UNIT).sum();
            let meant = durations.iter().sum::<u64>() as i64;
            assert!((shown - meant).abs() <= UNIT, "{shown} ms instead of {meant}");
        }
    }

    #[test]
    fn more_colours_than_a_palette_has_become_the_nearest_ones() {
        let many: Vec<u8> = (0..35_u8).flat_map(|it| [it * 7, it, 255 - it, 255]).collect();
        let usual: Vec<u8> =
            (0..300_u16).flat_map(|it| [(it % 256) as u8, (it / 2) as u8, 9, 255]).collect();
        let kept = palette(&[&usual]);
        assert_eq!(kept.len(), COLOURS);
        let mut animation = Animation::new(SIZE, &[&usual], &[]).expect("a GIF");
        animation.add(&many, 100).expect("a frame");
        let read = read(&animation.finish().expect("a GIF"));
        for (shown, meant) in read[0].1.iter().zip(colours(&many)) {
            let far = |other: &[u8; 3]| -> u32 {
                meant.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
            };
            let least = kept.iter().map(far).min();
            assert_eq!(Some(far(shown)), least, "{shown:?} for {meant:?}");
        }
    }

    #[test]
    fn animation_without_pixels_or_with_too_many_is_refused() {
        assert!(Animation::new([0, 5], &[], &[]).is_err());
        assert!(Animation::new([70_000, 5], &[], &[]).is_err());
    }
}
