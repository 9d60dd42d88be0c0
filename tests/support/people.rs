//! Arguments about the invented family of our packages (`adapters/README.md`).

/// A living man who is in every register.
pub const OGNYAN: &str = "7605239965";
/// His wife, who has contracts.
pub const RALITSA: &str = "7909149958";
/// A valid number that nobody has.
pub const NOBODY: &str = "9006069926";

/// The argument of ValidPersonSearch.
pub fn valid_person(egn: &str) -> String {
    by_egn("http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest", "ValidPersonRequest", egn)
}

/// The argument of PersonDataSearch.
pub fn person_data(egn: &str) -> String {
    by_egn("http://egov.bg/RegiX/GRAO/NBD/PersonDataRequest", "PersonDataRequest", egn)
}

/// The argument of RelationsSearch.
pub fn relations(egn: &str) -> String {
    by_egn("http://egov.bg/RegiX/GRAO/NBD/RelationsRequest", "RelationsRequestType", egn)
}

/// The argument of GetActualState.
pub fn actual_state(uic: &str) -> String {
    format!(
        "<ActualStateRequest xmlns=\"http://egov.bg/RegiX/AV/TR/ActualStateRequest\"><UIC>{uic}</UIC></ActualStateRequest>"
    )
}

/// The argument of GetValidUICInfo.
pub fn valid_uic(uic: &str) -> String {
    format!("<ValidUICRequest xmlns=\"http://egov.bg/RegiX/AV/TR/ValidUICRequest\"><UIC>{uic}</UIC></ValidUICRequest>")
}

/// The argument of GetPersonalIdentity.
pub fn personal_identity(document: &str, egn: &str) -> String {
    format!(
        "<PersonalIdentityInfoRequest xmlns=\"http://egov.bg/RegiX/MVR/BDS/PersonalIdentityInfoRequest\"><IdentityDocumentNumber>{document}</IdentityDocumentNumber><EGN>{egn}</EGN></PersonalIdentityInfoRequest>"
    )
}

/// An invented person number with a valid check digit from its first nine digits (weights 2, 4, 8, 5, 10, 9, 7, 3, 6).
pub fn egn(first_nine: u32) -> String {
    let digits = format!("{first_nine:09}");
    let sum: u32 =
        digits.bytes().zip([2, 4, 8, 5, 10, 9, 7, 3, 6]).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    format!("{digits}{}", sum % 11 % 10)
}

fn by_egn(namespace: &str, root: &str, egn: &str) -> String {
    format!("<{root} xmlns=\"{namespace}\"><EGN>{egn}</EGN></{root}>")
}

/// The argument of GetEmploymentContracts; the kind is `EGN` or `Bulstat`.
pub fn employment_contracts(id: &str, kind: &str) -> String {
    format!(
        "<EmploymentContractsRequest xmlns=\"http://egov.bg/RegiX/NRA/EmploymentContracts/Request\"><Identity><ID>{id}</ID><TYPE>{kind}</TYPE></Identity><ContractsFilter>All</ContractsFilter></EmploymentContractsRequest>"
    )
}
