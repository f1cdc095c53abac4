//! A text as a QR code (ISO/IEC 18004), made by the library `qrcode`.

use qrcode::{Color, EcLevel, QrCode};

/// Number of light squares around a code, which readers need to find it.
const QUIET: usize = 4;

/// Greatest length of a text in a QR code, in bytes: version 25 with the least correction of errors. It has 117 squares on a
/// side, or 125 with the light ones: at three CSS pixels a square this is as wide as a phone's screen.
pub const MOST_IN_QR: usize = 1273;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Number of squares on a side, with the light ones around.
    pub size: usize,
    /// Path of the dark squares, in SVG; a square is 1 long.
    pub path: String,
}

/// Returns the QR code of a text; none if it has more than [`MOST_IN_QR`] bytes.
#[must_use]
pub fn qr(text: &str) -> Option<Qr> {
    if text.len() > MOST_IN_QR {
        return None;
    }
    let least = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let version = least.version();
    // As much correction of errors as fits a code of the same size.
    let better = [EcLevel::H, EcLevel::Q, EcLevel::M];
    let better =
        better.into_iter().find_map(|level| QrCode::with_version(text, version, level).ok());
    let code = better.unwrap_or(least);
    let width = code.width();
    let is_dark = |x: usize, y: usize| code[(x, y)] == Color::Dark;
    let mut path = String::new();
    for y in 0..width {
        let mut x = 0;
        while x < width {
            let length = (x..width).take_while(|&x| is_dark(x, y)).count();
            if length > 0 {
                path += &format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += length + 1;
        }
    }
    Some(Qr { size: width + 2 * QUIET, path })
}
