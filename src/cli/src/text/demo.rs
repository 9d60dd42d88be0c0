//! The demo, and what came of loading packages.

texts! {
    demo_folder() { en: "folder", bg: "папка" }
    demo_made(folder, made) {
        en: "{folder}  (new certificates: {made}; configuration kapia.toml)",
        bg: "{folder}  (нови удостоверения: {made}; конфигурация kapia.toml)",
    }
    demo_made_none(folder) { en: "{folder}  (kept as it was)", bg: "{folder}  (запазена както беше)" }
    demo_packages() { en: "registers", bg: "регистри" }
    demo_packages_count(packages, operations) {
        en: "{packages} packages, {operations} operations",
        bg: "пакети {packages}, операции {operations}",
    }
    demo_consumer() { en: "consumer", bg: "консуматор" }
    demo_consumer_new() {
        en: "demo, may call every operation and see every field",
        bg: "demo, може да вика всички операции и да вижда всички полета",
    }
    demo_consumer_kept() { en: "demo, with the rights it had", bg: "demo, с правата, които имаше" }
    demo_address() { en: "gateway", bg: "шлюз" }
    demo_admin() { en: "health", bg: "състояние" }
    demo_call(operation) {
        en: "One signed call over mutual TLS: {operation}",
        bg: "Една подписана заявка по взаимен TLS: {operation}",
    }

    next_title() { en: "Try next, in another terminal:", bg: "Опитайте в друг терминал:" }
    next_describe() { en: "what the operation takes and answers", bg: "какво приема и връща операцията" }
    next_call() { en: "about another person, with every step explained", bg: "за друг човек, с обяснение на всяка стъпка" }
    next_curl() { en: "the same with curl", bg: "същото с curl" }
    next_zeep() { en: "the same from Python (pip install zeep)", bg: "същото от Python (pip install zeep)" }
    next_stranger() {
        en: "with a certificate that nobody registered: refused",
        bg: "с удостоверение, което никой не е регистрирал: отказ",
    }
    next_revoke() { en: "take the right away; then call again", bg: "отнемете правото; после извикайте отново" }
    next_grant() { en: "give back one field only; then call again", bg: "върнете само едно поле; после извикайте отново" }
    next_journal() { en: "every call, and the proof that nothing was changed", bg: "всички заявки и доказателство, че нищо не е променяно" }
    next_end() { en: "Serving until Ctrl-C.", bg: "Работи до Ctrl-C." }

    remark_replaced(count, told) {
        en: "{count} operations stand in two packages, the later one serves: {told}",
        bg: "операции в два пакета: {count}, обслужва по-късният: {told}",
    }
    remark_packages_refused(count, told) {
        en: "{count} packages cannot be served: {told}",
        bg: "пакети, които не могат да се обслужват: {count}: {told}",
    }
    remark_operations_refused(count, told) {
        en: "{count} operations cannot be served: {told}",
        bg: "операции, които не могат да се обслужват: {count}: {told}",
    }
    remark_empty(folder) {
        en: "no folder with an adapter.toml in {folder}",
        bg: "в {folder} няма папка с adapter.toml",
    }
    remark_kept(count, told) {
        en: "{count} operations have a defect in the later package, so the earlier one serves them: {told}",
        bg: "операции с дефект в по-късния пакет, обслужва ги по-ранният: {count}: {told}",
    }
    remark_notes(count, code, told) {
        en: "{count} remarks ({code}): {told}",
        bg: "забележки: {count} ({code}): {told}",
    }
    remark_samples(count, code, told) {
        en: "{count} samples need a look ({code}): {told}",
        bg: "примери за преглед: {count} ({code}): {told}",
    }
}
