//! What has to hold of a store however many records there are. Nothing of it is timed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use kapia_records::{
    Answer, Batch, Change, Content, Environment, Filter, Found, Key, Mode, Page, Records, Search, Since, Status,
    Summary, What,
};
use time::OffsetDateTime;

use crate::invented::{DRAFTS, Kind, RARE, SUPPLIERS, WHAT, eik, key, mixed, rare, what};

/// How many records of the kind `RARE` a search ranks, so that it tells how many there are.
const RANKED: u64 = 250;
const KIND: Kind = Kind { sentences: 1, drafts: true };
/// What the process may grow by while records are written (the page cache of the store is 64 MiB of it) and read.
const WRITING_KIB: u64 = 220 * 1024;
const READING_KIB: u64 = 160 * 1024;

/// Writes so many records and holds every claim against them.
pub async fn hold(count: u64) {
    assert!(count.is_multiple_of(RARE) && count / RARE <= RANKED, "the claims count in thousands");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = Records::open(&path, Environment::Production).unwrap();

    let (began, memory) = (Instant::now(), Memory::now());
    KIND.fill(&records, count).await;
    told(&format!("{count} records are written"), began, &memory, WRITING_KIB);

    let (began, memory) = (Instant::now(), Memory::now());
    they_are_counted(&records, count).await;
    every_page_of_a_list_follows_the_one_before(&records, count).await;
    lists_of_a_supplier_and_a_status_are_complete(&records, count).await;
    told("lists", began, &memory, READING_KIB);

    let (began, memory) = (Instant::now(), Memory::now());
    the_right_ones_are_found(&records, count).await;
    a_wide_question_is_answered_and_says_that_it_was_too_wide(&records, count).await;
    told("searches", began, &memory, READING_KIB);

    let (began, memory) = (Instant::now(), Memory::now());
    changes_are_in_the_history_and_in_the_feed(&records, count).await;
    told("history and feed", began, &memory, READING_KIB);
    drop(records);
    everything_is_there_after_opening_again(&path, count).await;
}

async fn they_are_counted(records: &Records, count: u64) {
    let counts = records.counts().await.unwrap();
    let of = |status| counts.records.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
    assert_eq!((of(Status::Published), of(Status::Draft)), (count - count / DRAFTS, count / DRAFTS));
    let public = records.published_counts().await.unwrap();
    assert_eq!((public.len() as u64, public.values().sum::<u64>()), (SUPPLIERS, count - count / DRAFTS));
    assert_eq!(records.last_sequence().await.unwrap(), count);
}

async fn every_page_of_a_list_follows_the_one_before(records: &Records, count: u64) {
    let (mut last, mut seen): (Option<Key>, u64) = (None, 0);
    for number in 1.. {
        let page = records.list(Filter::default(), Page { number, size: 200 }).await.unwrap();
        assert_eq!(page.total, count);
        for Summary { key, .. } in page.items {
            assert!(last.as_ref().is_none_or(|last| *last < key), "{last:?} and {key}");
            last = Some(key);
            seen += 1;
        }
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, count);
    let beyond = records.list(Filter::default(), Page { number: u32::MAX, size: 200 }).await.unwrap();
    assert_eq!((beyond.items.len(), beyond.total, beyond.more), (0, count, false));
}

async fn lists_of_a_supplier_and_a_status_are_complete(records: &Records, count: u64) {
    for supplier in [0, 17, SUPPLIERS - 1] {
        let expected: BTreeSet<u64> = (1..=count).filter(|number| number % SUPPLIERS == supplier).collect();
        let drafts: BTreeSet<u64> = expected.iter().copied().filter(|number| !KIND.is_public(*number)).collect();
        let public: BTreeSet<u64> = expected.difference(&drafts).copied().collect();
        for (statuses, expected) in
            [(vec![], &expected), (vec![Status::Draft], &drafts), (vec![Status::Published], &public)]
        {
            let mut found = BTreeSet::new();
            for number in 1.. {
                let filter = Filter { supplier: Some(eik(supplier)), statuses: statuses.clone(), ..Filter::default() };
                let page = records.list(filter, Page { number, size: 100 }).await.unwrap();
                assert_eq!(page.total, expected.len() as u64);
                found.extend(page.items.iter().map(|item| item.key.service.get()));
                if !page.more {
                    break;
                }
            }
            assert_eq!(found, *expected);
        }
        let shown = records.list_published(Some(eik(supplier)), Page::first(200)).await.unwrap();
        assert_eq!(shown.total, public.len() as u64);
    }
}

/// Each question has an answer that can be told without a store.
async fn the_right_ones_are_found(records: &Records, count: u64) {
    for sample in 0..20 {
        let number = mixed(sample) % count + 1;
        let word = rare(number);
        let expected: BTreeSet<u64> =
            (1..=count).filter(|other| rare(*other) == word && KIND.is_public(*other)).collect();
        let mut found = BTreeSet::new();
        for page in 1.. {
            let page = asked(records, &word, None, Page { number: page, size: 40 }).await;
            assert_eq!((page.total, page.capped), (expected.len() as u64, false), "{word}");
            found.extend(page.items.iter().map(|item| item.key.service.get()));
            if !page.more {
                break;
            }
        }
        assert_eq!(found, expected, "{word}");

        let first = asked(records, &number.to_string(), None, Page::first(10)).await;
        let first = first.items.first().map(|item| item.key.clone());
        assert_eq!(first == Some(key(number)), KIND.is_public(number), "a number finds its service first");

        let of_supplier = asked(records, &word, Some(number % SUPPLIERS), Page::first(200)).await;
        let expected: BTreeSet<u64> =
            expected.into_iter().filter(|other| other % SUPPLIERS == number % SUPPLIERS).collect();
        let found: BTreeSet<u64> = of_supplier.items.iter().map(|item| item.key.service.get()).collect();
        assert_eq!(found, expected, "{word} of one supplier");
    }
    let nothing = asked(records, "рядка без такава дума", None, Page::first(10)).await;
    assert_eq!((nothing.items.len(), nothing.total), (0, 0));
}

