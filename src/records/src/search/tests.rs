use proptest::prelude::*;
use time::OffsetDateTime;

use super::*;
use crate::change::{Answer, Batch, Change, Content, Mode, What};
use crate::names::ServiceNumber;
use crate::status::{Environment, Status};

struct Store {
    _folder: tempfile::TempDir,
    records: Records,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    Store { _folder: folder, records }
}

impl Store {
    async fn put(&self, supplier: &str, number: u64, status: Status, fill: impl FnOnce(&mut Facts)) {
        let mut facts = Facts::named("Услуга", OffsetDateTime::UNIX_EPOCH);
        fill(&mut facts);
        let octets = serde_json::to_vec(&facts).unwrap().into();
        let key = Key::new(Eik::parse(supplier).unwrap(), ServiceNumber::new(number).unwrap());
        let what = What::Put(Content { octets, facts, status });
        let changes = vec![Change { key, expected: None, why: None, what }];
        let batch =
            Batch { by: "test".into(), at: OffsetDateTime::now_utc(), mode: Mode::AllOrNothing, changes, ticket: None };
        self.records
            .apply(batch, |applied| {
                assert!(applied.iter().all(Result::is_ok), "{applied:?}");
                Answer::default()
            })
            .await
            .unwrap();
    }

    async fn numbers(&self, text: &str) -> Vec<u64> {
        self.found(text, None).await.items.iter().map(|found| found.key.service.get()).collect()
    }

    async fn found(&self, text: &str, supplier: Option<&str>) -> Found {
        let supplier = supplier.map(|eik| Eik::parse(eik).unwrap());
        self.records.search(Search { text: text.into(), supplier, page: Page::first(20) }).await.unwrap()
    }
}

const ONE: &str = "123456786";
const TWO: &str = "000000017";

#[tokio::test]
async fn case_forms_and_beginnings_of_words_are_found_in_both_languages() {
    let store = store();
    store
        .put(ONE, 2001, Status::Published, |facts| {
            facts.name_bg = "Издаване на удостоверение за постоянен адрес".into();
            facts.name_en = Some("Certificate of permanent address".into());
            facts.description_bg = "Издава се от общината.".into();
        })
        .await;
    let asked =
        ["УДОСТОВЕРЕНИЯТА", "издаването постоянен", "адреси", "удост", "certificates", "PERM addr", "община", "2001"];
    for asked in asked {
        assert_eq!(store.numbers(asked).await, [2001], "{asked}");
    }
    for asked in ["", " .!", "удостоверение за нещо", "строеж"] {
        assert!(store.numbers(asked).await.is_empty(), "{asked}");
    }
}

#[tokio::test]
async fn a_name_is_a_better_hit_than_a_description_and_a_whole_word_than_a_part() {
    let store = store();
    store.put(ONE, 1, Status::Published, |facts| facts.description_bg = "паркиране".into()).await;
    store
        .put(ONE, 2, Status::Published, |facts| facts.name_bg = "Зона за паркирането на хора с увреждания".into())
        .await;
    store.put(ONE, 3, Status::Published, |facts| facts.name_bg = "Паркиране".into()).await;
    assert_eq!(store.numbers("паркиране").await, [3, 2, 1]);
}

#[tokio::test]
async fn only_what_the_public_sees_is_found() {
    let store = store();
    store.put(ONE, 1, Status::Draft, |facts| facts.name_bg = "Разрешение".into()).await;
    assert!(store.numbers("разрешение").await.is_empty());
    store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "Разрешение за строеж".into()).await;
    assert_eq!(store.numbers("разрешение").await, [1]);
    store.put(ONE, 1, Status::Draft, |facts| facts.name_bg = "Позволение за строеж".into()).await;
    assert_eq!(store.numbers("разрешение").await, [1], "the draft hides nothing");
    assert!(store.numbers("позволение").await.is_empty(), "and shows nothing");
    store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "Позволение за строеж!".into()).await;
    assert!(store.numbers("разрешение").await.is_empty());
    assert_eq!(store.numbers("позволение").await, [1]);
}

