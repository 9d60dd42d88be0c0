//! Why nothing could be generated.

use std::fmt;
use std::path::{Path, PathBuf};

use kapia_language::Language;
use kapia_schema::SchemaError;

/// Why nothing could be generated.
#[derive(Debug)]
pub enum Error {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file cannot be written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A schema is not a schema.
    Schema {
        /// The file in which something is wrong: the one that was to be read, or one that it includes.
        path: PathBuf,
        /// Where it stands there, from 1; 0 if the file could not be opened.
        line: u32,
        /// What is wrong.
        cause: Box<SchemaError>,
    },
    /// A WSDL file is not XML, or holds no schema.
    Wsdl {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: WsdlFault,
    },
    /// A WSDL file has an operation for which there is no client.
    Service {
        /// The file.
        path: PathBuf,
        /// The operation.
        operation: String,
        /// Where it stands, from 1.
        line: u32,
        /// What is wrong.
        what: ServiceFault,
    },
    /// An `adapter.toml` cannot be understood.
    Manifest {
        /// The file.
        path: PathBuf,
        /// What the reader of TOML said.
        cause: String,
    },
    /// A schema of a package has no such root.
    NoRoot {
        /// The file that names it.
        path: PathBuf,
        /// The schema.
        schema: String,
        /// The root.
        root: String,
    },
    /// The schema holds something for which there is no Rust.
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The type or element.
        place: String,
        /// What it holds.
        what: Unsupported,
    },
    /// There is nothing to generate from.
    Nothing,
    /// One module was asked for, and the input makes several.
    Several(usize),
    /// No folder for the result was named.
    NoFolder,
    /// No schema in a folder.
    NoSchemas(PathBuf),
    /// There is a file in the way that was not generated.
    NotGenerated(PathBuf),
    /// What lies in the folder is not what would be generated.
    Stale(Vec<PathBuf>),
}

/// What a WSDL file lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WsdlFault {
    /// It is not well-formed.
    NotXml {
        /// In English.
        english: String,
        /// In Bulgarian.
        bulgarian: String,
    },
    /// No `types` of WSDL 1.1.
    NoTypes,
    /// No schema in `types`.
    NoSchema,
}

/// Why an operation of a WSDL file has no client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceFault {
    /// RPC style.
    Rpc,
    /// SOAP encoding.
    Encoded,
    /// No answer, or no request.
    OneWay,
    /// A message that is not there.
    NoMessage(String),
    /// A message that another file has.
    Imported(String),
    /// A message whose body is not exactly one part.
    Parts(String),
    /// A header block that no message has.
    NoPart {
        /// The message.
        message: String,
        /// The part.
        part: String,
    },
    /// A message with a part that is a type and not an element.
    NoElement(String),
    /// An element that no schema declares.
    Undeclared(String),
    /// The element of the request is that of another operation.
    SameRequest(String),
}

/// What has no rendering in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A name in a namespace where declarations cannot be kept.
    QualifiedName,
    /// Types inside one another too deep.
    TooDeep,
    /// `xs:all` inside something else.
    NestedAll,
    /// A choice, a group that repeats, open content or a derived type: nothing that `yaserde` can keep.
    Yaserde,
}

/// The result of generating.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn unsupported(place: &str, what: Unsupported) -> Error {
        Error::Unsupported { path: PathBuf::new(), place: place.to_owned(), what }
    }

    /// The same, said of this file if nothing is known of it yet.
    pub(crate) fn in_file(mut self, file: &Path) -> Error {
        match &mut self {
            Error::Unsupported { path, .. } if path.as_os_str().is_empty() => file.clone_into(path),
            _ => {}
        }
        self
    }

    /// Cause and place, in a language.
    pub fn message(&self, language: Language) -> String {
        match self {
            Error::Unreadable { path, cause } => {
                let word = language.pick("cannot be read", "не може да се прочете");
                format!("`{}` {word}: {cause}", path.display())
            }
            Error::Unwritable { path, cause } => {
                let word = language.pick("cannot be written", "не може да се запише");
                format!("`{}` {word}: {cause}", path.display())
            }
            Error::Schema { path, line: 0, cause } => format!("`{}`: {}", path.display(), cause.message(language)),
            Error::Schema { path, line, cause } => {
                format!("{}:{line}:{}: {}", path.display(), cause.column(), cause.message(language))
            }
            Error::Wsdl { path, cause } => format!("`{}`: {}", path.display(), cause.message(language)),
            Error::Service { path, operation, line, what } => {
                let word = language.pick("operation", "операция");
                format!("{}:{line}: {word} `{operation}`: {}", path.display(), what.message(language))
            }
            Error::Manifest { path, cause } => format!("`{}`: {cause}", path.display()),
            Error::NoRoot { path, schema, root } => {
                let word = language.pick("has no root", "няма корен");
                format!("`{}`: `{schema}` {word} `{root}`", path.display())
            }
            Error::Unsupported { path, place, what } => {
                format!("`{}`: `{place}`: {}", path.display(), what.message(language))
            }
            Error::Nothing => {
                language.pick("there is nothing to generate from", "няма от какво да се създаде код").into()
            }
            Error::Several(count) => match language {
                Language::English => format!("the input makes {count} modules, not one"),
                Language::Bulgarian => format!("от входа се получават {count} модула, а не един"),
            },
            Error::NoFolder => {
                language.pick("no folder for the result is named", "не е посочена папка за резултата").into()
            }
            Error::NoSchemas(path) => {
                let word = language.pick("no file in it is a schema (`.xsd`)", "в нея няма файл със схема (`.xsd`)");
                format!("`{}`: {word}", path.display())
            }
            Error::NotGenerated(path) => {
                let word = language.pick(
                    "it was not generated, so it is not replaced",
                    "не е създаден от генератора и затова не се замества",
                );
                format!("`{}`: {word}", path.display())
            }
            Error::Stale(files) => {
                let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let word = language.pick("not what would be generated now", "не е това, което би се създало сега");
                format!("{word}: {}", files.join(", "))
            }
        }
    }

    /// What to do about it, in a language; may be empty.
    pub fn hint(&self, language: Language) -> String {
        let [english, bulgarian] = match self {
            Error::Unreadable { .. } => ["check the path", "проверете пътя"],
            Error::Unwritable { .. } => ["check the folder and its rights", "проверете папката и правата ѝ"],
            Error::Schema { cause, .. } => return cause.hint(language),
            Error::Wsdl { .. } => {
                ["name a WSDL 1.1 file with its schemas inside", "посочете WSDL 1.1 със схемите вътре"]
            }
            Error::Service { .. } => [
                "generate the types alone with --no-services, or change the operation to document/literal",
                "създайте само типовете с --no-services или променете операцията на document/literal",
            ],
            Error::Manifest { .. } | Error::NoRoot { .. } => {
                ["see docs/adapter-tools.md", "вижте docs/adapter-tools.md"]
            }
            Error::Unsupported { what: Unsupported::Yaserde, .. } => {
                ["generate without --derive yaserde", "създайте кода без --derive yaserde"]
            }
            Error::Unsupported { .. } => {
                ["change the schema, or keep this document as XML", "променете схемата или оставете документа като XML"]
            }
            Error::Nothing => [
                "name a WSDL file, a schema, a folder of schemas or an adapter package",
                "посочете WSDL, схема, папка със схеми или адаптерен пакет",
            ],
            Error::NoSchemas(_) => ["name a schema, or a folder of schemas", "посочете схема или папка със схеми"],
            Error::NotGenerated(_) => [
                "name another folder with --out, or move the file away",
                "посочете друга папка с --out или преместете файла",
            ],
            Error::Several(_) | Error::NoFolder => ["name a folder with --out", "посочете папка с --out"],
            Error::Stale(_) => ["run the same without --check", "изпълнете същото без --check"],
        };
        language.pick(english, bulgarian).to_owned()
    }
}

