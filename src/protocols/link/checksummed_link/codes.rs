//! Frames as bits, and the codes that protect them. The bits of a byte are sent from the least significant one.

use super::{Code, Content};
use crate::{abstractions::Value, kernel::has_reserved};

/// The polynomial x^16 + x^12 + x^5 + 1 of ITU-T V.41, without its first term, in the order in which bits are sent.
const POLYNOMIAL: u16 = 0x8408;

/// Kinds of content, the last byte of a frame's data.
const TEXT: u8 = 0;
const NUMBER: u8 = 1;
const ACK: u8 = 2;

/// Result of the test of a frame: the data without redundant bits, unless they are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    Valid(Vec<bool>),
    Corrected(Vec<bool>),
    Wrong,
}

impl Code {
    /// Returns the data with redundant bits.
    pub(super) fn protect(self, mut data: Vec<bool>) -> Vec<bool> {
        match self {
            Self::None => {}
            Self::Parity => data.push(is_odd(&data)),
            Self::Crc => data.extend(bits_of(&crc(&data).to_le_bytes())),
            Self::Hamming => data = data.chunks(4).flat_map(hamming).collect(),
        }
        data
    }

    /// Tests the redundant bits, and corrects what they can correct.
    pub(super) fn check(self, mut bits: Vec<bool>) -> Checked {
        let fits = match self {
            Self::None => true,
            Self::Parity => !is_odd(&bits) && bits.pop().is_some(),
            Self::Crc => {
                let sum = bits.split_off(bits.len() - 16);
                sum == bits_of(&crc(&bits).to_le_bytes())
            }
            Self::Hamming => return correct(bits),
        };
        if fits { Checked::Valid(bits) } else { Checked::Wrong }
    }
}

fn is_odd(bits: &[bool]) -> bool {
    bits.iter().filter(|bit| **bit).count() % 2 == 1
}

/// Remainder of the division by the polynomial.
pub(super) fn crc(bits: &[bool]) -> u16 {
    bits.iter().fold(0, |rest: u16, bit| {
        let subtracts = (rest & 1 == 1) != *bit;
        rest >> 1 ^ if subtracts { POLYNOMIAL } else { 0 }
    })
}

/// Word of 7 bits for 4 bits. Check 1, 2 or 4 stands at that position, counted from 1, and makes the number of ones even
/// among the positions whose number contains it.
pub(super) fn hamming(data: &[bool]) -> [bool; 7] {
    let [a, b, c, d] = [0, 1, 2, 3].map(|place| data[place]);
    [a ^ b ^ d, a ^ c ^ d, a, b ^ c ^ d, b, c, d]
}

/// Sum of the checks that fail: the position of a single flipped bit, counted from 1; 0 if none fails.
pub(super) fn syndrome(word: &[bool]) -> usize {
    (1..=7).filter(|position| word[position - 1]).fold(0, |sum, position| sum ^ position)
}

/// Corrects one bit in each word.
fn correct(mut bits: Vec<bool>) -> Checked {
    let mut corrected = false;
    let mut data = Vec::with_capacity(bits.len() / 7 * 4);
    for word in bits.chunks_mut(7) {
        let wrong = syndrome(word);
        if wrong > 0 {
            word[wrong - 1] = !word[wrong - 1];
            corrected = true;
        }
        data.extend([2, 4, 5, 6].map(|place| word[place]));
    }
    if corrected { Checked::Corrected(data) } else { Checked::Valid(data) }
}

pub(super) fn bits_of(bytes: &[u8]) -> Vec<bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |place| byte >> place & 1 == 1)).collect()
}

/// Data of a frame: the payload as text, the number in 32 bits, and the kind.
pub(super) fn encode(content: &Content) -> Vec<bool> {
    let (text, seq, kind) = match content {
        Content::Data { seq, payload: Value::Text(text) } => (text.to_string(), *seq, TEXT),
        Content::Data { seq, payload: Value::Number(it) } => (it.to_string(), *seq, NUMBER),
        Content::Ack(seq) => (String::new(), *seq, ACK),
    };
    let mut bytes = text.into_bytes();
    bytes.extend(seq.to_le_bytes());
    bytes.push(kind);
    bits_of(&bytes)
}

/// Content of a frame's data; none if it is of no kind.
pub(super) fn decode(bits: &[bool]) -> Option<Content> {
    let byte =
        |bits: &[bool]| bits.iter().rev().fold(0, |byte: u8, bit| byte << 1 | u8::from(*bit));
    let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    let (rest, kind) = bytes.split_at(bytes.len().checked_sub(1)?);
    let (text, seq) = rest.split_at(rest.len().checked_sub(4)?);
    let seq = u32::from_le_bytes(seq.try_into().ok()?);
    let text = String::from_utf8_lossy(text);
    let payload = match *kind.first()? {
        TEXT => legible(&text).as_str().into(),
        NUMBER => text.parse().map_or_else(|_| legible(&text).as_str().into(), Value::Number),
        ACK => return Some(Content::Ack(seq)),
        _ => return None,
    };
    Some(Content::Data { seq, payload })
}

/// The text with a mark for every character that cannot be shown.
fn legible(text: &str) -> String {
    let shown = |it: char| !it.is_control() && !has_reserved(it.encode_utf8(&mut [0; 4]));
    text.chars().map(|it| if shown(it) { it } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The flipped bits in words.
pub(super) fn said(flipped: &[u32]) -> String {
    let numbers: Vec<_> = flipped.iter().map(u32::to_string).collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!(" (bit {one} flipped)"),
        several => format!(" (bits {} flipped)", several.join(", ")),
    }
}
