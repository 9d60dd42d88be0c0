//! The texts themselves: English, then Bulgarian.

use kapia_language::Entry;

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

pub(super) const LABELS: &[(&str, [&str; 2])] = &[
    ("operation", ["operation", "операция"]),
    ("consumer", ["consumer", "потребител"]),
    ("certificate", ["certificate", "сертификат"]),
    ("role", ["role", "роля"]),
    ("oid", ["object identifier", "обектен идентификатор"]),
    ("grant", ["grant", "право"]),
    ("field grant", ["field grant", "право за поле"]),
    ("membership", ["membership", "участие в роля"]),
    ("callback host", ["callback host", "хост за обратни повиквания"]),
];

pub(super) const ENTRIES: &[Entry] = &[
    // Denials.
    entry(
        "denied-no-certificate",
        ["the connection presented no client certificate", "връзката не представи клиентски сертификат"],
        [
            "the client must present its transport certificate in the TLS handshake; check its key store",
            "клиентът трябва да представи транспортния си сертификат при установяване на TLS; проверете хранилището му с ключове",
        ],
    ),
    entry(
        "denied-certificate-unknown",
        ["client certificate {thumbprint} is not registered", "клиентският сертификат {thumbprint} не е регистриран"],
        [
            "register it with `kapia consumer certificate add`, or have the client present the certificate that is registered",
            "регистрирайте го с `kapia consumer certificate add` или накарайте клиента да представи регистрирания сертификат",
        ],
    ),
    entry(
        "denied-certificate-ambiguous",
        [
            "several registered certificates share the SHA-1 thumbprint {thumbprint}",
            "няколко регистрирани сертификата имат един и същ отпечатък SHA-1 {thumbprint}",
        ],
        [
            "one of them is a forgery or was registered by mistake; have the terminator hand on the whole certificate",
            "единият от тях е фалшив или е регистриран по грешка; нека терминаторът предава целия сертификат",
        ],
    ),
    entry(
        "denied-oid-unknown",
        ["no consumer has the object identifier {oid}", "никой потребител няма обектен идентификатор {oid}"],
        [
            "see `kapia consumer list`; a consumer receives its object identifier with `kapia consumer add NAME --oid OID`",
            "вижте `kapia consumer list`; потребителят получава обектния си идентификатор с `kapia consumer add ИМЕ --oid OID`",
        ],
    ),
    entry(
        "denied-oid-without-certificate",
        [
            "the consumer with the object identifier {oid} has no certificate",
            "потребителят с обектен идентификатор {oid} няма сертификат",
        ],
        [
            "register its transport certificate with `kapia consumer certificate add NAME FILE`",
            "регистрирайте транспортния му сертификат с `kapia consumer certificate add ИМЕ ФАЙЛ`",
        ],
    ),
    entry(
        "denied-certificate-inactive",
        [
            "certificate {thumbprint} of consumer \"{consumer}\" is switched off",
            "сертификатът {thumbprint} на потребителя „{consumer}“ е изключен",
        ],
        [
            "switch it on with `kapia consumer certificate activate {thumbprint}`, or have the client use a certificate that is active",
            "включете го с `kapia consumer certificate activate {thumbprint}` или накарайте клиента да използва активен сертификат",
        ],
    ),
    entry(
        "denied-certificate-expired",
        [
            "certificate {thumbprint} of consumer \"{consumer}\" ended at {moment}",
            "сертификатът {thumbprint} на потребителя „{consumer}“ е изтекъл на {moment}",
        ],
        [
            "issue a new certificate and register it with `kapia consumer certificate add \"{consumer}\" FILE`",
            "издайте нов сертификат и го регистрирайте с `kapia consumer certificate add \"{consumer}\" ФАЙЛ`",
        ],
    ),
    entry(
        "denied-certificate-not-yet-valid",
        [
            "certificate {thumbprint} of consumer \"{consumer}\" begins at {moment}",
            "сертификатът {thumbprint} на потребителя „{consumer}“ започва да важи на {moment}",
        ],
        [
            "wait until it begins, and check that the clock of this machine is right",
            "изчакайте началото на срока и проверете дали часовникът на тази машина е верен",
        ],
    ),
    entry(
        "denied-consumer-inactive",
        ["consumer \"{consumer}\" is switched off", "потребителят „{consumer}“ е изключен"],
        [
            "switch it on with `kapia consumer activate \"{consumer}\"`",
            "включете го с `kapia consumer activate \"{consumer}\"`",
        ],
    ),
    entry(
        "denied-consumer-expired",
        ["consumer \"{consumer}\" ended at {moment}", "срокът на потребителя „{consumer}“ е изтекъл на {moment}"],
        ["give the consumer new dates", "задайте нов срок на потребителя"],
    ),
    entry(
        "denied-consumer-not-yet-valid",
        ["consumer \"{consumer}\" begins at {moment}", "срокът на потребителя „{consumer}“ започва на {moment}"],
        [
            "wait until it begins, or give the consumer new dates",
            "изчакайте началото или задайте нов срок на потребителя",
        ],
    ),
    entry(
        "denied-operation-unknown",
        ["operation \"{operation}\" is not in the registry", "операцията „{operation}“ не е в регистъра"],
        ["check the full name with `kapia list`", "проверете пълното име с `kapia list`"],
    ),
    entry(
        "denied-explicitly",
        [
            "consumer \"{consumer}\", certificate {thumbprint}: operation \"{operation}\" is denied by an explicit row",
            "потребител „{consumer}“, сертификат {thumbprint}: операцията „{operation}“ е изрично забранена",
        ],
        [
            "see `kapia grant show \"{consumer}\"`; take the denial back with `kapia grant revoke`",
            "вижте `kapia grant show \"{consumer}\"`; забраната се отменя с `kapia grant revoke`",
        ],
    ),
    entry(
        "denied-no-access",
        [
            "consumer \"{consumer}\", certificate {thumbprint}: nothing allows operation \"{operation}\"",
            "потребител „{consumer}“, сертификат {thumbprint}: няма право за операцията „{operation}“",
        ],
        [
            "allow it with `kapia grant add \"{consumer}\" {operation}`",
            "дайте право с `kapia grant add \"{consumer}\" {operation}`",
        ],
    ),
    entry(
        "denied-grant-expired",
        [
            "consumer \"{consumer}\", certificate {thumbprint}: the grant for operation \"{operation}\" ended at {moment}",
            "потребител „{consumer}“, сертификат {thumbprint}: правото за операцията „{operation}“ е изтекло на {moment}",
        ],
        [
            "give it again with `kapia grant add \"{consumer}\" {operation}`",
            "дайте го отново с `kapia grant add \"{consumer}\" {operation}`",
        ],
    ),
    entry(
        "denied-grant-not-yet-valid",
        [
            "consumer \"{consumer}\", certificate {thumbprint}: the grant for operation \"{operation}\" begins at {moment}",
            "потребител „{consumer}“, сертификат {thumbprint}: правото за операцията „{operation}“ започва на {moment}",
        ],
        [
            "wait until it begins, or give it anew with `kapia grant add \"{consumer}\" {operation}`",
            "изчакайте началото или го дайте наново с `kapia grant add \"{consumer}\" {operation}`",
        ],
    ),
    entry(
        "denied-operation-disabled",
        ["operation \"{operation}\" is switched off", "операцията „{operation}“ е изключена"],
        ["switch it on with `kapia operation enable {operation}`", "включете я с `kapia operation enable {operation}`"],
    ),
    // Names, patterns, periods.
    entry(
        "name-empty",
        ["the name of the {kind} is empty", "името ({kind}) е празно"],
        ["write at least one character that is not white space", "напишете поне един знак, който не е интервал"],
    ),
    entry(
        "name-long",
        ["the name of the {kind} is too long", "името ({kind}) е твърде дълго"],
        [
            "operations have at most 512 characters, consumers 400, roles 200, object identifiers 128",
            "операциите имат най-много 512 знака, потребителите 400, ролите 200, обектните идентификатори 128",
        ],
    ),
    entry(
        "name-control",
        ["the name of the {kind} contains a control character", "името ({kind}) съдържа управляващ знак"],
        ["write it by hand instead of pasting it", "напишете го на ръка, вместо да го поставяте от другаде"],
    ),
    entry(
        "name-white-space",
        ["the name of the {kind} contains white space", "името ({kind}) съдържа интервал"],
        [
            "write the full name in one piece, as `kapia list` shows it",
            "напишете пълното име слято, както го показва `kapia list`",
        ],
    ),
    entry(
        "name-no-dot",
        [
            "the name of the {kind} has no contract before its last dot",
            "името ({kind}) няма договор пред последната точка",
        ],
        [
            "write the full name: the contract, a dot, the operation",
            "напишете пълното име: договора, точка, операцията",
        ],
    ),
    entry(
        "name-not-an-oid",
        ["the {kind} is not in dotted decimal form", "стойността ({kind}) не е в десетичен вид с точки"],
        [
            "write numbers without leading zeros with dots between them, such as 2.16.100.1.1",
            "напишете числа без водещи нули, разделени с точки, например 2.16.100.1.1",
        ],
    ),
    entry(
        "name-not-a-host",
        ["the {kind} is not a host name", "стойността ({kind}) не е име на хост"],
        [
            "write the name alone, such as hooks.example.bg, *.example.bg or hooks.example.bg:8443; without https:// and path",
            "напишете само името, например hooks.example.bg, *.example.bg или hooks.example.bg:8443, без https:// и път",
        ],
    ),
    entry(
        "name-not-a-port",
        ["the port of the {kind} is not a number from 1 to 65535", "портът ({kind}) не е число от 1 до 65535"],
        [
            "write it after a colon, such as hooks.example.bg:8443, or leave it out",
            "напишете го след двоеточие, например hooks.example.bg:8443, или го пропуснете",
        ],
    ),
    entry(
        "name-machine-address",
        ["the {kind} is the address of a machine", "стойността ({kind}) е адрес на машина"],
        [
            "write a host name: the certificate of the host is checked against it",
            "напишете име на хост: сертификатът на хоста се сверява с него",
        ],
    ),
    entry(
        "name-top-level",
        [
            "the star of the {kind} stands for a whole top-level domain",
            "звездата ({kind}) обхваща цял домейн от първо ниво",
        ],
        [
            "write at least two labels after it, such as *.example.bg",
            "напишете поне две части след нея, например *.example.bg",
        ],
    ),
    entry(
        "pattern-empty",
        ["the field pattern is empty", "шаблонът за поле е празен"],
        ["write a path such as Person/Names, or ** for everything", "напишете път като Person/Names или ** за всичко"],
    ),
    entry(
        "pattern-long",
        [
            "the field pattern is longer than 64 steps or 2000 characters",
            "шаблонът за поле е по-дълъг от 64 стъпки или 2000 знака",
        ],
        ["name a field nearer to the root and end with /**", "посочете поле по-близо до корена и завършете с /**"],
    ),
    entry(
        "pattern-leading-slash",
        ["the field pattern begins with a slash", "шаблонът за поле започва с наклонена черта"],
        [
            "paths begin below the root element: write A/B, not /Root/A/B",
            "пътищата започват под кореновия елемент: напишете A/B, а не /Root/A/B",
        ],
    ),
    entry(
        "pattern-empty-step",
        ["step {step} of the field pattern is empty", "стъпка {step} от шаблона за поле е празна"],
        [
            "write one slash between names and none at the end",
            "пишете по една наклонена черта между имената и никаква накрая",
        ],
    ),
    entry(
        "pattern-stars-inside",
        [
            "step {step} of the field pattern is ** and something follows it",
            "стъпка {step} от шаблона за поле е ** и след нея има още",
        ],
        ["** means everything below and stands at the end only", "** означава всичко надолу и стои само накрая"],
    ),
    entry(
        "pattern-star",
        ["step {step} of the field pattern contains a star", "стъпка {step} от шаблона за поле съдържа звезда"],
        [
            "write the whole name of the field, or ** as the last step",
            "напишете цялото име на полето или ** като последна стъпка",
        ],
    ),
    entry(
        "pattern-below-attribute",
        [
            "step {step} of the field pattern stands below an attribute",
            "стъпка {step} от шаблона за поле стои под атрибут",
        ],
        [
            "an attribute has nothing below it: end the pattern with it",
            "атрибутът няма нищо под себе си: завършете шаблона с него",
        ],
    ),
    entry(
        "pattern-name",
        [
            "step {step} of the field pattern is not a local name of XML",
            "стъпка {step} от шаблона за поле не е локално име в XML",
        ],
        [
            "write the local name without prefix, index or spaces; attributes as @name",
            "напишете локалното име без префикс, индекс и интервали; атрибутите като @name",
        ],
    ),
    entry(
        "period",
        ["the period ends before it begins", "периодът свършва преди да е започнал"],
        ["exchange the two dates", "разменете двете дати"],
    ),
    // Administration and storage.
    entry("near", ["; did you mean {near}?", "; може би {near}?"], ["", ""]),
    entry(
        "registry-not-found",
        ["there is no {kind} \"{name}\"", "няма такъв запис ({kind}): „{name}“"],
        ["see `{command}`", "вижте `{command}`"],
    ),
    entry(
        "registry-exists",
        ["there is already a {kind} \"{name}\"", "вече има такъв запис ({kind}): „{name}“"],
        ["change the one that is there, or choose another name", "променете съществуващия или изберете друго име"],
    ),
    entry(
        "registry-role-deny",
        [
            "role \"{name}\" cannot deny: the rights of roles are a union",
            "роля „{name}“ не може да забранява: правата на ролите се обединяват",
        ],
        [
            "deny on the consumer or on one certificate, or take the role's grant back",
            "забранете на потребителя или на отделен сертификат, или отнемете правото на ролята",
        ],
    ),
    entry(
        "registry-sealed-elsewhere",
        [
            "version {version} of parameter {name} of adapter {adapter} was sealed with another key, or was changed",
            "версия {version} на параметър {name} на адаптер {adapter} е запечатана с друг ключ или е променяна",
        ],
        [
            "put back the key file of the parameters, or set the parameter anew",
            "върнете файла с ключа на параметрите или задайте параметъра наново",
        ],
    ),
    entry(
        "registry-corrupt",
        [
            "table {table}, row {row}: column {column} breaks its rule",
            "таблица {table}, ред {row}: колона {column} нарушава правилото си",
        ],
        [
            "somebody wrote to the file past this program; restore it from a copy or correct the row",
            "някой е писал във файла извън тази програма; възстановете го от копие или поправете реда",
        ],
    ),
    // Steps of a decision.
    entry(
        "step-certificate",
        [
            "certificate {thumbprint} belongs to consumer \"{consumer}\"",
            "сертификатът {thumbprint} е на потребителя „{consumer}“",
        ],
        ["", ""],
    ),
    entry(
        "step-oid",
        [
            "object identifier {oid} belongs to consumer \"{consumer}\", for whom certificate {thumbprint} stands",
            "обектният идентификатор {oid} е на потребителя „{consumer}“, вместо когото стои сертификатът {thumbprint}",
        ],
        ["", ""],
    ),
    entry(
        "step-certificate-standing",
        ["the certificate is active and within its dates", "сертификатът е активен и в срок"],
        ["", ""],
    ),
    entry(
        "step-consumer-standing",
        ["the consumer is active and within its dates", "потребителят е активен и в срок"],
        ["", ""],
    ),
    entry(
        "step-operation",
        ["operation {operation} is in the registry", "операцията {operation} е в регистъра"],
        ["", ""],
    ),
    entry(
        "step-deny",
        ["{subject}: row {grant} denies the operation", "{subject}: ред {grant} забранява операцията"],
        ["", ""],
    ),
    entry(
        "step-allow",
        ["{subject}: row {grant} allows the operation", "{subject}: ред {grant} разрешава операцията"],
        ["", ""],
    ),
    entry(
        "step-out-of-date",
        [
            "{subject}: row {grant} is outside its dates and does not count",
            "{subject}: ред {grant} е извън срока си и не се брои",
        ],
        ["", ""],
    ),
    entry(
        "step-access",
        [
            "access is allowed by {count} row(s) and denied by none",
            "достъпът е разрешен от {count} ред(а) и не е забранен",
        ],
        ["", ""],
    ),
    entry("step-enabled", ["the operation is switched on", "операцията е включена"], ["", ""]),
    entry(
        "step-fields",
        [
            "fields: {allowed} pattern(s) allow, {denied} deny",
            "полета: {allowed} шаблон(а) разрешават, {denied} забраняват",
        ],
        ["", ""],
    ),
    entry("step-fields-everything", ["fields: everything is visible", "полета: всичко се вижда"], ["", ""]),
    entry(
        "step-fields-nothing",
        ["fields: nothing is visible, the answer will be empty", "полета: нищо не се вижда, отговорът ще е празен"],
        ["", ""],
    ),
    entry("step-refused", ["refused: {cause}", "отказ: {cause-bg}"], ["", ""]),
];
