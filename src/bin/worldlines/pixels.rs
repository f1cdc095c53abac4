//! `run --png`: a run as a picture of pixels.

use std::{
    fs,
    io::{self, Write as _},
    sync::Arc,
};

use png::{BitDepth, ColorType, Encoder, EncodingError, Filter};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};
use skrifa::{FontRef, MetadataProvider as _};
use worldlines::{
    export::{SvgOptions, pixel_texts, svg},
    runs::Outcome,
};

use super::{input::named, picture::PictureArgs};

/// The fonts of pictures (`static/fonts/README.md`): the same on every machine.
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../static/fonts/DejaVuSans.ttf"),
    include_bytes!("../../../static/fonts/DejaVuSans-Bold.ttf"),
];
/// Sign in place of a character that no font has.
const BOX: char = '□';
/// Largest number of pixels: a picture of this size takes 400 MB while it is drawn.
const MOST: u64 = 100_000_000;

/// Returns a run as the bytes of a PNG, with its title, licence and link in text chunks.
pub(crate) fn png(arguments: &PictureArgs, run: &Outcome) -> Result<Vec<u8>, String> {
    let mut options = arguments.options(run);
    options.theme = options.theme.of_pixels();
    let mut fonts: Vec<Vec<u8>> = FONTS.map(<[u8]>::to_vec).into();
    for path in &arguments.font {
        fonts.push(font(path)?);
    }
    let picture = drawable(&svg(run, &options), &fonts);
    let pixels = draw(&picture, fonts, arguments.scale())?;
    encode(pixels, run, &options).map_err(|why| format!("--png: {why}"))
}

/// Returns a picture of SVG as the bytes of a PNG, a pixel for each of its units.
pub(crate) fn of_svg(picture: &str) -> Result<Vec<u8>, String> {
    let fonts: Vec<Vec<u8>> = FONTS.map(<[u8]>::to_vec).into();
    let map = draw(&drawable(picture, &fonts), fonts, 1.0)?;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, map.width(), map.height());
    // A trial of all filters takes longer than the rest and makes a picture of even areas larger.
    encoder.set_filter(Filter::NoFilter);
    write(encoder, &map).map_err(|why| why.to_string())?;
    Ok(bytes)
}

/// Reads a font of the author's own.
fn font(path: &str) -> Result<Vec<u8>, String> {
    let name = named(path);
    let bytes = fs::read(path).map_err(|why| format!("--font: {name}: {why}"))?;
    let is_font = FontRef::from_index(&bytes, 0).is_ok();
    let bytes = is_font.then_some(bytes);
    bytes.ok_or_else(|| {
        format!("--font: {name}: found no font, expected TrueType, OpenType or a collection")
    })
}

/// Returns a picture with a box in place of each character that no font has, and says so on standard error.
fn drawable(picture: &str, fonts: &[Vec<u8>]) -> String {
    let fonts: Vec<_> = fonts.iter().filter_map(|font| FontRef::from_index(font, 0).ok()).collect();
    let has = |character: char| fonts.iter().any(|font| font.charmap().map(character).is_some());
    let (_, shown) = picture.split_once("</style>").unwrap_or_default();
    let mut missing: Vec<char> = shown.chars().filter(|it| !it.is_ascii()).collect();
    missing.sort_unstable();
    missing.dedup();
    missing.retain(|character| !has(*character));
    if missing.is_empty() {
        return picture.to_owned();
    }
    // With standard error closed there is no place to say it.
    let _ = writeln!(
        io::stderr(),
        "worldlines: --png: the font has no {}: {BOX} stands in its place. --font FILE names a font that has it",
        missing.iter().map(char::to_string).collect::<Vec<_>>().join(" ")
    );
    picture.chars().map(|it| if missing.contains(&it) { BOX } else { it }).collect()
}

/// Draws a picture, so many times as large.
fn draw(picture: &str, fonts: Vec<Vec<u8>>, scale: f32) -> Result<Pixmap, String> {
    let mut database = Database::new();
    fonts.into_iter().for_each(|font| database.load_font_data(font));
    let options = Options { fontdb: Arc::new(database), ..Options::default() };
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
    for (key, text) in pixel_texts(run, options.link.as_deref()) {
        encoder.add_itxt_chunk(key.to_owned(), text)?;
    }
    write(encoder, &map)?;
    Ok(bytes)
}

/// Writes the pixels. The paper covers all of the picture: no pixel is transparent.
fn write(mut encoder: Encoder<'_, &mut Vec<u8>>, map: &Pixmap) -> Result<(), EncodingError> {
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let colours: Vec<u8> =
        map.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The icon of which the page's other icons are made.
    const ICON: &str = include_str!("../../../static/icon.svg");

    /// Returns the icon as the bytes of a PNG of this width, without its paper where that is transparent.
    fn icon(svg: &str, width: u16) -> Vec<u8> {
        let tree = Tree::from_str(svg, &Options::default()).expect("the icon can be read");
        let scale = f32::from(width) / tree.size().width();
        let mut map = Pixmap::new(width.into(), width.into()).expect("it is small");
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut map.as_mut());
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, width.into(), width.into());
        encoder.set_color(ColorType::Rgba);
        let pixels = map.pixels().iter().map(|pixel| pixel.demultiply());
        let colours: Vec<u8> =
            pixels.flat_map(|it| [it.red(), it.green(), it.blue(), it.alpha()]).collect();
        let mut writer = encoder.write_header().expect("bytes can be written");
        writer.write_image_data(&colours).expect("bytes can be written");
        writer.finish().expect("bytes can be written");
        bytes
    }

    #[test]
    fn icons_of_pixels_show_the_icon() {
        // The system cuts these to a shape of its own: paper up to the edge, and nothing of the sign near it.
        let paper = ICON.replace("viewBox=\"0 0 32 32\"", "viewBox=\"-4 -4 40 40\"").replace(
            "<rect width=\"32\" height=\"32\" rx=\"7\"",
            "<rect x=\"-4\" y=\"-4\" width=\"40\" height=\"40\"",
        );
        assert_eq!(paper.matches("-4").count(), 4, "{paper}");
        let icons = [
            ("icon-180.png", &*paper, 180),
            ("icon-192.png", ICON, 192),
            ("icon-512.png", ICON, 512),
            ("icon-maskable.png", &*paper, 512),
        ];
        for (name, svg, width) in icons {
            let file = format!("{}/static/{name}", env!("CARGO_MANIFEST_DIR"));
            let drawn = icon(svg, width);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&file, &drawn).expect("it can be written");
            }
            let there = fs::read(&file).unwrap_or_default();
            assert!(there == drawn, "{name} shows another icon: run the test with UPDATE_GOLDEN=1");
        }
    }
}