impl WsdlFault {
    fn message(&self, language: Language) -> String {
        match self {
            WsdlFault::NotXml { english, bulgarian } => language.pick(english, bulgarian).clone(),
            WsdlFault::NoTypes => {
                language.pick("there is no `types` of WSDL 1.1 in it", "в него няма `types` на WSDL 1.1").into()
            }
            WsdlFault::NoSchema => language.pick("there is no schema in it", "в него няма схема").into(),
        }
    }
}

impl ServiceFault {
    fn message(&self, language: Language) -> String {
        let [english, bulgarian] = match self {
            ServiceFault::Rpc => ["its style is rpc", "стилът ѝ е rpc"].map(str::to_owned),
            ServiceFault::Encoded => {
                ["its messages are encoded, not literal", "съобщенията ѝ са encoded, а не literal"].map(str::to_owned)
            }
            ServiceFault::OneWay => {
                ["it has no request or no answer", "няма заявка или няма отговор"].map(str::to_owned)
            }
            ServiceFault::NoMessage(message) => {
                [format!("there is no message `{message}`"), format!("няма съобщение `{message}`")]
            }
            ServiceFault::Imported(message) => [
                format!("the message `{message}` is in an imported file; ask for the WSDL in one file (?singleWsdl)"),
                format!("съобщението `{message}` е във вмъкнат файл; вземете WSDL в един файл (?singleWsdl)"),
            ],
            ServiceFault::Parts(message) => [
                format!("the body of the message `{message}` is not exactly one part"),
                format!("тялото на съобщението `{message}` не е точно една част"),
            ],
            ServiceFault::NoPart { message, part } => [
                format!("the message `{message}` has no part `{part}` for the header"),
                format!("съобщението `{message}` няма част `{part}` за заглавието"),
            ],
            ServiceFault::NoElement(message) => [
                format!("a part of the message `{message}` is a type, not an element"),
                format!("част от съобщението `{message}` е тип, а не елемент"),
            ],
            ServiceFault::Undeclared(element) => [
                format!("no schema in the file declares the element `{element}`"),
                format!("никоя схема във файла не описва елемента `{element}`"),
            ],
            ServiceFault::SameRequest(other) => [
                format!("it takes the same element as `{other}`, so that a message does not say which one is meant"),
                format!("приема същия елемент като `{other}` и от съобщението не личи коя се иска"),
            ],
        };
        language.pick(english, bulgarian)
    }
}

impl Unsupported {
    fn message(self, language: Language) -> &'static str {
        match self {
            Unsupported::QualifiedName => language.pick(
                "its value is a name in a namespace, which could not be kept",
                "стойността е име в пространство от имена, което не би могло да се запази",
            ),
            Unsupported::TooDeep => {
                language.pick("types stand inside one another too deep", "типовете са вложени твърде дълбоко")
            }
            Unsupported::NestedAll => {
                language.pick("xs:all stands where it must not", "xs:all стои на непозволено място")
            }
            Unsupported::Yaserde => language.pick(
                "yaserde cannot keep choices, groups that repeat, open content or derived types",
                "yaserde не може да запази избор, повтарящи се групи, отворено съдържание и производни типове",
            ),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unreadable { cause, .. } | Error::Unwritable { cause, .. } => Some(cause),
            Error::Schema { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
