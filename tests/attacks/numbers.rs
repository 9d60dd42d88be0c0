//! Values and schemas that make engines count, compare and go back: here they cost what their length costs.

use super::fields::{HOSTILE, ask};
use std::time::{Duration, Instant};

/// Much longer than any of these takes, much shorter than what goes back and forth takes.
const PATIENCE: Duration = Duration::from_secs(30);

#[track_caller]
fn assert_judged(more: &str, code: Option<&str>) {
    let began = Instant::now();
    let read = HOSTILE.call(&ask("plain", more));
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    let shown: String = more.chars().take(40).collect();
    assert_eq!(read.kapia_code(), code, "{shown}");
    assert_eq!(read.http.status, if code.is_some() { 500 } else { 200 }, "{shown}");
    if code.is_some() {
        assert!(read.http.body.len() < 20_000, "what was sent is not repeated: {shown}");
    }
}

const INVALID: Option<&str> = Some("argument-invalid");

#[test]
fn numbers_of_a_million_digits_are_judged_in_proportion_to_their_length() {
    let digits = "7".repeat(1_000_000);
    assert_judged(&format!("<Free>{digits}.{digits}</Free>"), None);
    assert_judged(&format!("<Amount>{digits}</Amount>"), INVALID);
    assert_judged(&format!("<Amount>0.{digits}</Amount>"), INVALID);
    assert_judged(&format!("<Amount>{}1</Amount>", "0".repeat(1_000_000)), None);
    assert_judged(&format!("<Whole>{digits}</Whole>"), INVALID);
    assert_judged(&format!("<Whole>{}1</Whole>", "0".repeat(1_000_000)), None);
    assert_judged(&format!("<Free>{digits}x</Free>"), INVALID);
}

#[test]
fn a_real_a_moment_and_a_duration_of_a_million_digits_are_judged_too() {
    let digits = "7".repeat(1_000_000);
    assert_judged(&format!("<Real>{digits}e{digits}</Real>"), None);
    assert_judged(&format!("<Real>{digits}e{digits}x</Real>"), INVALID);
    assert_judged(&format!("<When>2020-01-01T00:00:00.{digits}</When>"), None);
    assert_judged(&format!("<When>{digits}-13-01T00:00:00</When>"), INVALID);
    // Beyond what a duration of ours can count.
    assert_judged(&format!("<Span>P{digits}YT{digits}S</Span>"), INVALID);
    assert_judged(&format!("<Span>P{digits}</Span>"), INVALID);
}

#[test]
fn patterns_that_make_others_go_back_are_matched_in_one_pass() {
    assert_judged(&format!("<Code>{}b</Code>", "a".repeat(1_000_000)), None);
    assert_judged(&format!("<Code>{}</Code>", "a".repeat(1_000_000)), INVALID);
    assert_judged(&format!("<Code>{}c</Code>", "a".repeat(1_000_000)), INVALID);
    assert_judged(&format!("<Mail>{}</Mail>", "a".repeat(200_000)), INVALID);
    assert_judged(&format!("<Mail>{}@example.bg</Mail>", "a".repeat(200_000)), None);
    assert_judged(&format!("<Words>{}!</Words>", "дума ".repeat(4_000)), INVALID);
}

#[test]
fn repetitions_without_end_are_counted_and_not_unrolled() {
    assert_judged(&"<A/><B/>".repeat(20_000), None);
    assert_judged(&"<A/>".repeat(40_000), INVALID);
    assert_judged(&format!("{}<C/>", "<B/>".repeat(40_000)), INVALID);
}

#[test]
fn a_flood_of_violations_is_told_in_part() {
    assert_judged(&"<Amount>x</Amount>".repeat(50_000), INVALID);
    let read = HOSTILE.call(&ask("plain", &"<Amount>x</Amount>".repeat(50_000)));
    let places = read.fault().problem.unwrap().places.len();
    assert!((2..=100).contains(&places), "{places}");
}
