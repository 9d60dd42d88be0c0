"""Defects of the other validators that the generator meets, each as narrow as it can be said: a validator whose word is
explained here has no vote on that schema or document.

A rule sees what the validator said, what Kapia said (both "" for valid), and the text of the schema documents and, of a
verdict on a document, that of the document.
"""

import re

#: Rules of Part 1 that libxml2 does not check at all.
UNCHECKED_BY_LIBXML2 = ("cos-nonambig", "cos-element-consistent", "derivation-ok-restriction", "cvc-identity-constraint.4.2.3")
ZONED = re.compile(r"\d\d(Z|[+-]\d\d:\d\d)['\"<]")


def code(text):
    """`cos-nonambig` of `…: a child could match … [cos-nonambig]`."""
    return text.rsplit("[", 1)[-1].rstrip("]")


def facet(text):
    """`minInclusive-maxExclusive` of `… [minInclusive-maxExclusive] [st-facet-valid]`."""
    return text.rsplit("[", 2)[-2].strip().rstrip("]") if text.endswith("[st-facet-valid]") else ""


#: Who, why, and when.
RULES = [
    (
        "libxml2",
        "does not check that content is unambiguous, consistent, a restriction of that of its base, nor fields of keys",
        lambda theirs, ours, text: not theirs and code(ours).startswith(UNCHECKED_BY_LIBXML2),
    ),
    (
        "libxml2",
        "does not check that whiteSpace and the length facets only narrow (Part 2 §4.3)",
        lambda theirs, ours, text: not theirs and ("whiteSpace" in facet(ours) or "ength" in facet(ours)),
    ),
    (
        "libxml2",
        "numbers of more than 24 digits are refused; Part 2 §5.4 asks for 18, but not for an error",
        lambda theirs, ours, text: not ours and re.search(r"\d{25,}", theirs),
    ),
    (
        "libxml2",
        "`-0` is refused for unsigned types, and is not equal to `0` (Part 2 §3.3.20)",
        lambda theirs, ours, text: not ours and ("'-0'" in theirs or "-0'" in theirs or "-0" in text and "fixed value" in theirs),
    ),
    (
        "libxml2",
        "white space around numbers is not collapsed in every place",
        lambda theirs, ours, text: not ours and re.search(r"' [^']*'|'[^']* ' is not a valid value", theirs),
    ),
    (
        "libxml2",
        "takes a model for ambiguous that is not",
        lambda theirs, ours, text: not ours and "content model is not determinist" in theirs,
    ),
    (
        "libxml2",
        "a strict wildcard takes an element with xsi:type alone (§3.10.1), and a lax one needs no declaration",
        lambda theirs, ours, text: not ours and "No matching global" in theirs and "xsi:type" in text,
    ),
    (
        "Xerces|libxml2",
        "a bound that equals the opposite exclusive bound of its base leaves no value (Part 2 §4.3.7 to §4.3.10)",
        lambda theirs, ours, text: not theirs and facet(ours) in ("minInclusive-maxExclusive", "minExclusive-maxInclusive"),
    ),
    (
        "Xerces",
        "a date with a zone does not equal itself as fixed value or in an enumeration",
        lambda theirs, ours, text: not ours
        and re.search(r"-\d\dZ'|-\d\dZ\]", theirs)
        and re.search(r"cvc-elt.5|cvc-attribute.4|cvc-complex-type.3.1|cvc-enumeration-valid|e-props-correct|a-props-correct|au-props-correct", theirs),
    ),
    (
        "Xerces|libxml2|xmlschema",
        "names have the characters of older editions of XML 1.0, here those of the fifth",
        lambda theirs, ours, text: not ours and any(ord(c) > 0xFFFF for c in text) and re.search(r"\\\\?[ic]|N(ame|CName|MTOKENS?)\b", theirs),
    ),
    (
        "Xerces|xmlschema",
        "fractionDigits is not held against totalDigits of another step (Part 2 §4.3.12.4)",
        lambda theirs, ours, text: not theirs and facet(ours) == "fractionDigits-totalDigits",
    ),
    (
        "Xerces|xmlschema",
        "a union with ID among its members counts as derived from ID (§3.4.6 clause 5, §3.6.6 clause 3)",
        lambda theirs, ours, text: not ours and re.search(r"t-props-correct.5|ag-props-correct.3|multiple ID", theirs) and "<xs:union" in text,
    ),
    (
        "Xerces|libxml2",
        "an IDREF that stands only as the default of an absent attribute is not looked up (§3.4.5)",
        lambda theirs, ours, text: not theirs and code(ours) == "cvc-id.1" and " default=" in text,
    ),
    (
        "libxml2|xmlschema",
        "NMTOKENS may be empty (Part 2 §3.3.5)",
        lambda theirs, ours, text: not theirs and "xs:NMTOKENS has at least 1" in ours,
    ),
    (
        "libxml2|xmlschema",
        "NaN lies within bounds (Part 2 §3.2.4.1)",
        lambda theirs, ours, text: not theirs and "NaN" in text and ("clusive-valid" in code(ours) or "NaN, the" in ours),
    ),
    (
        "Xerces",
        "a character above U+FFFF counts as two",
        lambda theirs, ours, text: bool(theirs) != bool(ours) and any(ord(c) > 0xFFFF for c in text) and "ength" in theirs + ours,
    ),
    (
        "Xerces|libxml2",
        "the time 24:00:00 is not taken for 00:00:00 (Part 2 §3.2.8)",
        lambda theirs, ours, text: "24:00:00" in text and re.search(r"clusive|value constraint|fixed|enumeration", theirs + ours),
    ),
    (
        "Xerces",
        "a wildcard or group of two or more in an optional place is asked for all the same",
        lambda theirs, ours, text: not ours and "cvc-complex-type.2.4.b" in theirs and re.search(r'minOccurs="[2-9]"', text),
    ),
    (
        "Xerces|xmlschema",
        "a group in which nothing may occur is pointless, whatever its own occurrence (§3.9.6)",
        lambda theirs, ours, text: not ours and re.search("rcase-|illegal restriction", theirs) and 'maxOccurs="0"' in text,
    ),
    (
        "xmlschema",
        "does not find every ambiguity",
        lambda theirs, ours, text: not theirs and code(ours) == "cos-nonambig",
    ),
    (
        "xmlschema",
        "a field of a key may be nillable there (§3.11.4 clause 4.2.3)",
        lambda theirs, ours, text: not theirs and code(ours) == "cvc-identity-constraint.4.2.3",
    ),
    (
        "xmlschema",
        "does not check length beside minLength and maxLength in another step (Part 2 §4.3.1.4)",
        lambda theirs, ours, text: not theirs and facet(ours) in ("length-minLength", "length-maxLength"),
    ),
    (
        "libxml2|xmlschema",
        "a branch of a choice that may not occur makes it optional; it is no branch (§3.9.2)",
        lambda theirs, ours, text: not theirs and code(ours) == "cvc-complex-type.2.4.b" and 'maxOccurs="0"' in text,
    ),
    (
        "xmlschema",
        "an iteration of a choice with an optional branch must not be empty",
        lambda theirs, ours, text: not ours and "ChildrenValidationError" in theirs and "(model='choice', occurs=[" in theirs and 'minOccurs="0"' in text,
    ),
    (
        "libxml2",
        "stops with an error of its own",
        lambda theirs, ours, text: not ours and "something strange happened" in theirs,
    ),
    (
        "Xerces",
        "the canonical form of a default must fit the patterns too, as §3.2.6 and §3.3.6 have it by the letter; here the literal must",
        lambda theirs, ours, text: not ours and "cvc-pattern-valid" in theirs and re.search(r" (default|fixed)=", text),
    ),
    (
        "Xerces",
        "takes a wildcard for ambiguous that a fixed count keeps apart",
        lambda theirs, ours, text: not ours and re.search(r"cos-nonambig: .*WC\[", theirs) and re.search(r'minOccurs="(\d)" maxOccurs="\1"', text),
    ),
    (
        "xmlschema",
        "a root without declaration is refused even with xsi:type (§5.2)",
        lambda theirs, ours, text: not ours and "failed validating <Element" in theirs and "xsi:type" in text.rsplit("</xs:schema>", 1)[-1].split(">")[0],
    ),
    (
        "xmlschema",
        "the final of a head is held against an element of the very same type (§3.3.6)",
        lambda theirs, ours, text: not ours and "can't be substituted by an element that has a derivation of its type" in theirs,
    ),
    (
        "xmlschema",
        "the ##other of two namespaces is taken for the same",
        lambda theirs, ours, text: not theirs and code(ours) == "derivation-ok-restriction.5" and "##other" in text,
    ),
    (
        "xmlschema",
        "stops with an error of its own",
        lambda theirs, ours, text: not ours and theirs.startswith(("XMLSchemaValueError", "XMLSchemaTypeError", "RecursionError", "CRASH")),
    ),
    (
        "xmlschema",
        "dates without a zone are compared with those that have one as if the zone were UTC (Part 2 §3.2.7.4)",
        lambda theirs, ours, text: not theirs and "clusive-valid" in code(ours) and ZONED.search(text),
    ),
]


def explained(validator, theirs, ours, texts):
    """The reason why this validator's word does not count, or `None`."""
    for names, reason, applies in RULES:
        if any(name in validator for name in names.split("|")) and applies(theirs or "", ours or "", texts):
            return reason
    return None
