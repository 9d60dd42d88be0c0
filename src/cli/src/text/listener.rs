//! What the public listener says itself; both languages are sent.

texts! {
    page_service(name) {
        en: "This is the RegiX service {name}, answered by Kapia: clients send SOAP here, over TLS with a client certificate.",
        bg: "Това е услугата {name} на RegiX, обслужвана от Капия: клиентите изпращат SOAP тук, по TLS с клиентско удостоверение.",
    }
    page_face(name) {
        en: "This is the typed contract of the package {name}, answered by Kapia: one operation for each report. Clients send SOAP 1.1 here, and SOAP 1.2 to the same address with /soap12, over TLS with a client certificate.",
        bg: "Това е типизираният договор на пакета {name}, обслужван от Капия: по една операция за всяка справка. Клиентите изпращат тук SOAP 1.1, а SOAP 1.2 на същия адрес с /soap12, по TLS с клиентско удостоверение.",
    }
    page_faces() {
        en: "Typed contracts, one for each package of operations",
        bg: "Типизирани договори, по един за всеки пакет от операции",
    }
    face_unknown() {
        en: "no package of this name is served here",
        bg: "тук не се обслужва пакет с такова име",
    }
    face_unknown_hint() {
        en: "GET /adapters shows all contracts; SOAP 1.1 goes to /adapters/NAME, SOAP 1.2 to /adapters/NAME/soap12",
        bg: "GET /adapters показва всички договори; SOAP 1.1 се изпраща на /adapters/ИМЕ, SOAP 1.2 на /adapters/ИМЕ/soap12",
    }
    page_not_found() { en: "nothing is served at this address", bg: "на този адрес не се обслужва нищо" }
    page_not_found_hint() {
        en: "the services are /RegiXEntryPointV2.svc/basic, /RegiXEntryPointV2.svc, /RegiXEntryPoint.svc/basic and /RegiXEntryPoint.svc",
        bg: "услугите са /RegiXEntryPointV2.svc/basic, /RegiXEntryPointV2.svc, /RegiXEntryPoint.svc/basic и /RegiXEntryPoint.svc",
    }
    certificate_wanted() {
        en: "this host serves only who shows a certificate that it trusts",
        bg: "този хост обслужва само който покаже удостоверение, на което има доверие",
    }
    certificate_wanted_hint() {
        en: "let the core connect with a certificate of the client authorities of the host",
        bg: "ядрото да се свърже с удостоверение от органите за клиенти на хоста",
    }
    refused_too_large(limit) {
        en: "the message is larger than {limit} octets",
        bg: "съобщението е по-голямо от {limit} октета",
    }
    refused_too_large_hint() { en: "send a smaller message", bg: "изпратете по-малко съобщение" }
    refused_too_slow() { en: "the message arrives too slowly", bg: "съобщението пристига твърде бавно" }
    refused_too_slow_hint() { en: "send the message without pauses", bg: "изпратете съобщението без паузи" }
    refused_framing() {
        en: "it cannot be told where the message begins and ends",
        bg: "не може да се определи къде започва и свършва съобщението",
    }
    refused_framing_hint() {
        en: "send one Host, and either Content-Length or Transfer-Encoding: chunked",
        bg: "изпратете един Host и или Content-Length, или Transfer-Encoding: chunked",
    }
    refused_transfer_coding() {
        en: "this transfer coding is not supported",
        bg: "това кодиране на преноса не се поддържа",
    }
    refused_transfer_coding_hint() {
        en: "use Transfer-Encoding: chunked, or Content-Length",
        bg: "използвайте Transfer-Encoding: chunked или Content-Length",
    }
    refused_content_encoding() { en: "compressed messages are not taken", bg: "не се приемат компресирани съобщения" }
    refused_content_encoding_hint() {
        en: "send the message without Content-Encoding",
        bg: "изпратете съобщението без Content-Encoding",
    }
    refused_overloaded() {
        en: "the gateway has more messages in work than it can hold",
        bg: "шлюзът обработва повече съобщения, отколкото може да поеме",
    }
    refused_internal() { en: "the gateway failed", bg: "възникна грешка в шлюза" }
}
