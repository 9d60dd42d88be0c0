//! How fast a store of 100 000 records is searched: prints the 50th and the 99th percentile of each kind of question.
//!
//! `cargo run --release --example search -p kapia-records [-- RECORDS [QUESTIONS]]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use kapia_records::{
    Answer, Batch, Change, Content, Eik, Environment, Facts, Filter, Key, Mode, Page, Records, Search, ServiceNumber,
    Status, What,
};
use time::OffsetDateTime;

const WHAT: [&str; 16] = [
    "Издаване на удостоверение за",
    "Издаване на разрешение за",
    "Вписване в регистъра на",
    "Заличаване от регистъра на",
    "Промяна на обстоятелства относно",
    "Лицензиране на",
    "Издаване на дубликат на документ за",
    "Заверка на препис от",
    "Предоставяне на справка относно",
    "Регистрация на",
    "Категоризиране на",
    "Съгласуване на проект за",
    "Издаване на скица на",
    "Прекратяване на",
    "Определяне на данък върху",
    "Освобождаване от такса за",
];
const ABOUT: [&str; 24] = [
    "постоянен адрес",
    "настоящ адрес",
    "семейно положение",
    "недвижим имот",
    "моторно превозно средство",
    "строеж",
    "търговски обект",
    "туристически обект",
    "земеделски стопанин",
    "пчелини и животновъдни обекти",
    "битови отпадъци",
    "паркиране на хора с увреждания",
    "таксиметров превоз на пътници",
    "културни ценности",
    "водовземане от подземни води",
    "ловни билети",
    "риболов",
    "лечебно заведение",
    "аптека",
    "образователна институция",
    "трудов стаж и осигурителен доход",
    "наследници",
    "раждане",
    "сключване на граждански брак",
];
const ENGLISH: [&str; 4] = ["Certificate of", "Permit for", "Registration of", "Licensing of"];
const SUPPLIERS: u64 = 300;

/// A kind of question: its name, and the question of that number.
type Kind = (&'static str, Box<dyn Fn(u64) -> Search>);

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap());
    let (records, questions) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(2_000));
    tokio::runtime::Runtime::new().unwrap().block_on(measure(records, questions));
}

async fn measure(count: u64, questions: u64) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let began = Instant::now();
    fill(&records, count).await;
    let spent = began.elapsed();
    println!("{count} records written in {spent:.1?}, {:.0} a second", count as f64 / spent.as_secs_f64());

    let supplier = || Some(eik(17));
    let kinds: [Kind; 6] = [
        ("one word that is everywhere", Box::new(|_| question("издаване".into(), None))),
        ("the beginning of a word", Box::new(|n| question(WHAT[n as usize % 16].chars().take(3).collect(), None))),
        ("two words", Box::new(|n| question(format!("удостоверението {}", ABOUT[n as usize % 24]), None))),
        ("two words of one supplier", Box::new(move |n| question(ABOUT[n as usize % 24].into(), supplier()))),
        ("English", Box::new(|n| question(format!("{} service", ENGLISH[n as usize % 4]), None))),
        ("a number", Box::new(move |n| question((n % count + 1).to_string(), None))),
    ];
    let mut all = Vec::new();
    for (kind, ask) in &kinds {
        let (mut times, mut hits) = (Vec::new(), 0);
        for number in 0..questions / kinds.len() as u64 {
            let began = Instant::now();
            let found = records.search(ask(mixed(number))).await.unwrap();
            times.push(began.elapsed());
            hits += u64::from(found.total > 0);
        }
        assert!(hits * 2 > times.len() as u64, "{kind}: {hits} of {} questions found something", times.len());
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

async fn fill(records: &Records, count: u64) {
    let at = OffsetDateTime::now_utc();
    let numbers: Vec<u64> = (1..=count).collect();
    for part in numbers.chunks(500) {
        let changes = part.iter().map(|number| change(*number, at)).collect();
        let batch = Batch { by: "benchmark".into(), at, mode: Mode::AllOrNothing, changes, ticket: None };
        records.apply(batch, |_| Answer::default()).await.unwrap();
    }
}

fn change(number: u64, at: OffsetDateTime) -> Change {
    let (what, about) = (WHAT[mixed(number) as usize % 16], ABOUT[(mixed(number) >> 8) as usize % 24]);
    let mut facts = Facts::named(format!("{what} {about} № {number}"), at);
    facts.name_en = Some(format!("{} service {number}", ENGLISH[number as usize % 4]));
    facts.description_bg = format!("{what} {about}. Услугата се предоставя от общината по реда на закона. ").repeat(8);
    facts.section = Some("Услуги, предоставяни от общински администрации".into());
    let octets = Bytes::from(format!("<ServiceRecord>{number}{}</ServiceRecord>", facts.description_bg));
    let key = Key::new(eik(number % SUPPLIERS), ServiceNumber::new(number).unwrap());
    Change { key, expected: None, why: None, what: What::Put(Content { octets, facts, status: Status::Published }) }
}

fn eik(number: u64) -> Eik {
    Eik::parse(&format!("{:09}", 100_000_000 + number)).unwrap()
}

fn question(text: String, supplier: Option<Eik>) -> Search {
    Search { text, supplier, page: Page::first(20) }
}

/// A number that looks like chance and is the same every time.
fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20
}

fn told(kind: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!("{kind:<30} p50 {:>9.1?}  p99 {:>9.1?}  most {:>9.1?}", at(0.50), at(0.99), at(1.0));
}
