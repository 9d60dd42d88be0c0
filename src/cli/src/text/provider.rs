//! What the tools for providers of packages say.

texts! {
    level_error() { en: "error", bg: "грешка" }
    level_warning() { en: "warning", bg: "внимание" }
    level_note() { en: "note", bg: "бележка" }
    checked_package(name, backend, operations) {
        en: "{name} ({backend}, operations: {operations})",
        bg: "{name} ({backend}, операции: {operations})",
    }
    checked_nothing() { en: "no backend", bg: "без източник" }
    checked_counts(errors, warnings, notes) {
        en: "errors {errors}, warnings {warnings}, notes {notes}",
        bg: "грешки {errors}, предупреждения {warnings}, бележки {notes}",
    }
    checked_all(packages, green, red) {
        en: "packages {packages}: green {green}, red {red}",
        bg: "пакети {packages}: зелени {green}, червени {red}",
    }
    notes_hidden(count) { en: "notes that are not shown: {count} (--notes)", bg: "непоказани бележки: {count} (--notes)" }
    no_packages(folder) { en: "{folder} is not a folder", bg: "{folder} не е папка" }
    no_packages_hint() {
        en: "give the folder of a package, or one that holds such folders",
        bg: "посочете папката на пакет или папка с такива папки",
    }

    argument_invalid(count, first) {
        en: "the argument does not follow its schema, {count} violations, the first: {first}",
        bg: "аргументът не отговаря на схемата си, нарушения {count}, първото: {first}",
    }
    answer_invalid(count, first) {
        en: "the answer does not follow its schema, {count} violations, the first: {first}",
        bg: "отговорът не отговаря на схемата си, нарушения {count}, първото: {first}",
    }
    answer_invalid_hint() {
        en: "correct the template or the document that answers; --raw shows the answer",
        bg: "поправете шаблона или документа, който отговаря; --raw показва отговора",
    }
    register_silent(seconds) { en: "no answer within {seconds} s", bg: "няма отговор за {seconds} s" }
    register_silent_hint() { en: "wait longer with --wait SECONDS", bg: "изчакайте повече с --wait СЕКУНДИ" }
    ran(outcome, milliseconds, octets) {
        en: "{outcome}, {milliseconds} ms, {octets} octets, valid",
        bg: "{outcome}, {milliseconds} ms, {octets} октета, валиден",
    }
    ran_data() { en: "data", bg: "данни" }
    ran_no_data() { en: "no data", bg: "няма данни" }

    wrote_package(folder, files) { en: "{folder}: {files} files written", bg: "{folder}: записани файлове {files}" }
    wrote_operation(name, request, response) {
        en: "  {name}: {request} → {response}",
        bg: "  {name}: {request} → {response}",
    }
    package_next(folder) { en: "next: kapia adapter check {folder}", bg: "следва: kapia adapter check {folder}" }
    fill_in() { en: "fill in before it can be asked:", bg: "попълнете, преди да може да се пита:" }
    odd_files(count) { en: "{count} files are no pairs", bg: "{count} файла не са двойки" }
    odd_files_hint() {
        en: "give a request and its response, and again, as often as there are operations",
        bg: "посочете заявка и нейния отговор, и пак, колкото операции има",
    }
    import_lacks(count) {
        en: "the source does not say everything: {count} values are missing",
        bg: "източникът не казва всичко: липсващи стойности: {count}",
    }
    import_lacks_hint() {
        en: "give them on the command line, or answer on a terminal; nothing was written",
        bg: "задайте ги на командния ред или отговорете на терминал; нищо не е записано",
    }
    out_taken(folder) { en: "{folder} is there already and is not empty", bg: "{folder} вече съществува и не е празна" }
    out_taken_hint() { en: "choose another folder with --out", bg: "изберете друга папка с --out" }
    exported(file, files, octets) {
        en: "{file}: {files} files, {octets} octets",
        bg: "{file}: файлове {files}, октети {octets}",
    }
    set_shape() { en: "KEY=VALUE is needed", bg: "нужно е КЛЮЧ=СТОЙНОСТ" }
    ask_value(what) { en: "{what}: ", bg: "{what}: " }
}
