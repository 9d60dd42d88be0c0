//! Texts of a form: names and codes of languages.

use super::kept;

kept! {
    /// `xs:language`: a code such as `bg` or `en-GB`.
    Language, "language", Language;
    /// `xs:Name`.
    Name, "Name", Name;
    /// `xs:NCName`, and `xs:ID`, `xs:IDREF` and `xs:ENTITY`, whose references are not followed.
    NcName, "NCName", NcName;
    /// `xs:NMTOKEN`.
    Nmtoken, "NMTOKEN", Nmtoken;
}

#[cfg(test)]
mod tests {
    use super::{Language, Name, NcName, Nmtoken};

    #[test]
    fn names_have_the_characters_of_names() {
        assert!("bg".parse::<Language>().is_ok() && "sr-Cyrl-RS".parse::<Language>().is_ok());
        assert!("".parse::<Language>().is_err() && "b2".parse::<Language>().is_err());
        assert!("а:б".parse::<Name>().is_ok() && "1a".parse::<Name>().is_err() && "".parse::<Name>().is_err());
        assert!("а-б".parse::<NcName>().is_ok() && "а:б".parse::<NcName>().is_err());
        assert!("1-a".parse::<Nmtoken>().is_ok() && "a b".parse::<Nmtoken>().is_err());
    }
}
