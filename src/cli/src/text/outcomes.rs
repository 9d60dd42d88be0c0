//! What commands found and did.

texts! {
    no_administration() { en: "(no administration named)", bg: "(без посочена администрация)" }
    accepted(number) {
        en: "accepted as call {number}, waiting for the answer",
        bg: "приета като заявка {number}, отговорът се чака",
    }
    accepted_but(code, hint) { en: "{code}: {hint}", bg: "{code}: {hint}" }
    still_pending(number) {
        en: "call {number} has no answer yet",
        bg: "заявка {number} още няма отговор",
    }
    still_pending_hint() {
        en: "wait longer with --timeout; the answer is kept for the consumer",
        bg: "чакайте по-дълго с --timeout; отговорът се пази за консуматора",
    }
    callbacks_off_hint() {
        en: "fetch the answer with CheckResult; the operator can have answers pushed with [callbacks]",
        bg: "вземете отговора с CheckResult; операторът може да включи изпращането с [callbacks]",
    }
    callback_status_hint(status) {
        en: "the address of the consumer answered with status {status}; look into its log",
        bg: "адресът на консуматора отговори със статус {status}; вижте журнала му",
    }
    not_served() { en: "no package serves it", bg: "никой пакет не я обслужва" }
    disabled() { en: "switched off", bg: "изключена" }
    old_name_until(successor, until) {
        en: "old name, until {until}: answered by {successor}",
        bg: "старо име, до {until}: отговаря {successor}",
    }
    old_name_open(successor) {
        en: "old name: answered by {successor}",
        bg: "старо име: отговаря {successor}",
    }
    old_name_way(way) { en: "its answers come from {way}", bg: "отговорите идват от {way}" }
    inactive() { en: "switched off", bg: "изключено" }
    list_count(count) { en: "{count} operations", bg: "операции: {count}" }

    request_word() { en: "request", bg: "заявка" }
    answer_word() { en: "answer", bg: "отговор" }
    may_call(name) { en: "✓ {name} may call it", bg: "✓ {name} може да я вика" }
    may_not_call(cause) { en: "✗ {cause}", bg: "✗ {cause}" }
    rights_legend() {
        en: "✗ hidden from this consumer; open with `kapia grant add NAME OPERATION --field PATH`",
        bg: "✗ скрито за този консуматор; отваря се с `kapia grant add ИМЕ ОПЕРАЦИЯ --field ПЪТ`",
    }

    operation_enabled(name) { en: "{name} is switched on", bg: "{name} е включена" }
    operation_disabled(name) { en: "{name} is switched off for everybody", bg: "{name} е изключена за всички" }

    consumer_added(name) { en: "consumer {name} added", bg: "консуматорът {name} е добавен" }
    consumer_next(name) {
        en: "next: kapia consumer certificate add '{name}' FILE",
        bg: "следва: kapia consumer certificate add '{name}' ФАЙЛ",
    }
    consumer_on(name) { en: "consumer {name} is switched on", bg: "консуматорът {name} е включен" }
    consumer_off(name) { en: "consumer {name} is switched off", bg: "консуматорът {name} е изключен" }
    no_consumers() { en: "no consumers yet: kapia consumer add NAME", bg: "още няма консуматори: kapia consumer add ИМЕ" }
    certificate_added(sha256, name) {
        en: "certificate {sha256} added to {name}",
        bg: "удостоверение {sha256} е добавено към {name}",
    }
    certificate_on() { en: "the certificate is switched on", bg: "удостоверението е включено" }
    certificate_off() { en: "the certificate is switched off", bg: "удостоверението е изключено" }
    certificate_count(count) { en: "certificates: {count}", bg: "удостоверения: {count}" }
    callback_added(name, host) {
        en: "answers of {name} may be pushed to {host}",
        bg: "отговорите за {name} може да се изпращат до {host}",
    }
    callback_removed(name, host) {
        en: "answers of {name} may no longer be pushed to {host}",
        bg: "отговорите за {name} вече не може да се изпращат до {host}",
    }
    callback_host_count(count) { en: "callback hosts: {count}", bg: "хостове за обратни повиквания: {count}" }
    pushed_to(host) { en: "answers may be pushed to {host}", bg: "отговори може да се изпращат до {host}" }
    role_added(name) { en: "role {name} added", bg: "ролята {name} е добавена" }
    role_assigned(consumer, role) { en: "{consumer} is in role {role}", bg: "{consumer} е в роля {role}" }
    role_unassigned(consumer, role) { en: "{consumer} is no longer in role {role}", bg: "{consumer} вече не е в роля {role}" }
    in_role(name) { en: "in role {name}", bg: "в роля {name}" }

    granted(holder, operation) { en: "{holder} may call {operation}", bg: "{holder} може да вика {operation}" }
    denied(holder, operation) { en: "{holder} may not call {operation}", bg: "{holder} не може да вика {operation}" }
    denied_fields(holder, operation) {
        en: "{holder} does not see these fields of {operation}",
        bg: "{holder} не вижда тези полета на {operation}",
    }
    revoked(holder, operation, fields) {
        en: "taken back: {holder}, {operation}, with {fields} field rights",
        bg: "отнето: {holder}, {operation}, заедно с права на полета: {fields}",
    }
    revoked_fields(holder, operation, fields) {
        en: "taken back: {fields} field rights of {holder} to {operation}",
        bg: "отнети права на полета: {fields} ({holder}, {operation})",
    }
    no_grants() { en: "no rights", bg: "няма права" }
    no_fields() {
        en: "no field is opened, so every answer will be an empty root; add --field PATH or --all-fields",
        bg: "няма отворено поле и всеки отговор ще е празен корен; добавете --field ПЪТ или --all-fields",
    }
    required_hidden(fields) {
        en: "the schema requires fields that stay hidden, so clients that validate answers may refuse them: {fields}",
        bg: "схемата изисква полета, които остават скрити, и клиенти, които проверяват отговорите, може да ги откажат: {fields}",
    }

    journal_empty() { en: "no such record", bg: "няма такъв запис" }
    journal_whole(records) {
        en: "the journal is what was written: {records} calls, the chain is whole",
        bg: "дневникът е това, което е записано: заявки {records}, веригата е цяла",
    }
    journal_head(head) {
        en: "keep this head elsewhere, and give it to the next verification with --head: {head}",
        bg: "пазете този край другаде и го дайте на следващата проверка с --head: {head}",
    }
    nobody() { en: "(nobody)", bg: "(никой)" }
    signed_word() { en: "signed", bg: "подписан" }
    hidden_count(count) { en: "{count} hidden", bg: "скрити {count}" }

    empty_answer() {
        en: "(empty: no data, or no field of it may be seen)",
        bg: "(празен: няма данни или никое поле не може да се вижда)",
    }
    answered(call, milliseconds, octets) {
        en: "call {call}, {milliseconds} ms with the connection, {octets} octets",
        bg: "заявка {call}, {milliseconds} ms заедно с връзката, {octets} октета",
    }
    signature_valid(algorithm, name) {
        en: "signature valid: {algorithm}, {name}",
        bg: "валиден подпис: {algorithm}, {name}",
    }
    signature_covers(path, octets) {
        en: "it covers {path}, {octets} octets in canonical form; nothing else of the document is signed",
        bg: "обхваща {path}, {octets} октета в канонична форма; нищо друго от документа не е подписано",
    }
    signature_time(time) { en: "claimed time: {time}", bg: "заявено време: {time}" }
    signature_unverified() {
        en: "signed, not verified: the configuration names no signer",
        bg: "подписан, непроверен: конфигурацията не посочва подписващ",
    }

    explain_access() { en: "access", bg: "достъп" }
    explain_argument(schema) { en: "argument, against {schema}", bg: "аргумент, спрямо {schema}" }
    explain_valid() { en: "valid", bg: "валиден" }
    explain_all_fields() { en: "every field of the answer may be seen", bg: "всички полета на отговора могат да се виждат" }
    explain_hidden(count, fields) { en: "hidden fields of the answer, {count}: {fields}", bg: "скрити полета на отговора, {count}: {fields}" }
    explain_reply() { en: "reply", bg: "отговор" }
}