#[tokio::test]
async fn a_supplier_is_searched_alone_and_pages_do_not_overlap() {
    let store = store();
    for number in 1..=30 {
        let supplier = if number % 3 == 0 { TWO } else { ONE };
        store.put(supplier, number, Status::Published, |facts| facts.name_bg = format!("Справка {number}")).await;
    }
    assert_eq!(store.found("справка", Some(TWO)).await.total, 10);
    let first = store.found("справка", None).await;
    assert_eq!((first.items.len(), first.total, first.capped, first.more), (20, 30, false, true));
    let page = Page { number: 2, size: 20 };
    let second = store.records.search(Search { text: "справка".into(), supplier: None, page }).await.unwrap();
    assert_eq!((second.items.len(), second.more), (10, false));
    assert!(second.items.iter().all(|summary| !first.items.contains(summary)));
}

/// A store in which words occur everywhere, often, seldom, only in names or only in descriptions; and what was put there, in order.
async fn large() -> (Store, Vec<(Key, Facts)>) {
    let store = store();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let words = vocabulary();
    let suppliers: Vec<Eik> =
        (0..20).map(|number| Eik::parse(&format!("{:09}", 100_000_000 + number)).unwrap()).collect();
    let mut all = Vec::new();
    for number in 1..=3000u64 {
        let mut text = |least: usize, most: usize| -> String {
            let count = least + numbers.below(most - least);
            // Two dice: the first words of the list come often, the last ones seldom.
            let words: Vec<&str> = (0..count)
                .map(|_| words[numbers.below(words.len()).min(numbers.below(words.len()))].as_str())
                .collect();
            words.join(" ")
        };
        let mut facts = Facts::named(format!("{} № {number}", text(2, 7)), OffsetDateTime::UNIX_EPOCH);
        facts.name_en = number.is_multiple_of(3).then(|| format!("Certificate {}", text(1, 3)));
        facts.short_name_bg = number.is_multiple_of(5).then(|| text(1, 3));
        facts.short_name_en = number.is_multiple_of(7).then(|| "Shorty".to_owned());
        facts.description_bg = format!("{} По реда на ЗАКОНА и X-2000.", text(5, 30));
        facts.keywords = vec![text(1, 3)];
        facts.section = Some("Общински услуги".to_owned());
        let supplier = suppliers[numbers.below(suppliers.len())].clone();
        all.push((Key::new(supplier, ServiceNumber::new(number).unwrap()), facts));
    }
    for part in all.chunks(500) {
        let change = |(key, facts): &(Key, Facts)| {
            let octets = key.to_string().into_bytes().into();
            let what = What::Put(Content { octets, facts: facts.clone(), status: Status::Published });
            Change { key: key.clone(), expected: None, why: None, what }
        };
        let (at, changes) = (OffsetDateTime::now_utc(), part.iter().map(change).collect());
        let batch = Batch { by: "test".into(), at, mode: Mode::AllOrNothing, changes, ticket: None };
        store.records.apply(batch, |_| Answer::default()).await.unwrap();
    }
    (store, all)
}

/// Words that have forms, beginnings in common, letters of both alphabets.
fn vocabulary() -> Vec<String> {
    let stems = [
        "издаван",
        "удостоверен",
        "разрешен",
        "лиценз",
        "регистър",
        "адрес",
        "строеж",
        "паркиран",
        "общин",
        "имот",
        "данък",
        "скиц",
        "превоз",
        "музе",
        "аптек",
        "мост",
        "порт",
        "карт",
        "препис",
        "школ",
    ];
    let endings = ["ие", "ието", "ия", "иране", "ен", "а", "ът", ""];
    let mut words: Vec<String> =
        endings.iter().flat_map(|ending| stems.iter().map(move |stem| format!("{stem}{ending}"))).collect();
    words.extend(
        ["и", "с", "permit", "permits", "permission", "company", "ABв", "ёлка", "мой", "я", "7", "42", "4242"]
            .map(str::to_owned),
    );
    words.extend((0..60).map(|number| format!("административ{number}")));
    words
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
}

