//! Which types can be made, and how they are related.

use super::*;

/// The broken rule of a restriction, `None` if the type can be made.
fn refusal(base: &Arc<SimpleType>, list: &[(&str, &str)]) -> Option<FacetRule> {
    restrict(base, list).err().map(|error| error.rule)
}

fn refused(builtin: Builtin, list: &[(&str, &str)]) -> Option<FacetRule> {
    refusal(&built_in(builtin), list)
}

#[test]
fn a_type_has_only_the_facets_that_apply_to_it() {
    let not = Some(FacetRule::NotApplicable);
    assert_eq!(refused(Builtin::String, &[("totalDigits", "3")]), not);
    assert_eq!(refused(Builtin::String, &[("minInclusive", "a")]), not);
    assert_eq!(refused(Builtin::Boolean, &[("enumeration", "true")]), not);
    assert_eq!(refused(Builtin::Date, &[("length", "10")]), not);
    assert_eq!(refused(Builtin::Float, &[("totalDigits", "3")]), not);
    assert_eq!(refused(Builtin::Nmtokens, &[("minInclusive", "a")]), not);
    assert_eq!(refusal(&union_of(&[Builtin::Int]), &[("maxLength", "1")]), not);
    assert_eq!(refusal(&union_of(&[Builtin::Int]), &[("whiteSpace", "collapse")]), not);
    assert_eq!(refused(Builtin::AnySimpleType, &[]), Some(FacetRule::Base));
    assert_eq!(refused(Builtin::AnyUri, &[("length", "3"), ("pattern", ".*")]), None);
}

#[test]
fn facets_that_have_one_value_stand_once() {
    assert_eq!(refused(Builtin::String, &[("maxLength", "3"), ("maxLength", "3")]), Some(FacetRule::Repeated));
    assert_eq!(refused(Builtin::String, &[("pattern", "a"), ("pattern", "a")]), None);
    assert_eq!(refused(Builtin::String, &[("enumeration", "a"), ("enumeration", "a")]), None);
}

#[test]
fn values_of_facets_have_their_own_form() {
    let bad = Some(FacetRule::Value);
    for value in ["", "-1", "1.0", "a", "１"] {
        assert_eq!(refused(Builtin::String, &[("length", value)]), bad, "{value}");
    }
    assert_eq!(refused(Builtin::Decimal, &[("totalDigits", "0")]), bad);
    assert_eq!(refused(Builtin::Decimal, &[("fractionDigits", " +0 ")]), None);
    assert_eq!(refused(Builtin::String, &[("whiteSpace", "trim")]), bad);
    assert_eq!(refused(Builtin::String, &[("maxLength", "99999999999999999999999999")]), None);
    assert_eq!(refused(Builtin::String, &[("pattern", "(?i)a")]), Some(FacetRule::Pattern));
}

#[test]
fn a_step_never_widens() {
    let wider = Some(FacetRule::Wider);
    let text = derived(Builtin::String, &[("minLength", "2"), ("maxLength", "5")]);
    assert_eq!(refusal(&text, &[("minLength", "1")]), wider);
    assert_eq!(refusal(&text, &[("maxLength", "6")]), wider);
    assert_eq!(refusal(&text, &[("minLength", "3"), ("maxLength", "4")]), None);
    assert_eq!(refusal(&derived(Builtin::String, &[("length", "3")]), &[("length", "4")]), wider);
    assert_eq!(refused(Builtin::Byte, &[("maxInclusive", "200")]), wider);
    assert_eq!(refused(Builtin::Byte, &[("minInclusive", "200")]), wider);
    assert_eq!(refused(Builtin::PositiveInteger, &[("minExclusive", "0")]), wider);
    assert_eq!(refused(Builtin::Token, &[("whiteSpace", "replace")]), wider);
    assert_eq!(refused(Builtin::Integer, &[("whiteSpace", "preserve")]), wider);
    let open = derived(Builtin::Decimal, &[("minExclusive", "0"), ("maxExclusive", "10"), ("fractionDigits", "2")]);
    assert_eq!(refusal(&open, &[("minInclusive", "0")]), wider);
    assert_eq!(refusal(&open, &[("minExclusive", "10")]), wider);
    assert_eq!(refusal(&open, &[("fractionDigits", "3")]), wider);
    assert_eq!(refusal(&open, &[("minExclusive", "0"), ("maxInclusive", "9.99")]), None);
}

