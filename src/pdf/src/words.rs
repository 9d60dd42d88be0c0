//! The Bulgarian words of a rendered document. They have no English form: the document is Bulgarian by contract.

use time::OffsetDateTime;

pub(crate) const REQUEST: &str = "Заявка";
pub(crate) const RESPONSE: &str = "Отговор";
pub(crate) const EXECUTED: &str = "Дата на изпълнение";
pub(crate) const CALL_NUMBER: &str = "Номер на заявка в RegiX";
pub(crate) const CONSUMER: &str = "Потребител";
pub(crate) const LEGAL_REASON: &str = "Правно основание";
pub(crate) const OPERATION: &str = "Операция";
pub(crate) const NO_DATA: &str = "няма данни";
pub(crate) const EMPTY: &str = "—";
pub(crate) const NOTHING_IN_REQUEST: &str = "Заявката не съдържа данни.";
pub(crate) const NOTHING_IN_RESPONSE: &str = "Отговорът не съдържа данни.";
pub(crate) const OWN_TEXT: &str = "Текст";
pub(crate) const HIDDEN_FIELDS: &str =
    "Част от данните в отговора не са показани, защото потребителят няма право на достъп до тях.";

pub(crate) fn boolean(value: bool) -> &'static str {
    if value { "да" } else { "не" }
}

pub(crate) fn octets(count: usize) -> String {
    if count == 1 {
        "двоични данни, 1 октет".to_owned()
    } else {
        format!("двоични данни, {count} октета")
    }
}

pub(crate) fn page_number(page: usize, pages: usize) -> String {
    format!("стр. {page} от {pages}")
}

/// `dd.MM.yyyy HH:mm:ss` (regix-contract §9).
pub(crate) fn moment(at: OffsetDateTime) -> String {
    format!(
        "{:02}.{:02}.{:04} {:02}:{:02}:{:02}",
        at.day(),
        u8::from(at.month()),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}
