//! The lists that are known: enumerations of the contract, codes of the register, currencies, languages
//! (horizontal-systems §1.1, §2.2, §2.3).

use super::{Dictionary, Entry, Form, Title};

type Row = (&'static str, &'static str, &'static str);

pub(super) fn lists() -> Vec<Dictionary> {
    let mut lists = vec![
        list(
            "ChannelType",
            "Начин на предоставяне",
            "Delivery channel",
            Form::Registered,
            &[
                ("0006-000076", "По електронна поща", "By e-mail"),
                ("0006-000077", "На гише", "At the desk"),
                ("0006-000080", "Чрез електронно връчване", "By electronic delivery"),
            ],
        ),
        list("Category", "Категория", "Category", Form::Word, &[]),
        list("LifeEvent", "Житейско или бизнес събитие", "Life or business event", Form::Word, &[]),
        list("IdentificationMethod", "Начин на идентификация", "Way of identification", Form::Word, &[]),
        list("EvidenceType", "Вид на приложен документ", "Kind of enclosed document", Form::Word, &[]),
        list("OutputType", "Вид на резултата", "Kind of result", Form::Word, &[]),
        list("Currency", "Валута", "Currency", Form::Letters, &[("BGN", "Лев", "Lev"), ("EUR", "Евро", "Euro")]),
        list(
            "TextLanguage",
            "Език на текст",
            "Language of a text",
            Form::Letters,
            &[("bg", "Български", "Bulgarian"), ("en", "Английски", "English")],
        ),
        list("EkatteDistrict", "Област по ЕКАТТЕ", "EKATTE district", Form::Territory(0), &[]),
        list("EkatteMunicipality", "Община по ЕКАТТЕ", "EKATTE municipality", Form::Territory(2), &[]),
        list("EkatteSettlement", "Населено място по ЕКАТТЕ", "EKATTE settlement", Form::Place, &[]),
        list("EkatteArea", "Район по ЕКАТТЕ", "EKATTE area", Form::Place, &[]),
    ];
    lists.extend(enumerations());
    lists.push(languages());
    lists
}

fn enumerations() -> [Dictionary; 10] {
    [
        list(
            "ProvisionLevel",
            "Степен на електронно предоставяне",
            "Degree of electronic provision",
            Form::Word,
            &[
                ("SiteInfoOnly", "Само информация", "Information only"),
                ("SiteInfoAndDocModel", "Информация и образци", "Information and forms"),
                ("ApplicationEnabled", "Електронно заявяване", "Electronic application"),
                ("RequestAndPayService", "Електронно заявяване и плащане", "Electronic application and payment"),
            ],
        ),
        list(
            "SecurityLevel",
            "Ниво на осигуреност",
            "Level of assurance",
            Form::Word,
            &[
                ("Low", "Ниско", "Low"),
                ("Substantial", "Значително", "Substantial"),
                ("High", "Високо", "High"),
                ("None", "-- Не изисква --", "Not required"),
            ],
        ),
        list(
            "ApplicationMethod",
            "Начин на заявяване",
            "Way to apply",
            Form::Word,
            &[
                ("VerballyAtDesk", "Устно на гише", "Verbally at the desk"),
                ("ApplicationAtDesk", "Писмено на гише", "In writing at the desk"),
                ("ApplicationByMail", "По пощата", "By letter"),
                ("ApplicationByEmail", "По електронна поща", "By e-mail"),
                ("ApplicationByEPortal", "През портал", "Through a portal"),
            ],
        ),
        list(
            "TermType",
            "Вид на срока",
            "Kind of term",
            Form::Word,
            &[
                ("normalService", "Обикновена (0006-000083)", "Normal (0006-000083)"),
                ("fastService", "Бърза (0006-000084)", "Fast (0006-000084)"),
                ("expressService", "Експресна (0006-000085)", "Express (0006-000085)"),
                ("noDefinitionTermService", "Без определен срок", "Without a defined term"),
            ],
        ),
        list(
            "TermUnit",
            "Мерна единица на срок",
            "Unit of a term",
            Form::Word,
            &[
                ("workDays", "Работни дни", "Working days"),
                ("calendarDays", "Календарни дни", "Calendar days"),
                ("workHours", "Работни часове", "Working hours"),
                ("calendarHours", "Календарни часове", "Calendar hours"),
            ],
        ),
        list(
            "PaymentKind",
            "Вид на плащането",
            "Kind of payment",
            Form::Word,
            &[("Free", "Без плащане", "Free"), ("Charge", "Такса", "Charge"), ("Price", "Цена", "Price")],
        ),
        list(
            "PaymentGeneration",
            "Определяне на сумата",
            "How the amount is found",
            Form::Word,
            &[("Computed", "Изчислява се", "Computed"), ("Fixed", "Определена", "Fixed")],
        ),
        list(
            "PaymentMethod",
            "Начин на плащане",
            "Way to pay",
            Form::Word,
            &[
                ("DeskCash", "В брой на гише", "Cash at the desk"),
                ("DeskCart", "С карта на гише", "Card at the desk"),
                ("Bank", "По банков път", "Bank transfer"),
                ("Electronic", "Електронно", "Electronically"),
            ],
        ),
        list(
            "PublicationStatus",
            "Състояние на описание",
            "State of a description",
            Form::Word,
            &[
                ("draft", "Чернова", "Draft"),
                ("developed", "Разработено", "Developed"),
                ("validated", "Проверено", "Validated"),
                ("approved", "Одобрено", "Approved"),
                ("published", "Публикувано", "Published"),
                ("inactive", "Неактивно", "Inactive"),
            ],
        ),
        list(
            "SupplierStatus",
            "Състояние на доставчик",
            "State of a supplier",
            Form::Word,
            &[
                ("draft", "Чернова", "Draft"),
                ("active", "Активен", "Active"),
                ("published", "Публикуван", "Published"),
                ("inactive", "Неактивен", "Inactive"),
            ],
        ),
    ]
}

/// The official languages of the European Union and those in which administrations here also serve; a table adds more.
fn languages() -> Dictionary {
    list(
        "Language",
        "Език",
        "Language",
        Form::Letters,
        &[
            ("bg", "Български", "Bulgarian"),
            ("en", "Английски", "English"),
            ("cs", "Чешки", "Czech"),
            ("da", "Датски", "Danish"),
            ("de", "Немски", "German"),
            ("el", "Гръцки", "Greek"),
            ("es", "Испански", "Spanish"),
            ("et", "Естонски", "Estonian"),
            ("fi", "Фински", "Finnish"),
            ("fr", "Френски", "French"),
            ("ga", "Ирландски", "Irish"),
            ("hr", "Хърватски", "Croatian"),
            ("hu", "Унгарски", "Hungarian"),
            ("it", "Италиански", "Italian"),
            ("lt", "Литовски", "Lithuanian"),
            ("lv", "Латвийски", "Latvian"),
            ("mt", "Малтийски", "Maltese"),
            ("nl", "Нидерландски", "Dutch"),
            ("pl", "Полски", "Polish"),
            ("pt", "Португалски", "Portuguese"),
            ("ro", "Румънски", "Romanian"),
            ("sk", "Словашки", "Slovak"),
            ("sl", "Словенски", "Slovene"),
            ("sv", "Шведски", "Swedish"),
            ("tr", "Турски", "Turkish"),
            ("ru", "Руски", "Russian"),
            ("uk", "Украински", "Ukrainian"),
            ("sr", "Сръбски", "Serbian"),
            ("mk", "Македонски", "Macedonian"),
            ("ar", "Арабски", "Arabic"),
            ("zh", "Китайски", "Chinese"),
        ],
    )
}

fn list(name: &str, bulgarian: &str, english: &str, form: Form, rows: &[Row]) -> Dictionary {
    Dictionary {
        name: name.to_owned(),
        version: "1".to_owned(),
        title: Title { bulgarian: bulgarian.to_owned(), english: english.to_owned() },
        codes: rows
            .iter()
            .map(|(code, bg, en)| Entry { code: (*code).to_owned(), bg: (*bg).to_owned(), en: (*en).to_owned() })
            .collect(),
        form,
    }
}
