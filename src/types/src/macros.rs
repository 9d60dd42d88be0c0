//! What generated types have in common.

/// A restricted simple type: `simple! { Egn(String), "EGN", patterns = &["[0-9]{10}"] }` for a `struct Egn(String)`.
///
/// Gives it `new`, `get`, `into_inner`, `TryFrom<&str>`, `TryFrom<String>`, `FromStr`, `Display`, and for text `as_str`.
#[macro_export]
macro_rules! simple {
    ($name:ident(String), $xsd:literal $($facets:tt)*) => {
        $crate::simple! { @type $name(String), $xsd $($facets)* }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
    ($name:ident($inner:ty), $xsd:literal $($facets:tt)*) => {
        $crate::simple! { @type $name($inner), $xsd $($facets)* }
    };
    (@type $name:ident($inner:ty), $xsd:literal $(, $facet:ident = $value:expr)* $(,)?) => {
        impl $name {
            const FACETS: $crate::Facets = $crate::Facets {
                kind: <$inner as $crate::Value>::KIND,
                $($facet: $value,)*
                ..$crate::Facets::NONE
            };

            /// Takes a value that keeps the rules of the type; the error names the rule.
            pub fn new(value: impl Into<$inner>) -> Result<Self, $crate::ValueError> {
                let value: $inner = value.into();
                <Self as $crate::Value>::parse(&$crate::Value::lexical(&value))
            }

            /// The value.
            pub fn get(&self) -> &$inner {
                &self.0
            }

            /// The value, out of its wrapper.
            pub fn into_inner(self) -> $inner {
                self.0
            }
        }

        impl $crate::Value for $name {
            const NAME: &'static str = $xsd;
            const KIND: $crate::Kind = <$inner as $crate::Value>::KIND;
            const WHITE_SPACE: $crate::WhiteSpace = match Self::FACETS.white_space {
                Some(white_space) => white_space,
                None => <$inner as $crate::Value>::WHITE_SPACE,
            };

            fn parse(text: &str) -> Result<Self, $crate::ValueError> {
                static RULES: $crate::Rules = $crate::Rules::new($name::FACETS);
                $crate::expansion::parse_value($xsd, Self::WHITE_SPACE, &RULES, text).map(Self)
            }

            fn lexical(&self) -> ::std::borrow::Cow<'_, str> {
                $crate::Value::lexical(&self.0)
            }
        }

        $crate::simple! { @text $name }
    };
    (@text $name:ident) => {
        impl ::std::str::FromStr for $name {
            type Err = $crate::ValueError;
            fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                <Self as $crate::Value>::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::ValueError;
            fn try_from(text: &str) -> Result<Self, $crate::ValueError> {
                <Self as $crate::Value>::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ValueError;
            fn try_from(text: String) -> Result<Self, $crate::ValueError> {
                <Self as $crate::Value>::parse(&text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::Value::lexical(self))
            }
        }
    };
}

/// An enumeration of texts: `enumeration! { Gender, "GenderType", Preserve, Mazh = "Мъж", Zhena = "Жена" }`.
///
/// Gives it `ALL`, `as_str`, `TryFrom<&str>`, `TryFrom<String>`, `FromStr` and `Display`.
#[macro_export]
macro_rules! enumeration {
    ($name:ident, $xsd:literal, $white_space:ident $(, $variant:ident = $text:literal)* $(,)?) => {
        impl $name {
            /// All values with their texts, in the order of the schema.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $text)),*];

            /// The text of the value.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl $crate::Value for $name {
            const NAME: &'static str = $xsd;
            const KIND: $crate::Kind = $crate::Kind::Text;
            const WHITE_SPACE: $crate::WhiteSpace = $crate::WhiteSpace::$white_space;

            fn parse(text: &str) -> Result<Self, $crate::ValueError> {
                let text = Self::WHITE_SPACE.apply(text);
                match Self::ALL.iter().find(|(_, known)| *known == text) {
                    Some((value, _)) => Ok(*value),
                    None => Err($crate::ValueError::new($xsd, $crate::Rule::Enumeration(Self::ALL.len()))),
                }
            }

            fn lexical(&self) -> ::std::borrow::Cow<'_, str> {
                ::std::borrow::Cow::Borrowed(self.as_str())
            }
        }

        $crate::simple! { @text $name }
    };
}

/// A document type: `document! { Bill, "urn:example", "Bill", qualified }`; `prefixed` where elements of no namespace stand below.
///
/// Gives it `from_xml`, `from_xml_within` and `to_xml`.
#[macro_export]
macro_rules! document {
    ($name:ident, $namespace:expr, $local:literal, qualified) => {
        $crate::document! { @ $name, $namespace, $local, false }
    };
    ($name:ident, $namespace:expr, $local:literal, prefixed) => {
        $crate::document! { @ $name, $namespace, $local, true }
    };
    (@ $name:ident, $namespace:expr, $local:literal, $prefixed:literal) => {
        impl $crate::Document for $name {
            const NAMESPACE: &'static str = $namespace;
            const NAME: &'static str = $local;
            const PREFIXED: bool = $prefixed;
        }

        impl $name {
            /// Reads a document: UTF-8, no DOCTYPE, within the usual limits.
            pub fn from_xml(xml: impl AsRef<[u8]>) -> $crate::Result<Self> {
                Self::from_xml_within(xml.as_ref(), &$crate::Limits::default(), &[])
            }

            /// Reads a document, or a part of a larger one that declares these prefixes around it.
            pub fn from_xml_within(
                xml: &[u8],
                limits: &$crate::Limits,
                outer: &[(&str, &str)],
            ) -> $crate::Result<Self> {
                $crate::Reader::document(xml, limits, outer)
            }

            /// The document as XML, without an XML declaration, so that it may stand inside another one.
            pub fn to_xml(&self) -> String {
                $crate::Writer::document(self)
            }
        }
    };
}

/// The details that an operation declares for its faults, if there are several: `faults! { AddFault { Closed(Closed) } }` for an
/// enum with a boxed document type in each variant.
///
/// Gives it [`soap::Detail`](crate::soap::Detail) and `From` for each of the types.
#[macro_export]
macro_rules! faults {
    ($name:ident { $($variant:ident($type:ty)),* $(,)? }) => {
        impl $crate::soap::Detail for $name {
            fn read(element: &$crate::soap::Part) -> Option<Self> {
                $(if element.is_a::<$type>() {
                    return element.read().ok().map(|detail| Self::$variant(Box::new(detail)));
                })*
                None
            }

            fn write(&self) -> String {
                match self {
                    $(Self::$variant(detail) => $crate::Writer::document::<$type>(detail),)*
                }
            }
        }

        $(impl From<$type> for $name {
            fn from(detail: $type) -> Self {
                Self::$variant(Box::new(detail))
            }
        })*
    };
}

/// The header blocks that an operation declares: `headers! { Headers { context: Context } }` for a struct whose fields are
/// `Option`s of document types.
///
/// Gives it [`soap::Headers`](crate::soap::Headers).
#[macro_export]
macro_rules! headers {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        impl $crate::soap::Headers for $name {
            fn knows(block: &$crate::soap::Part) -> bool {
                false $(|| block.is_a::<$type>())*
            }

            fn read(message: &$crate::soap::Opened) -> $crate::Result<Self> {
                Ok(Self { $($field: message.block()?),* })
            }

            fn write(&self) -> String {
                let mut blocks = String::new();
                $(if let Some(block) = &self.$field {
                    blocks.push_str(&$crate::Writer::document::<$type>(block));
                })*
                blocks
            }
        }
    };
}
