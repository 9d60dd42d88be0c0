//! How fast a store of 100 000 records is searched: prints the 50th and the 99th percentile of each kind of question.
//!
//! `cargo run --release --example search -p kapia-records [-- RECORDS [QUESTIONS]]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use invented::{ABOUT, ENGLISH, Kind, SUPPLIERS, WHAT, eik, mixed};
use kapia_records::{Eik, Environment, Filter, Page, Records, Search, Status};

#[allow(dead_code)] // the tests use all of it
#[path = "../tests/many/invented.rs"]
mod invented;

/// A description of half a page, and everything is public.
const KIND: Kind = Kind { sentences: 8, drafts: false };

/// A kind of question: its name, whether it finds something, and the question of that number.
type Question = (&'static str, bool, Box<dyn Fn(u64) -> Search>);

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap());
    let (records, questions) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(2_000));
    tokio::runtime::Runtime::new().unwrap().block_on(measure(records, questions));
}

async fn measure(count: u64, questions: u64) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let began = Instant::now();
    KIND.fill(&records, count).await;
    let spent = began.elapsed();
    println!("{count} records written in {spent:.1?}, {:.0} a second", count as f64 / spent.as_secs_f64());

    let supplier = || Some(eik(17));
    let kinds: [Question; 14] = [
        ("one word that is everywhere", true, Box::new(|_| question("издаване".into(), None))),
        (
            "the beginning of a word",
            true,
            Box::new(|n| question(WHAT[n as usize % 16].chars().take(3).collect(), None)),
        ),
        ("two words", true, Box::new(|n| question(format!("удостоверението {}", ABOUT[n as usize % 24]), None))),
        ("two words of one supplier", true, Box::new(move |n| question(ABOUT[n as usize % 24].into(), supplier()))),
        ("English", true, Box::new(|n| question(format!("{} service", ENGLISH[n as usize % 4]), None))),
        ("a number", true, Box::new(move |n| question((n % count + 1).to_string(), None))),
        ("everywhere, but in no name", true, Box::new(|_| question("закона".into(), None))),
        ("everywhere, together in no name", true, Box::new(|_| question("закона общината".into(), None))),
        ("one letter", true, Box::new(|_| question("и".into(), None))),
        ("two letters", true, Box::new(|n| question(ABOUT[n as usize % 24].chars().take(2).collect(), None))),
        ("twenty words", true, Box::new(|n| question(format!("{} ", ABOUT[n as usize % 24]).repeat(10), None))),
        ("words that do not meet", false, Box::new(|_| question("издаване заличаване прекратяване".into(), None))),
        ("both alphabets", true, Box::new(|n| question(format!("permit {}", ABOUT[n as usize % 24]), None))),
        ("nothing", false, Box::new(|_| question(" .,- ".into(), None))),
    ];
    let mut all = Vec::new();
    for (kind, finds, ask) in &kinds {
        let (mut times, mut hits) = (Vec::new(), 0);
        for number in 0..questions / kinds.len() as u64 {
            let began = Instant::now();
            let found = records.search(ask(mixed(number))).await.unwrap();
            times.push(began.elapsed());
            hits += u64::from(found.total > 0);
        }
        let found = hits * 2 > times.len() as u64;
        assert_eq!(found, *finds, "{kind}: {hits} of {} questions found something", times.len());
        told(kind, &mut times);
        all.append(&mut times);
    }
    told("all searches", &mut all);

    let mut lists = Vec::new();
    for number in 0..200 {
        let filter =
            Filter { supplier: Some(eik(number % SUPPLIERS)), statuses: vec![Status::Published], ..Filter::default() };
        let began = Instant::now();
        records.list(filter, Page { number: 1, size: 50 }).await.unwrap();
        lists.push(began.elapsed());
    }
    told("a page of a supplier", &mut lists);
}

fn question(text: String, supplier: Option<Eik>) -> Search {
    Search { text, supplier, page: Page::first(20) }
}

fn told(kind: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!("{kind:<32} p50 {:>9.1?}  p99 {:>9.1?}  most {:>9.1?}", at(0.50), at(0.99), at(1.0));
}
