//! The texts of the faults (horizontal-systems §3.4), without the full stop at the end.

use kapia_language::{Catalogue, Entry};

/// The names of the values that texts hold.
pub(super) const VALUES: [&str; 12] =
    ["megabytes", "eik", "number", "expected", "current", "from", "to", "value", "list", "oid", "seconds", "id"];

const fn text(code: &'static str, english: &'static str, bulgarian: &'static str) -> Entry {
    Entry { code, message: [english, bulgarian], hint: ["", ""] }
}

pub(super) const TEXTS: Catalogue = Catalogue(&[
    text("EGS-1001", "Malformed XML", "Невалиден XML документ"),
    text("EGS-1002", "Schema violation at {path}", "Документът не съответства на XSD схемата: {path}"),
    text("EGS-1003", "Unknown operation or SOAPAction", "Непозната операция или SOAPAction"),
    text("EGS-1004", "Message exceeds {megabytes} MB", "Съобщението надвишава допустимия размер ({megabytes} МБ)"),
    text("EGS-2001", "Not authorised for supplier {eik}", "Няма право върху доставчик с ЕИК {eik}"),
    text("EGS-2002", "Access of this system is suspended", "Достъпът на системата е спрян"),
    text("EGS-2003", "User name or password is not accepted", "Потребителят или паролата не са приети"),
    text(
        "EGS-3001",
        "Service {number} is not in the administrative register",
        "Услуга № {number} не съществува в Административния регистър",
    ),
    text("EGS-3002", "Service is not provided by {eik}", "Услугата не се предоставя от доставчик {eik}"),
    text("EGS-3003", "Service already exists with different content", "Услугата вече съществува с различно съдържание"),
    text("EGS-3004", "Service not found", "Услугата не е намерена"),
    text(
        "EGS-3005",
        "Version conflict (expected {expected}, current {current})",
        "Версията е променена (очаквана {expected}, текуща {current})",
    ),
    text("EGS-3006", "Service is inactive", "Услугата е неактивна"),
    text("EGS-3007", "Status transition {from}→{to} not allowed", "Непозволен преход на статус {from}→{to}"),
    text("EGS-4001", "Unknown code {value} in \"{list}\"", "Непозната стойност „{value}“ в номенклатура „{list}“"),
    text("EGS-4002", "Required field {path} missing", "Липсва задължително поле {path}"),
    text("EGS-4003", "Invalid EIK {eik} (checksum)", "Невалиден ЕИК/БУЛСТАТ {eik}"),
    text("EGS-4004", "Invalid OID {oid}", "Невалиден OID {oid}"),
    text("EGS-4005", "Inconsistent terms or fees", "Противоречиви срокове или такси"),
    text("EGS-4006", "HTML content contains disallowed markup", "HTML съдържанието съдържа непозволени елементи"),
    text(
        "EGS-4007",
        "Service URL not https or unreachable",
        "Електронният адрес на услугата е недостъпен или не е https",
    ),
    text("EGS-5001", "RequestId reused with different content", "Идентификатор на заявка с друго съдържание"),
    text("EGS-5002", "Request still in progress", "Заявката още се обработва"),
    text("EGS-6001", "Rate limit, retry after {seconds} s", "Превишен брой заявки. Опитайте след {seconds} сек"),
    text("EGS-9001", "Internal error {id}", "Вътрешна грешка. Номер: {id}"),
    text("EGS-9002", "Portal unavailable; record queued", "Порталът временно не приема данни; записът е на опашка"),
]);
