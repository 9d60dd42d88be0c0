//! Every parser under mutated input for a moment: the same targets as libFuzzer has (`fuzz/README.md`), driven by a
//! fixed seed, so that a failure comes again.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::HashSet;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};
use targets::{TARGETS, target};

/// How long each target is driven.
const MOMENT: Duration = Duration::from_secs(2);
/// At least so often, however slow the machine is.
const AT_LEAST: u64 = 150;
/// At most so many inputs are kept to go on from.
const KEPT: usize = 500;
/// The longest input.
const LONGEST: usize = 8192;
/// No input of this length may take longer, on however slow a machine.
const SLOWEST: Duration = Duration::from_secs(60);

macro_rules! driven {
    ($($function:ident $name:literal)*) => {
        $(#[test]
        fn $function() {
            drive($name);
        })*

        #[test]
        fn every_target_is_driven() {
            let driven: HashSet<&str> = [$($name),*].into();
            assert_eq!(driven, TARGETS.iter().map(|target| target.name).collect());
        }
    };
}

driven! {
    any_octets_as_xml "xml"
    any_octets_as_a_schema "schema"
    any_octets_as_a_document_with_a_schema "validation"
    any_octets_as_a_pattern "pattern"
    any_octets_as_an_envelope "envelope"
    any_octets_as_a_request "request"
    any_octets_as_a_reply "reply"
    any_octets_as_a_message_of_a_host "host"
    any_octets_as_a_token "token"
    any_octets_as_a_signed_document "signature"
    any_octets_as_a_manifest "manifest"
    any_octets_as_a_record_of_the_journal "record"
    any_octets_as_http "framing"
    any_octets_as_a_certificate "certificate"
    any_octets_as_a_name "names"
    any_octets_as_a_template "template"
    any_octets_as_an_answer_of_a_service "upstream"
    any_octets_as_a_message_of_the_portal "portal"
    any_octets_as_markup "markup"
    any_octets_as_a_document_of_generated_types "types"
    any_octets_as_a_message_of_a_generated_service "service"
    any_octets_as_a_schema_to_generate_from "codegen"
    any_octets_as_a_contract_to_generate_from "contract"
    any_octets_as_a_schema_in_a_typed_contract "face"
}

fn drive(name: &str) {
    let target = target(name);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut kept = (target.seeds)();
    let mut outcomes: HashSet<String> = kept.iter().map(|seed| (target.run)(seed)).collect();
    let began = Instant::now();
    let mut executions = 0_u64;
    while began.elapsed() < MOMENT || executions < AT_LEAST {
        let mut input = kept[random.below(kept.len())].clone();
        for _ in 0..=random.below(4) {
            mutate(&mut input, &kept, target.words, &mut random);
        }
        input.truncate(LONGEST);
        let started = Instant::now();
        let outcome = catch_unwind(|| (target.run)(&input));
        let Ok(outcome) = outcome else {
            panic!("the target {name} fails at execution {executions} on\n{}", input.escape_ascii());
        };
        assert!(started.elapsed() < SLOWEST, "{name} takes {:?} on\n{}", started.elapsed(), input.escape_ascii());
        if outcomes.insert(outcome) && kept.len() < KEPT {
            kept.push(input);
        }
        executions += 1;
    }
    println!("{name}: {executions} executions, {} outcomes", outcomes.len());
    assert!(outcomes.len() > 1, "whatever the input, the outcome is the same");
}

fn mutate(input: &mut Vec<u8>, kept: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = at + random.below((input.len() - at).min(64) + 1);
    match random.below(9) {
        0 => drop(input.drain(at..end)),
        1 if at < input.len() => input[at] ^= 1 << random.below(8),
        2 if at < input.len() => input[at] = random.below(256) as u8,
        3 => {
            let piece = input[at..end].to_vec();
            let to = random.below(input.len() + 1);
            input.splice(to..to, piece);
        }
        4 => {
            let other = &kept[random.below(kept.len())];
            let from = random.below(other.len() + 1);
            let to = from + random.below((other.len() - from).min(200) + 1);
            input.splice(at..end, other[from..to].to_vec());
        }
        5 => {
            let piece = input[at..end].repeat(2 + random.below(20));
            input.splice(at..end, piece);
        }
        6 => {
            let octet = random.below(256) as u8;
            input.insert(at, octet);
        }
        _ => {
            let word = words[random.below(words.len())].as_bytes().to_vec();
            input.splice(at..if random.below(2) == 0 { at } else { end }, word);
        }
    }
}

/// The generator of Knuth's MMIX, its upper half.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}
