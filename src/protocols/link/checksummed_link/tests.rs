use super::{codes::*, *};
use crate::{
    kernel::{Fault, MessageName, PerMillion, Scenario, run},
    protocols::testing::{deliveries, group, node, send, sends},
};

fn bits(text: &str) -> Vec<bool> {
    text.bytes().map(|it| it == b'1').collect()
}

fn flip(bits: &mut [bool], place: usize) {
    bits[place] = !bits[place];
}

fn frame() -> Vec<bool> {
    encode(&Content::Data { seq: 1, payload: Value::Number(100) })
}

/// Runs one message, the number 100 as text, under this code while these bits of its first copy flip.
fn with(code: &str, flipped: &[u32]) -> Scenario {
    let mut scenario = group(&PROTOCOL, 2);
    scenario.params.insert("code".to_owned(), code.into());
    scenario.requests = vec![send(0, 1, 2, "100")];
    let message = MessageName { from: node(1), to: node(2), number: 1 };
    scenario.faults = vec![Fault::Corrupt { message, bits: flipped.to_vec() }];
    scenario
}

/// Catalogue of parametrised CRC algorithms: CRC-16/KERMIT, with V.41's polynomial, has the check value 2189 (hexadecimal)
/// for the digits 1 to 9.
#[test]
fn crc_of_the_nine_digits_is_the_published_check_value() {
    assert_eq!(crc(&bits_of(b"123456789")), 0x2189);
}

/// The usual textbook example of Hamming's code: 1011 becomes 0110011, and a flip of the fifth bit fails the checks 1 and 4.
#[test]
fn hamming_word_of_1011_is_0110011() {
    assert_eq!(hamming(&bits("1011")).to_vec(), bits("0110011"));
    assert_eq!(syndrome(&bits("0110011")), 0);
    assert_eq!(syndrome(&bits("0110111")), 5);
}

/// Hamming 1950: any two of the 16 words differ in at least three positions.
#[test]
fn hamming_code_has_distance_three() {
    let word = |it: u8| hamming(&[0, 1, 2, 3].map(|place| it >> place & 1 == 1));
    let distance = |one: u8, other: u8| {
        word(one).iter().zip(word(other)).filter(|(one, other)| *one != other).count()
    };
    let pairs = (0..16).flat_map(|one| (0..one).map(move |other| distance(one, other)));
    assert_eq!(pairs.min(), Some(3));
}

#[test]
fn code_without_flips_gives_the_data_back() {
    for code in [Code::None, Code::Parity, Code::Crc, Code::Hamming] {
        assert_eq!(code.check(code.protect(frame())), Checked::Valid(frame()), "{code:?}");
    }
    let contents = [
        Content::Data { seq: 70_000, payload: "ä lamp".into() },
        Content::Data { seq: 1, payload: Value::Number(i64::MIN) },
        Content::Ack(3),
    ];
    for content in contents {
        assert_eq!(decode(&encode(&content)), Some(content));
    }
}

#[test]
fn hamming_corrects_each_single_flip() {
    let sent = Code::Hamming.protect(frame());
    for place in 0..sent.len() {
        let mut received = sent.clone();
        flip(&mut received, place);
        assert_eq!(Code::Hamming.check(received), Checked::Corrected(frame()), "bit {place}");
    }
}

#[test]
fn crc_detects_all_flips_of_up_to_three_bits() {
    let sent = Code::Crc.protect(frame());
    for one in 0..sent.len() {
        for two in one..sent.len() {
            for three in two..sent.len() {
                // Equal places flip once, or three times: one, two or three bits flip in all.
                let mut received = sent.clone();
                [one, two, three].into_iter().for_each(|place| flip(&mut received, place));
                if received != sent {
                    assert_eq!(Code::Crc.check(received), Checked::Wrong, "{one} {two} {three}");
                }
            }
        }
    }
}

/// An error pattern that is the polynomial itself leaves no remainder: the limit of three is exact.
#[test]
fn crc_misses_the_four_flips_of_its_own_polynomial() {
    let mut received = Code::Crc.protect(frame());
    [0, 4, 11, 16].into_iter().for_each(|place| flip(&mut received, place));
    assert!(matches!(Code::Crc.check(received), Checked::Valid(data) if data != frame()));
}

#[test]
fn parity_detects_odd_numbers_of_flips_alone() {
    let mut received = Code::Parity.protect(frame());
    for flips in 1..=6 {
        flip(&mut received, 2 * flips);
        let detected = Code::Parity.check(received.clone()) == Checked::Wrong;
        assert_eq!(detected, flips % 2 == 1, "{flips} flips");
    }
}

#[test]
fn checksummed_link_detected_error_costs_a_timeout_and_a_corrected_one_nothing() {
    assert_eq!(deliveries(&PROTOCOL, &with("none", &[0])), ["10 P2 000"]);
    assert_eq!(deliveries(&PROTOCOL, &with("parity", &[0])), ["70 P2 100"]);
    assert_eq!(deliveries(&PROTOCOL, &with("crc", &[0])), ["70 P2 100"]);
    assert_eq!(deliveries(&PROTOCOL, &with("hamming", &[0])), ["10 P2 100"]);
    assert_eq!(sends(&PROTOCOL, &with("crc", &[0])).len(), 3);
    assert_eq!(sends(&PROTOCOL, &with("hamming", &[0])).len(), 2);
}

#[test]
fn checksummed_link_two_flips_pass_parity_and_mislead_hamming() {
    assert_eq!(deliveries(&PROTOCOL, &with("parity", &[0, 1])), ["10 P2 200"]);
    assert_eq!(deliveries(&PROTOCOL, &with("crc", &[0, 1])), ["70 P2 100"]);
    assert_eq!(deliveries(&PROTOCOL, &with("hamming", &[0, 1])), ["10 P2 000"]);
    assert_eq!(deliveries(&PROTOCOL, &with("hamming", &[0, 7])), ["10 P2 100"], "two words");
}

#[test]
fn checksummed_link_on_a_noisy_network_delivers_what_was_sent() {
    for code in ["parity", "crc", "hamming"] {
        let mut scenario = with(code, &[5]);
        scenario.network.corrupt = PerMillion(500_000);
        scenario.until = 100_000;
        for seed in 0..30 {
            scenario.seed = seed;
            assert!(run(&PROTOCOL, &scenario).expect("a valid request").quiescent);
            let delivered = deliveries(&PROTOCOL, &scenario);
            assert!(!delivered.is_empty(), "{code}, seed {seed}");
            assert!(delivered.iter().all(|it| it.ends_with(" P2 100")), "{code}, seed {seed}");
        }
    }
}
