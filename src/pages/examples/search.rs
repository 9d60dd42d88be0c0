//! How long the page of a search takes over many records: `search [RECORDS] [QUESTIONS]`, 100 000 and 2 000 unless said otherwise.
//!
//! Ends with an error if the 99th percentile is 50 ms or more.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code)]
mod support;

use kapia_pages::{FacadeConfig, Pages, PagesConfig};
use kapia_records::{Environment, Records, Search};
use std::time::{Duration, Instant};
use support::Draft;

const ACTIONS: [&str; 8] = [
    "Издаване на",
    "Заверка на",
    "Промяна на",
    "Прекратяване на",
    "Вписване на",
    "Продължаване на",
    "Обявяване на",
    "Преглед на",
];
const THINGS: [&str; 16] = [
    "удостоверение",
    "разрешение",
    "лиценз",
    "скица",
    "карта",
    "препис",
    "регистрация",
    "свидетелство",
    "паспорт",
    "декларация",
    "заповед",
    "становище",
    "протокол",
    "сертификат",
    "талон",
    "справка",
];
const SUBJECTS: [&str; 16] = [
    "строеж",
    "наследници",
    "търговец",
    "пчелин",
    "кораб",
    "въздушен превоз",
    "горски път",
    "лозов масив",
    "музей",
    "училище",
    "аптека",
    "мост",
    "язовир",
    "ферма",
    "пазар",
    "порта",
];
const SUPPLIERS: [&str; 3] = [support::AGENCY, support::MUNICIPALITY, support::MINISTRY];

/// Prints the percentiles; the 99th is the answer.
fn told(what: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let count = times.len();
    println!(
        "{count} {what}: median {:.1?}, 90% {:.1?}, 99% {:.1?}, longest {:.1?}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    at(0.99)
}

/// The same numbers every time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let number = |at: usize, fallback: usize| std::env::args().nth(at).map_or(fallback, |text| text.parse().unwrap());
    let (count, questions) = (number(1, 100_000), number(2, 2_000));
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let begun = Instant::now();
    for first in (0..count).step_by(1000) {
        let changes = (first..count.min(first + 1000)).map(|at| {
            let (action, thing, subject) = (numbers.of(&ACTIONS), numbers.of(&THINGS), numbers.of(&SUBJECTS));
            let draft = Draft {
                number: 1 + at as u64,
                supplier: SUPPLIERS[at % 3],
                name_bg: format!("{action} {thing} за {subject} № {at}"),
                name_en: None,
                description: format!("<p>Услугата е за всеки, който има {thing} за {}.</p>", numbers.of(&SUBJECTS))
                    .repeat(6),
                online: at.is_multiple_of(2),
                fee: Some("10.23"),
                days: 5,
                more: String::new(),
            };
            support::put(draft.supplier, draft.number, draft.content())
        });
        support::apply(&records, support::NOW, changes.collect()).await;
    }
    println!("{count} records in {:.1} s", begun.elapsed().as_secs_f64());
    let pages = Pages::new(records.clone(), PagesConfig::default(), FacadeConfig::default(), &[]).unwrap();
    let mut times: Vec<Duration> = Vec::with_capacity(questions);
    let mut of_store: Vec<Duration> = Vec::with_capacity(questions);
    for at in 0..questions {
        let (thing, subject) = (numbers.of(&THINGS), numbers.of(&SUBJECTS));
        let question = match at % 10 {
            0 => thing.to_owned(),
            1 => format!("{thing} {subject}"),
            2 => thing.chars().take(4).collect(),
            3 => (1 + numbers.below(count)).to_string(),
            // In every description and in no name; one letter; two letters; twenty words; a word of all
            // descriptions beside one of some names.
            4 => "всеки услугата".to_owned(),
            5 => "за".to_owned(),
            6 => thing.chars().take(2).collect(),
            7 => format!("{thing} {subject} ").repeat(10),
            8 => format!("всеки {thing}"),
            _ => format!("{} {thing}", numbers.of(&ACTIONS)),
        };
        let begun = Instant::now();
        let search = Search { text: question.clone(), supplier: None, page: kapia_records::Page::first(20) };
        records.search(search).await.unwrap();
        of_store.push(begun.elapsed());
        let encoded: String = question.bytes().map(|octet| format!("%{octet:02X}")).collect();
        let path = format!("/bg/services?q={encoded}");
        let begun = Instant::now();
        let page = pages.answer(support::ask(&path)).await.unwrap();
        times.push(begun.elapsed());
        assert!(page.status == 200 && support::text(&page).contains("class=\"results\""), "{question}");
    }
    told("searches in the store", &mut of_store);
    if told("pages of searches", &mut times) >= Duration::from_millis(50) {
        eprintln!("the 99th percentile is 50 ms or more");
        std::process::exit(1);
    }
}