#[test]
fn an_integer_never_gets_a_fraction() {
    assert_eq!(refused(Builtin::Integer, &[("fractionDigits", "1")]), Some(FacetRule::Wider));
    assert_eq!(refused(Builtin::Integer, &[("fractionDigits", "0")]), None);
    assert_eq!(refused(Builtin::Integer, &[("maxInclusive", "1.0")]), Some(FacetRule::NotInBase));
}

#[test]
fn a_fixed_facet_keeps_its_value() {
    let fixed = Facet { fixed: true, ..Facet::new(FacetKind::MaxLength, "5") };
    let base = Arc::new(SimpleType::restrict(&built_in(Builtin::String), vec![fixed], None).unwrap());
    assert_eq!(refusal(&base, &[("maxLength", "4")]), Some(FacetRule::Fixed));
    assert_eq!(refusal(&base, &[("maxLength", "5")]), None);
    let bound = Facet { fixed: true, ..Facet::new(FacetKind::MinInclusive, "1.0") };
    let base = Arc::new(SimpleType::restrict(&built_in(Builtin::Decimal), vec![bound], None).unwrap());
    assert_eq!(refusal(&base, &[("minInclusive", "2")]), Some(FacetRule::Fixed));
    assert_eq!(refusal(&base, &[("minInclusive", "1")]), None);
    let below = restrict(&base, &[("maxInclusive", "7")]).unwrap();
    assert_eq!(refusal(&below, &[("minInclusive", "3")]), Some(FacetRule::Fixed));
}

#[test]
fn facets_of_one_type_do_not_contradict() {
    let conflict = Some(FacetRule::Conflict);
    assert_eq!(refused(Builtin::String, &[("minLength", "3"), ("maxLength", "2")]), conflict);
    assert_eq!(refused(Builtin::Int, &[("minInclusive", "3"), ("maxInclusive", "2")]), conflict);
    assert_eq!(refused(Builtin::Int, &[("minInclusive", "3"), ("minExclusive", "3")]), conflict);
    assert_eq!(refused(Builtin::Int, &[("minExclusive", "3"), ("maxInclusive", "3")]), conflict);
    assert_eq!(refused(Builtin::Int, &[("minExclusive", "3"), ("maxExclusive", "3")]), None);
    assert_eq!(refused(Builtin::Int, &[("minInclusive", "3"), ("maxInclusive", "3")]), None);
    assert_eq!(refused(Builtin::Decimal, &[("totalDigits", "2"), ("fractionDigits", "3")]), conflict);
    let text = derived(Builtin::String, &[("maxLength", "2")]);
    assert_eq!(refusal(&text, &[("minLength", "3")]), conflict);
}

#[test]
fn length_stands_beside_the_other_two_only_below_them() {
    let conflict = Some(FacetRule::Conflict);
    assert_eq!(refused(Builtin::String, &[("length", "3"), ("maxLength", "3")]), conflict);
    let text = derived(Builtin::String, &[("minLength", "1"), ("maxLength", "5")]);
    assert_eq!(refusal(&text, &[("length", "3")]), None);
    assert_eq!(refusal(&text, &[("length", "6")]), conflict);
    assert_eq!(refusal(&text, &[("length", "3"), ("minLength", "2")]), conflict);
    assert_eq!(refused(Builtin::Nmtokens, &[("length", "3")]), None);
}

#[test]
fn allowed_values_are_values_of_the_base() {
    let not = Some(FacetRule::NotInBase);
    assert_eq!(refused(Builtin::Date, &[("enumeration", "31.03.2024")]), not);
    assert_eq!(refused(Builtin::Byte, &[("enumeration", "128")]), not);
    let coded = derived(Builtin::String, &[("enumeration", "a"), ("enumeration", "b")]);
    assert_eq!(refusal(&coded, &[("enumeration", "c")]), not);
    let narrower = restrict(&coded, &[("enumeration", "b")]).unwrap();
    assert_eq!([rule(&narrower, "b"), rule(&narrower, "a")], [None, Some(ValueRule::Enumeration)]);
    assert_eq!(narrower.enumeration(), Some(&["b".to_owned()][..]));
    assert_eq!(refused(Builtin::QName, &[("enumeration", "p:n")]), not);
    assert_eq!(refused(Builtin::Date, &[("maxInclusive", "2024-02-30")]), not);
}