async fn a_wide_question_is_answered_and_says_that_it_was_too_wide(records: &Records, count: u64) {
    for word in WHAT.map(|what| what.split(' ').next().unwrap()) {
        let found = asked(records, word, None, Page::first(50)).await;
        let all =
            (1..=count).filter(|number| KIND.is_public(*number) && what(*number).starts_with(word)).count() as u64;
        assert_eq!(found.capped, all > RANKED, "{word}: {all}");
        assert!(found.total >= all.min(RANKED), "{word}: {} of {all}", found.total);
        for item in &found.items {
            assert!(item.name_bg.starts_with(word), "{word} is not what {} is about", item.name_bg);
        }
    }
}

/// Every hundredth record gets a second version.
async fn changes_are_in_the_history_and_in_the_feed(records: &Records, count: u64) {
    let at = OffsetDateTime::now_utc();
    let changed: Vec<u64> = (1..=count).filter(|number| number % 100 == 1).collect();
    for part in changed.chunks(500) {
        let second = |number: &u64| {
            let Change { key, what, .. } = KIND.record(*number, at);
            let What::Put(mut content) = what else { unreachable!("records are put") };
            content.facts.name_bg.push_str(" променена");
            content.octets = format!("<ServiceRecord>{number} changed</ServiceRecord>").into();
            Change {
                key,
                expected: Some(1),
                why: None,
                what: What::Update(Content { status: Status::Published, ..content }),
            }
        };
        let changes = part.iter().map(second).collect();
        let batch = Batch { by: "second".into(), at, mode: Mode::AllOrNothing, changes, ticket: None };
        let applied = |applied: &[kapia_records::Applied]| {
            assert!(applied.iter().all(Result::is_ok), "{applied:?}");
            Answer::default()
        };
        records.apply(batch, applied).await.unwrap();
    }
    for number in [1, 101, 1 + (count - 1) / 100 * 100] {
        let history = records.history(&key(number)).await.unwrap();
        let steps: Vec<(u64, &str)> = history.iter().map(|step| (step.version, step.by.as_str())).collect();
        assert_eq!(steps, [(2, "second"), (1, "invented")]);
        let first = records.get(&key(number), Some(1)).await.unwrap().unwrap();
        assert!(!first.facts.name_bg.ends_with("променена"));
    }
    assert_eq!(records.history(&key(2)).await.unwrap().len(), 1);

    let (mut since, mut seen, mut second) = (0, 0, 0);
    loop {
        let changes = records.changes(Since::Sequence(since), 1000).await.unwrap();
        let Some(last) = changes.last() else { break };
        assert!(changes.windows(2).all(|pair| pair[0].sequence < pair[1].sequence && pair[0].at <= pair[1].at));
        since = last.sequence;
        seen += changes.len() as u64;
        second += changes.iter().filter(|change| change.version == 2).count();
    }
    assert_eq!((seen, second), (count + changed.len() as u64, changed.len()));
    let found = asked(records, "променена 101", None, Page::first(5)).await;
    assert_eq!(found.items.first().map(|item| item.key.clone()), Some(key(101)), "the new words are found");
}

async fn everything_is_there_after_opening_again(path: &Path, count: u64) {
    let log = path.with_extension("db-wal");
    assert!(std::fs::metadata(&log).map_or(0, |log| log.len()) == 0, "the log is folded into the file");
    let records = Records::open(path, Environment::Production).unwrap();
    assert_eq!(records.list(Filter::default(), Page::first(1)).await.unwrap().total, count);
    let word = rare(count);
    assert!(asked(&records, &word, None, Page::first(1)).await.total > 0);
}

async fn asked(records: &Records, text: &str, supplier: Option<u64>, page: Page) -> Found {
    records.search(Search { text: text.into(), supplier: supplier.map(eik), page }).await.unwrap()
}

/// Prints what it took, and holds the memory against its bound.
fn told(what: &str, began: Instant, memory: &Memory, most: u64) {
    let grown = memory.grown();
    println!("{what}: {:.1?}, {} MiB more", began.elapsed(), grown / 1024);
    assert!(grown <= most, "{what}: grew by {grown} KiB, at most {most} were expected");
}

/// The resident memory of this process, in KiB.
struct Memory {
    before: u64,
}

impl Memory {
    /// Begins to watch the highest mark.
    fn now() -> Memory {
        if cfg!(target_os = "linux") {
            std::fs::write("/proc/self/clear_refs", "5").unwrap();
        }
        Memory { before: Memory::of("VmRSS:") }
    }

    /// By how much the highest mark is above where it began.
    fn grown(&self) -> u64 {
        Memory::of("VmHWM:").saturating_sub(self.before)
    }

    fn of(name: &str) -> u64 {
        // Other systems tell it in other ways; there the bound is not looked at.
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0 };
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
