//! A text as a QR code (ISO/IEC 18004), made by the library `qrcodegen`.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// Number of light squares around a code, which readers need to find it.
const QUIET: i32 = 4;
/// Greatest version, and so the greatest number of squares on a side: 117, or 125 with the light ones. At three CSS
/// pixels a square this is as wide as a phone's screen.
const GREATEST: u8 = 25;

/// Greatest length of a text in a QR code, in bytes: version 25 with the least correction of errors.
pub const MOST_IN_QR: usize = 1273;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Number of squares on a side, with the light ones around.
    pub size: i32,
    /// Path of the dark squares, in SVG; a square is 1 long.
    pub path: String,
}

/// Returns the QR code of a text; none if it has more than [`MOST_IN_QR`] bytes.
#[must_use]
pub fn qr(text: &str) -> Option<Qr> {
    let segments = [QrSegment::make_bytes(text.as_bytes())];
    let (least, greatest) = (Version::new(1), Version::new(GREATEST));
    let code = QrCode::encode_segments_advanced(
        &segments,
        QrCodeEcc::Low,
        least,
        greatest,
        None,
        // More correction of errors where the code does not grow by it.
        true,
    );
    let code = code.ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size()).take_while(|&x| code.get_module(x, y)).count() as i32;
            if length > 0 {
                path += &format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += length + 1;
        }
    }
    Some(Qr { size: code.size() + 2 * QUIET, path })
}
