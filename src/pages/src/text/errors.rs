//! What is wrong with configuration, by code.

use kapia_language::{Catalogue, Entry};

pub(crate) const ERRORS: Catalogue = Catalogue(&[
    Entry {
        code: "site-host",
        message: ["the host “{value}” of a site is no host name", "хостът „{value}“ на сайт не е име на хост"],
        hint: ["write the name alone, without scheme, port and path", "напишете само името, без схема, порт и път"],
    },
    Entry {
        code: "site-host-twice",
        message: ["two sites have the host “{value}”", "два сайта имат хост „{value}“"],
        hint: ["give each administration a name of its own", "дайте на всяка администрация собствено име"],
    },
    Entry {
        code: "site-supplier",
        message: ["the supplier of the site “{value}” is no EIK", "доставчикът на сайта „{value}“ не е ЕИК"],
        hint: ["it has 9 or 13 digits", "той има 9 или 13 цифри"],
    },
    Entry {
        code: "pages-base",
        message: ["the base “{value}” is no address of a site", "основата „{value}“ не е адрес на сайт"],
        hint: [
            "write https:// and the host; a path before all addresses is the prefix",
            "напишете https:// и хоста; път пред всички адреси е prefix",
        ],
    },
    Entry {
        code: "pages-prefix",
        message: ["the prefix “{value}” is no path", "представката „{value}“ не е път"],
        hint: [
            "write a slash and names of Latin letters and digits, such as /portal",
            "напишете наклонена черта и имена от латински букви и цифри, например /portal",
        ],
    },
    Entry {
        code: "facade-token",
        message: ["token no. {value} of the façade is not a digest", "маркер № {value} на фасадата не е хеш"],
        hint: [
            "write sha256: and the SHA-256 of the token in hexadecimal",
            "напишете sha256: и SHA-256 на маркера в шестнадесетичен вид",
        ],
    },
]);
