//! Invented descriptions of services, as many as are wanted, the same every time.

use bytes::Bytes;
use kapia_records::{
    Answer, Applied, Batch, Change, Content, Eik, Facts, Key, Mode, Records, ServiceNumber, Status, What,
};
use time::OffsetDateTime;

pub const WHAT: [&str; 16] = [
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
pub const ABOUT: [&str; 24] = [
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
pub const ENGLISH: [&str; 4] = ["Certificate of", "Permit for", "Registration of", "Licensing of"];
/// How many administrations provide them.
pub const SUPPLIERS: u64 = 300;
/// Every eleventh is a draft.
pub const DRAFTS: u64 = 11;
/// One in so many has the same rare word.
pub const RARE: u64 = 1000;

/// How many changes one batch has, and how many batches wait to be written at the same time: what is in memory is
/// bounded, however many records there are, and the store writes all that waits in one transaction.
const BATCH: usize = 250;
const WAITING: usize = 24;

/// Which records: how many sentences a description has, and whether some are drafts.
#[derive(Clone, Copy)]
pub struct Kind {
    pub sentences: usize,
    pub drafts: bool,
}

impl Kind {
    /// Whether the public sees a record.
    pub fn is_public(self, number: u64) -> bool {
        !self.drafts || !number.is_multiple_of(DRAFTS)
    }

    /// The record of a number.
    pub fn record(self, number: u64, at: OffsetDateTime) -> Change {
        let (what, about) = (what(number), about(number));
        let mut facts = Facts::named(format!("{what} {about} № {number}"), at);
        facts.name_en = Some(format!("{} service {number}", ENGLISH[number as usize % 4]));
        let sentence = format!("{what} {about}. Услугата се предоставя от общината по реда на закона. ");
        facts.description_bg = sentence.repeat(self.sentences);
        facts.section = Some("Услуги, предоставяни от общински администрации".into());
        facts.keywords = vec![rare(number)];
        let octets = Bytes::from(format!("<ServiceRecord>{number}{}</ServiceRecord>", facts.description_bg));
        let status = if self.is_public(number) { Status::Published } else { Status::Draft };
        Change { key: key(number), expected: None, why: None, what: What::Put(Content { octets, facts, status }) }
    }

    /// Writes the records of the numbers from 1 on.
    pub async fn fill(self, records: &Records, count: u64) {
        let at = OffsetDateTime::now_utc();
        let numbers: Vec<u64> = (1..=count).collect();
        for window in numbers.chunks(BATCH * WAITING) {
            let mut writing = tokio::task::JoinSet::new();
            for part in window.chunks(BATCH) {
                let changes = part.iter().map(|number| self.record(*number, at)).collect();
                let batch = Batch { by: "invented".into(), at, mode: Mode::AllOrNothing, changes, ticket: None };
                let records = records.clone();
                writing.spawn(async move { records.apply(batch, all_done).await.map(drop) });
            }
            while let Some(written) = writing.join_next().await {
                written.unwrap().unwrap();
            }
        }
    }
}

fn all_done(applied: &[Applied]) -> Answer {
    assert!(applied.iter().all(Result::is_ok), "{applied:?}");
    Answer::default()
}

/// What the service of a record does.
pub fn what(number: u64) -> &'static str {
    WHAT[mixed(number) as usize % WHAT.len()]
}

/// What it does it about.
pub fn about(number: u64) -> &'static str {
    ABOUT[(mixed(number) >> 8) as usize % ABOUT.len()]
}

/// A word that few records have.
pub fn rare(number: u64) -> String {
    format!("рядка{:03}", number % RARE)
}

/// The key of a record.
pub fn key(number: u64) -> Key {
    Key::new(eik(number % SUPPLIERS), ServiceNumber::new(number).unwrap())
}

/// An administration.
pub fn eik(number: u64) -> Eik {
    Eik::parse(&format!("{:09}", 100_000_000 + number)).unwrap()
}

/// A number that looks like chance and is the same every time.
pub fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20
}
