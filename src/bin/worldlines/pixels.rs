//! `run --png`: a run as a picture of pixels.

use std::sync::Arc;

use png::{BitDepth, ColorType, Encoder, EncodingError};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};
use worldlines::{
    export::{LICENCE, SvgOptions, Theme, svg},
    runs::Outcome,
};

use super::picture::PictureArgs;

/// The fonts of pictures (`static/fonts/README.md`): the same on every machine.
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../static/fonts/DejaVuSans.ttf"),
    include_bytes!("../../../static/fonts/DejaVuSans-Bold.ttf"),
];
/// Largest number of pixels: a picture of this size takes 400 MB while it is drawn.
const MOST: u64 = 100_000_000;

/// Returns a run as the bytes of a PNG, with its title, licence and link in text chunks.
pub(crate) fn png(arguments: &PictureArgs, run: &Outcome) -> Result<Vec<u8>, String> {
    let mut options = arguments.options(run);
    if options.theme == Theme::Auto {
        // Pixels cannot follow a reader.
        options.theme = Theme::Light;
    }
    let pixels = draw(&svg(run, &options), arguments.scale())?;
    encode(pixels, run, &options).map_err(|why| format!("--png: {why}"))
}

/// Draws a picture, so many times as large.
fn draw(picture: &str, scale: f32) -> Result<Pixmap, String> {
    let mut fonts = Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(picture, &options).map_err(|why| format!("--png: {why}"))?;
    let size = tree.size();
    let pixels = |length: f32| (f64::from(length) * f64::from(scale)).floor().max(1.0) as u64;
    let (width, height) = (pixels(size.width()), pixels(size.height()));
    let too_large = || {
        format!(
            "--scale: found a picture of {width} by {height} pixels, expected at most {MOST} pixels: a smaller --scale \
             or --width"
        )
    };
    if width.saturating_mul(height) > MOST {
        return Err(too_large());
    }
    let [wide, high] = [width, height].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    let mut map = Pixmap::new(wide, high).ok_or_else(too_large)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut map.as_mut());
    Ok(map)
}

fn encode(map: Pixmap, run: &Outcome, options: &SvgOptions) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, map.width(), map.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let mut say = |key: &str, text: String| encoder.add_itxt_chunk(key.to_owned(), text);
    say("Title", worldlines::export::heading(run))?;
    say("Software", "Worldlines".to_owned())?;
    say("Copyright", LICENCE.to_owned())?;
    if let Some(link) = &options.link {
        say("Source", link.clone())?;
    }
    // The paper covers all of it: no pixel is transparent.
    let colours: Vec<u8> =
        map.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(bytes)
}