/// The rule, carried out by looking at every record: what must be found, in which order, and whether there was more.
struct Rule(Vec<(Key, Vec<String>, Vec<String>)>);

impl Rule {
    fn of(all: &[(Key, Facts)]) -> Rule {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let of_one = |(key, facts): &(Key, Facts)| {
            let indexed = Indexed::of(key, facts);
            (key.clone(), words(&indexed.name), words(&indexed.other))
        };
        Rule(all.iter().map(of_one).collect())
    }

    fn finds(&self, all: &[(Key, Facts)], question: &str, supplier: Option<&Eik>) -> (Vec<Key>, bool) {
        let terms = words::terms(question);
        if terms.is_empty() {
            return (Vec::new(), false);
        }
        let is = |term: &String, word: &String| match term.chars().count() {
            1 => word == term,
            _ => word.starts_with(words::stem(term)),
        };
        let of_supplier = |key: &Key| supplier.is_none_or(|supplier| key.supplier == *supplier);
        let in_name: Vec<usize> = (0..self.0.len())
            .filter(|at| of_supplier(&self.0[*at].0))
            .filter(|at| terms.iter().all(|term| self.0[*at].1.iter().any(|word| is(term, word))))
            .collect();
        let anywhere = (0..self.0.len()).filter(|at| of_supplier(&self.0[*at].0)).filter(|at| {
            terms.iter().all(|term| self.0[*at].1.iter().chain(&self.0[*at].2).any(|word| is(term, word)))
        });
        let mut found: Vec<usize> = in_name.iter().copied().take(250).collect();
        let mut capped = in_name.len() > 250;
        if !capped {
            let anywhere: Vec<usize> = anywhere.collect();
            capped = anywhere.len() > 250;
            found.extend(anywhere.into_iter().take(250).filter(|at| !in_name.contains(at)));
        }
        let mut found: Vec<_> =
            found.into_iter().map(|at| (Reverse(self.score(all, at, &terms)), self.0[at].0.clone())).collect();
        found.sort();
        (found.into_iter().map(|(_, key)| key).collect(), capped)
    }

    fn score(&self, all: &[(Key, Facts)], at: usize, terms: &[String]) -> (u32, Reverse<usize>) {
        let (key, facts) = &all[at];
        let mut name = String::new();
        for part in [Some(&facts.name_bg), facts.name_en.as_ref(), facts.short_name_bg.as_ref()].into_iter().flatten() {
            words::folded(part, &mut name);
        }
        let of_term = |term: &String| {
            let of_word = |(place, word): (usize, &str)| {
                let first = u32::from(place == 0);
                if !word.starts_with(words::stem(term)) {
                    0
                } else if word == term {
                    8 + first
                } else if words::stem(word) == words::stem(term) {
                    6 + first
                } else if word.starts_with(term.as_str()) {
                    4 + first
                } else {
                    2
                }
            };
            if *term == key.service.to_string() {
                16
            } else {
                name.split(' ').enumerate().map(of_word).max().unwrap_or(0)
            }
        };
        (terms.iter().map(of_term).sum(), Reverse(name.len()))
    }
}