#[test]
fn lists_hold_no_lists() {
    let list = list_of(&built_in(Builtin::Int));
    let rule = |item: &Arc<SimpleType>| SimpleType::list(item, None).err().map(|error| error.rule);
    assert_eq!(rule(&list), Some(FacetRule::Item));
    assert_eq!(rule(&built_in(Builtin::Nmtokens)), Some(FacetRule::Item));
    assert_eq!(rule(&built_in(Builtin::AnySimpleType)), Some(FacetRule::Item));
    let mixed = Arc::new(SimpleType::union(vec![built_in(Builtin::Int), list], None));
    assert_eq!(rule(&mixed), Some(FacetRule::Item));
    assert_eq!(rule(&union_of(&[Builtin::Int, Builtin::Date])), None);
}

#[test]
fn a_union_within_a_union_stands_for_its_members() {
    let inner = union_of(&[Builtin::Int, Builtin::Date]);
    let outer = SimpleType::union(vec![Arc::clone(&inner), built_in(Builtin::Date), built_in(Builtin::Time)], None);
    let names: Vec<_> = outer.members().iter().map(|member| member.builtin_ancestor()).collect();
    assert_eq!(names, [Builtin::Int, Builtin::Date, Builtin::Time]);
    let restricted = restrict(&inner, &[("pattern", "1.*")]).unwrap();
    let outer = SimpleType::union(vec![restricted, built_in(Builtin::Time)], None);
    assert_eq!([rule(&outer, "12"), rule(&outer, "21")], [None, Some(ValueRule::Union)]);
}

#[test]
fn a_type_that_grows_without_end_is_refused() {
    let mut chain = built_in(Builtin::Int);
    let mut deeper = || {
        chain = restrict(&chain, &[])?;
        Ok::<_, FacetError>(())
    };
    assert_eq!((0..1000).find_map(|_| deeper().err()).map(|error| error.rule), Some(FacetRule::TooDeep));
    let mut doubled = union_of(&[Builtin::Int, Builtin::Date]);
    let mut twice = || {
        let (one, other) = (restrict(&doubled, &[("pattern", "a*")])?, restrict(&doubled, &[("pattern", "b*")])?);
        doubled = Arc::new(SimpleType::union(vec![one, other], None));
        Ok::<_, FacetError>(())
    };
    assert_eq!((0..40).find_map(|_| twice().err()).map(|error| error.rule), Some(FacetRule::TooDeep));
}

#[test]
fn a_type_knows_where_it_comes_from() {
    let code = derived(Builtin::Int, &[("maxInclusive", "9")]);
    assert_eq!(
        (code.primitive(), code.builtin_ancestor(), code.variety()),
        (Some(Builtin::Decimal), Builtin::Int, Variety::Atomic)
    );
    assert!(Arc::ptr_eq(code.base().unwrap(), &built_in(Builtin::Int)));
    for ancestor in [Builtin::Int, Builtin::Long, Builtin::Integer, Builtin::Decimal, Builtin::AnySimpleType] {
        assert!(code.is_derived_from(&built_in(ancestor)), "{ancestor:?}");
    }
    assert!(code.is_derived_from(&code));
    assert!(!code.is_derived_from(&built_in(Builtin::Short)));
    assert!(!built_in(Builtin::Int).is_derived_from(&code));
    let union = union_of(&[Builtin::Long, Builtin::Date]);
    assert!(code.is_derived_from(&union));
    assert!(!built_in(Builtin::String).is_derived_from(&union));
    let list = list_of(&code);
    assert!(list.is_derived_from(&built_in(Builtin::AnySimpleType)) && !list.is_derived_from(&code));
    assert_eq!((list.variety(), list.primitive(), list.white_space()), (Variety::List, None, WhiteSpace::Collapse));
    assert!(Arc::ptr_eq(list.item_type().unwrap(), &code));
}

#[test]
fn facets_can_be_read_back() {
    let money = derived(
        Builtin::Decimal,
        &[("fractionDigits", "2"), ("minInclusive", " 0.50 "), ("pattern", "a"), ("pattern", "b")],
    );
    assert_eq!(money.facet(FacetKind::MinInclusive).as_deref(), Some("0.50"));
    assert_eq!(money.facet(FacetKind::MinExclusive), None);
    assert_eq!(money.facet(FacetKind::FractionDigits).as_deref(), Some("2"));
    assert_eq!(money.facet(FacetKind::WhiteSpace).as_deref(), Some("collapse"));
    assert_eq!(money.patterns().collect::<Vec<_>>(), [["a", "b"]]);
    assert_eq!(built_in(Builtin::Byte).facet(FacetKind::MaxInclusive).as_deref(), Some("127"));
}
