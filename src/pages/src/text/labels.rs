//! What codes of records are called (horizontal-systems §2.2, §2.3, §3.3).

use super::words::said;
use kapia_language::{Catalogue, Entry, Language};

/// What a code is called; none for a code that is not known here.
pub(crate) fn label(list: &str, code: &str, language: Language) -> Option<String> {
    let key = format!("{list}:{code}");
    LABELS.find(&key).map(|entry| language.of(entry.message).to_owned())
}

pub(crate) const LABELS: Catalogue = Catalogue(ENTRIES);

const ENTRIES: &[Entry] = &[
    // ServiceApplicationMethods
    said("method:VerballyAtDesk", "Verbally, at the desk", "Устно, на гише"),
    said("method:ApplicationAtDesk", "With a written application, at the desk", "С писмено заявление, на гише"),
    said("method:ApplicationByMail", "With an application by post", "Със заявление по пощата"),
    said("method:ApplicationByEmail", "With an application by e-mail", "Със заявление по електронна поща"),
    said("method:ApplicationByEPortal", "Online", "По електронен път"),
    // ServiceProvisionLevel
    said("level:SiteInfoOnly", "At the desk; information online", "На място, с информация в интернет"),
    said("level:SiteInfoAndDocModel", "At the desk; forms online", "На място, с образци в интернет"),
    said("level:ApplicationEnabled", "Requested online", "Заявява се електронно"),
    said("level:RequestAndPayService", "Requested and paid online", "Заявява се и се плаща електронно"),
    // SecurityLevel
    said("security:Low", "Low", "Ниско"),
    said("security:Substantial", "Substantial", "Значително"),
    said("security:High", "High", "Високо"),
    said("security:None", "Not required", "Не се изисква"),
    // PaymentKind, PaymentGenerationKind, PaymentMethods
    said("kind:Free", "Free of charge", "Безплатно"),
    said("kind:Charge", "State or municipal fee", "Държавна или местна такса"),
    said("kind:Price", "Price of a service", "Цена на услуга"),
    said("generation:Computed", "Computed for each case", "Изчислява се за всеки случай"),
    said("generation:Fixed", "Fixed amount", "Определен размер"),
    said("pay:DeskCash", "In cash at the desk", "В брой на гише"),
    said("pay:DeskCart", "By card at the desk", "С карта на гише"),
    said("pay:DeskCard", "By card at the desk", "С карта на гише"),
    said("pay:Bank", "By bank transfer", "По банков път"),
    said("pay:Electronic", "Online", "Електронно"),
    // channelType
    said("channel:0006-000076", "By e-mail", "По електронна поща"),
    said("channel:0006-000077", "At the desk", "На гише"),
    said("channel:0006-000080", "Through Secure e-Delivery", "Чрез Системата за сигурно електронно връчване"),
    // processTimeType
    said("term:normalService", "Standard service", "Обикновена услуга"),
    said("term:fastService", "Fast service", "Бърза услуга"),
    said("term:expressService", "Express service", "Експресна услуга"),
    said("term:noDefinitionTermService", "No set term", "Без определен срок"),
    said("term:normal", "Standard service", "Обикновена услуга"),
    said("term:fast", "Fast service", "Бърза услуга"),
    said("term:express", "Express service", "Експресна услуга"),
    said("term:noDefinition", "No set term", "Без определен срок"),
    // processTimeUnit, of one and of many
    said("unit:workDays:one", "working day", "работен ден"),
    said("unit:workDays:many", "working days", "работни дни"),
    said("unit:calendarDays:one", "calendar day", "календарен ден"),
    said("unit:calendarDays:many", "calendar days", "календарни дни"),
    said("unit:workHours:one", "working hour", "работен час"),
    said("unit:workHours:many", "working hours", "работни часа"),
    said("unit:calendarHours:one", "hour", "час"),
    said("unit:calendarHours:many", "hours", "часа"),
    // Languages of a service
    said("language:bg", "Bulgarian", "български"),
    said("language:en", "English", "английски"),
    said("language:de", "German", "немски"),
    said("language:fr", "French", "френски"),
    said("language:ru", "Russian", "руски"),
    said("language:tr", "Turkish", "турски"),
];