#[tokio::test]
async fn in_a_large_store_the_same_is_found_in_the_same_order_as_by_looking_at_every_record() {
    let (store, all) = large().await;
    let (rule, words) = (Rule::of(&all), vocabulary());
    let mut numbers = Numbers(7);
    let mut questions: Vec<String> = [
        "",
        " .,-",
        "и",
        "с",
        "я",
        "7",
        "ab",
        "ABВ",
        "x",
        "за",
        "закона",
        "закон",
        "общински",
        "certificate",
        "cert",
        "shorty",
        "на реда",
        "издаване",
        "издаването закона",
        "административ",
        "административ7",
        "административен",
        "4242",
        "42",
        "2000",
        "1500",
        "ёлка",
        "мои\u{306}",
        "ракета",
        "издаване ракета",
        "\"издаване\" OR (строеж)",
        "permit permission",
        "издаване и закона на общината по реда",
        "№ 12",
    ]
    .map(str::to_owned)
    .into();
    questions.push(words[..20].join(" "));
    questions.push("дума ".repeat(200));
    for _ in 0..60 {
        let count = 1 + numbers.below(3);
        let part = |numbers: &mut Numbers| {
            let word = &words[numbers.below(words.len())];
            let letters = if numbers.below(2) == 0 { word.chars().count() } else { 1 + numbers.below(9) };
            word.chars().take(letters).collect::<String>()
        };
        questions.push((0..count).map(|_| part(&mut numbers)).collect::<Vec<_>>().join(" "));
    }
    let (mut hits, mut caps) = (0, 0);
    for question in &questions {
        let supplier = (numbers.below(4) == 0).then(|| all[numbers.below(all.len())].0.supplier.clone());
        let (expected, capped) = rule.finds(&all, question, supplier.as_ref());
        let mut found = Vec::new();
        for number in 1.. {
            let search =
                Search { text: question.clone(), supplier: supplier.clone(), page: Page { number, size: 200 } };
            let page = store.records.search(search).await.unwrap();
            assert_eq!((page.total, page.capped), (expected.len() as u64, capped), "{question:?} {supplier:?}");
            found.extend(page.items.into_iter().map(|summary| summary.key));
            if !page.more {
                break;
            }
        }
        assert_eq!(found, expected, "{question:?} {supplier:?}");
        hits += usize::from(!expected.is_empty());
        caps += usize::from(capped);
    }
    assert!(
        hits > questions.len() / 2 && caps > 10 && caps < hits,
        "{hits} of {} found something, {caps} too much",
        questions.len()
    );
}

#[tokio::test]
async fn a_store_of_before_is_searched_as_one_of_today() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let store = Store { records: Records::open(&path, Environment::Production).unwrap(), _folder: folder };
    store
        .put(ONE, 2001, Status::Published, |facts| {
            facts.name_bg = "Издаване на удостоверение за мои\u{306} за\u{301}мък".into();
            facts.short_name_en = Some("Castle".into());
            facts.description_bg = "По реда на закона.".into();
        })
        .await;
    store.put(ONE, 2002, Status::Draft, |facts| facts.name_bg = "Удостоверение".into()).await;
    let Store { records, _folder } = store;
    drop(records);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("drop table names; drop table spellings; drop index outbox_record").unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    let store = Store { records: Records::open(&path, Environment::Production).unwrap(), _folder };
    for asked in ["удостоверението", "мой", "замък", "castle", "закона", "2001", "издаване закона"]
    {
        assert_eq!(store.numbers(asked).await, [2001], "{asked}");
    }
    store.put(ONE, 2001, Status::Published, |facts| facts.name_bg = "Разрешение".into()).await;
    assert!(store.numbers("замък").await.is_empty());
    assert_eq!(store.numbers("разрешението").await, [2001]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_a_wrong_question(text in "\\PC{0,40}", other in "[\"*(){}:^+~\u{300}\u{301}\u{306}а-я AND OR NOT NEAR-]{0,30}") {
        static STORE: std::sync::OnceLock<(tokio::runtime::Runtime, Store)> = std::sync::OnceLock::new();
        let (runtime, store) = STORE.get_or_init(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let store = store();
            runtime.block_on(store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "а б в NOT near".into()));
            (runtime, store)
        });
        for text in [&text, &other] {
            runtime.block_on(store.found(text, None));
        }
    }
}
