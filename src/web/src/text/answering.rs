//! Why a question got no answer.

use kapia_language::{Entry, entry};

const LATER: [&str; 2] = ["try again later", "опитайте отново по-късно"];
const KEEPER: [&str; 2] = [
    "tell the administration that keeps the register: the log of its service knows more",
    "уведомете администрацията, която води регистъра: дневникът на услугата ѝ знае повече",
];
const ARGUMENT: [&str; 2] = ["correct what you ask with", "поправете това, с което питате"];

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "web-unreachable",
        ["the service of the register cannot be reached", "няма връзка с услугата на регистъра"],
        [
            "check that the service runs, and its address, certificate and authorities in adapter.toml",
            "проверете дали услугата работи и адреса, удостоверението и издателите в adapter.toml",
        ],
    ),
    entry(
        "web-broken-off",
        [
            "the service of the register ended the connection before its answer was complete",
            "услугата на регистъра прекъсна връзката, преди отговорът ѝ да е цял",
        ],
        LATER,
    ),
    entry(
        "web-deadline",
        ["the service of the register did not answer in time", "услугата на регистъра не отговори навреме"],
        LATER,
    ),
    entry(
        "web-answer-too-large",
        [
            "the answer of the service is larger than {limit} octets",
            "отговорът на услугата е по-голям от {limit} октета",
        ],
        [
            "ask for less, or raise `answer_bytes` in adapter.toml",
            "поискайте по-малко или увеличете `answer_bytes` в adapter.toml",
        ],
    ),
    entry(
        "web-redirect",
        ["the service of the register sends to another address", "услугата на регистъра препраща към друг адрес"],
        ["have the provider check the address in adapter.toml", "доставчикът да провери адреса в adapter.toml"],
    ),
    entry(
        "web-forbidden",
        [
            "the service refuses the gate with HTTP status {status}",
            "услугата отказва достъп на шлюза с HTTP статус {status}",
        ],
        [
            "have the provider check `auth` and `certificate` in adapter.toml",
            "доставчикът да провери `auth` и `certificate` в adapter.toml",
        ],
    ),
    entry(
        "web-unavailable",
        [
            "the service cannot answer now, HTTP status {status}",
            "услугата не може да отговори сега, HTTP статус {status}",
        ],
        LATER,
    ),
    entry(
        "web-status",
        ["the service answered with HTTP status {status}", "услугата отговори с HTTP статус {status}"],
        KEEPER,
    ),
    entry(
        "web-content-type",
        [
            "the answer of the service is of another content type, or compressed",
            "отговорът на услугата е с друг вид съдържание или е компресиран",
        ],
        [
            "have the provider check `answer` and the address in adapter.toml",
            "доставчикът да провери `answer` и адреса в adapter.toml",
        ],
    ),
    entry(
        "web-json-unreadable",
        [
            "the answer of the service is not JSON: rule {rule}, line {line}",
            "отговорът на услугата не е JSON: правило {rule}, ред {line}",
        ],
        KEEPER,
    ),
    entry(
        "web-xml-unreadable",
        [
            "the answer of the service is not XML: {rule} at line {line}, column {column}",
            "отговорът на услугата не е XML: {rule} на ред {line}, колона {column}",
        ],
        KEEPER,
    ),
    entry(
        "web-soap-envelope",
        [
            "the answer of the service is not a SOAP envelope with one element in its body",
            "отговорът на услугата не е плик на SOAP с един елемент в тялото",
        ],
        KEEPER,
    ),
    entry(
        "web-soap-fault",
        [
            "the service answered with a fault; what it says stays with the service",
            "услугата отговори с грешка; какво казва тя, остава при услугата",
        ],
        KEEPER,
    ),
    entry(
        "web-soap-root",
        [
            "the template of the request does not write {expected}, which the WSDL names",
            "шаблонът на заявката не записва {expected}, който WSDL посочва",
        ],
        ["correct the root of the template in requests", "поправете корена на шаблона в requests"],
    ),
    entry(
        "web-token-unreachable",
        ["the server of tokens cannot be reached", "няма връзка със сървъра за токени"],
        [
            "check `token_address` in adapter.toml, or try again later",
            "проверете `token_address` в adapter.toml или опитайте по-късно",
        ],
    ),
    entry(
        "web-token-refused",
        [
            "the server of tokens gave none, HTTP status {status}",
            "сървърът за токени не даде токен, HTTP статус {status}",
        ],
        [
            "check `client_id`, its secret and `scope` in adapter.toml",
            "проверете `client_id`, тайната му и `scope` в adapter.toml",
        ],
    ),
    entry(
        "web-token-answer",
        ["the server of tokens answered with something else", "сървърът за токени отговори с нещо друго"],
        ["check `token_address` in adapter.toml", "проверете `token_address` в adapter.toml"],
    ),
    entry(
        "web-path-value",
        [
            "a value of the path is missing, or cannot stand in an address",
            "стойност от пътя липсва или не може да стои в адрес",
        ],
        ARGUMENT,
    ),
    entry(
        "web-header-value",
        [
            "the value of the header {header} holds characters that no header can hold",
            "стойността на заглавката {header} съдържа знаци, които не може да има в заглавка",
        ],
        ARGUMENT,
    ),
    entry(
        "web-json-value",
        [
            "a value that stands without quotes in the JSON body is no number, true or false",
            "стойност без кавички в тялото JSON не е число, true или false",
        ],
        [
            "correct the value, or put quotes around its place in the template",
            "поправете стойността или поставете кавички около мястото ѝ в шаблона",
        ],
    ),
    entry(
        "web-json-body",
        [
            "the template of the body did not give JSON: rule {rule}, line {line}",
            "шаблонът на тялото не даде JSON: правило {rule}, ред {line}",
        ],
        ["correct the template in requests", "поправете шаблона в requests"],
    ),
    entry(
        "web-template",
        [
            "the template gave no document: {file}, line {line}: {cause}",
            "шаблонът не даде документ: {file}, ред {line}: {cause}",
        ],
        ["correct the template: {advice}", "поправете шаблона: {advice}"],
    ),
    entry(
        "web-internal",
        ["the question could not be put to the service", "въпросът не можа да бъде зададен на услугата"],
        ["report this: it is a defect of Kapia", "съобщете за това: дефект на Капия"],
    ),
];
