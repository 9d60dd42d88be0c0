//! The form of every text of this crate: a stable code, a cause and a hint, in English and Bulgarian.

pub(crate) use kapia_language::Language;

/// One entry of a catalogue, with both languages side by side.
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    pub(crate) message: [&'static str; 2],
    pub(crate) hint: [&'static str; 2],
}

/// Defines an enum whose variants carry code, messages and hints, so that a variant without a text cannot be written.
macro_rules! catalogue {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $variant:ident = $code:literal, $en:literal, $bg:literal, $hint_en:literal, $hint_bg:literal; )+
        }
    ) => {
        $(#[$about])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $( #[doc = $en] $variant, )+
        }

        impl $name {
            /// Every entry of the catalogue, in the order of its definition.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            fn entry(self) -> crate::text::Entry {
                match self {
                    $( $name::$variant => crate::text::Entry {
                        code: $code,
                        message: [$en, $bg],
                        hint: [$hint_en, $hint_bg],
                    }, )+
                }
            }

            /// The stable name of this case, for logs, metrics and tests.
            pub fn code(self) -> &'static str {
                self.entry().code
            }

            /// The cause in one clause, without values from the document.
            pub fn message(self, language: crate::Language) -> &'static str {
                language.of(self.entry().message)
            }

            /// What the reader of the message can do about it.
            pub fn hint(self, language: crate::Language) -> &'static str {
                language.of(self.entry().hint)
            }
        }
    };
}
pub(crate) use catalogue;
