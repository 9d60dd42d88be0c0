"""Literals of the built-in types: in the lexical space, and just outside of it."""

#: Type → (valid, invalid).
LITERALS = {
    "string": (["", "a", "abc", " x ", "дума", "a b  c", "12", "e\u0301", "line\nbreak", "\U0001f600"], []),
    "normalizedString": (["", "a", " a  b ", "tab\there", "abc"], []),
    "token": (["", "a", "  a   b ", "abc", "12"], []),
    "boolean": (["true", "false", "1", "0", " true "], ["TRUE", "yes", "", "2"]),
    "decimal": (
        ["0", "1", "-1.5", "+3.00", "12345678901234567890123456789", ".5", "5.", "-0", "100", "0.10", "00012", " 7 "],
        ["1e3", "", "-", ".", "1,5", "NaN", "0x1"],
    ),
    "integer": (["0", "-1", "+7", "007", "12345678901234567890123456789", "42"], ["1.0", "", "1.", "a", "--1"]),
    "nonNegativeInteger": (["0", "-0", "1", "18446744073709551616"], ["-1", "1.5", ""]),
    "positiveInteger": (["1", "+2", "007"], ["0", "-1", ""]),
    "nonPositiveInteger": (["0", "-1", "-99"], ["1", ""]),
    "negativeInteger": (["-1", "-12345678901234567890"], ["0", "1"]),
    "long": (["0", "9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "-9223372036854775809", "1.0"]),
    "int": (["0", "2147483647", "-2147483648", "+1"], ["2147483648", "-2147483649", "x"]),
    "short": (["0", "32767", "-32768"], ["32768", "-32769"]),
    "byte": (["0", "127", "-128"], ["128", "-129"]),
    "unsignedLong": (["0", "18446744073709551615"], ["18446744073709551616", "-1"]),
    "unsignedInt": (["0", "4294967295"], ["4294967296", "-1"]),
    "unsignedShort": (["0", "65535"], ["65536", "-1"]),
    "unsignedByte": (["0", "255", "-0"], ["256", "-1"]),
    "float": (["0", "-0", "1.5", "1E4", "-1e-3", "INF", "-INF", "NaN", "3.4028235E38"], ["+INF", "inf", "", "1e", "1.5f"]),
    "double": (["0", "1.5", "1E4", "1e308", "-1e-3", "INF", "-INF", "NaN"], ["+INF", "inf", "nan", "", "1e1.5"]),
    "duration": (["P1Y", "P1M", "P30D", "PT24H", "P1D", "-P1Y2M3DT4H5M6.7S", "PT0S", "P12M"], ["P", "PT", "1Y", "P1S", "P-1Y", "P1YT", ""]),
    "dateTime": (
        ["2024-02-29T12:00:00", "2024-01-01T24:00:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.125+02:00", "12024-01-01T00:00:00", "-0001-01-01T00:00:00"],
        ["2023-02-29T12:00:00", "2024-01-01", "2024-01-01T25:00:00", "2024-1-1T00:00:00", "0000-01-01T00:00:00", "2024-01-01T00:00", "2024-01-01T24:00:01"],
    ),
    "date": (["2024-02-29", "2024-01-01Z", "1999-12-31+14:00", "2024-06-30-05:00"], ["2023-02-29", "2024-13-01", "24-01-01", "2024-01-01T00:00:00", "2024-01-01+15:00", "01.02.2024"]),
    "time": (["00:00:00", "24:00:00", "23:59:59.999", "12:00:00Z", "12:00:00-03:00"], ["24:00:01", "12:00", "25:00:00", "12:60:00"]),
    "gYear": (["2024", "-0044", "12024", "2024Z"], ["24", "0000", "02024", "2024-01"]),
    "gYearMonth": (["2024-02", "2024-12Z", "-0001-01"], ["2024-13", "2024", "24-01"]),
    "gMonthDay": (["--02-29", "--12-31", "--01-01Z"], ["--02-30", "--13-01", "02-29"]),
    "gDay": (["---01", "---31", "---15Z"], ["---32", "--01", "---1"]),
    "gMonth": (["--01", "--12", "--06Z"], ["--13", "-01", "--1"]),
    "hexBinary": (["", "00", "0FB7", "abcdef"], ["0", "0g", "FB 7"]),
    "base64Binary": (["", "QUJD", "QUI=", "QQ==", "Q U J D", "AAAA"], ["QUJ", "QU=", "QQ=", "====", "QUJDR", "Q@=="]),
    "anyURI": (["", "http://a/b", "../x#y", "urn:a:b", "a b"], []),
    "language": (["bg", "en-GB", "x-klingon"], ["b_g", "", "abcdefghi", "1a"]),
    "Name": (["a", "_x", "a:b", "Име", "a.b-c"], ["1a", "", "-a", "a b"]),
    "NCName": (["a", "_x", "Име", "a.b-c"], ["a:b", "1a", "", "a b"]),
    "NMTOKEN": (["a", "1a", "-x", "a:b"], ["", "a b", "a,b"]),
    "NMTOKENS": (["a b", "1", " a  -x "], ["", "a,b"]),
    "ID": (["i1", "i2", "i3", "i4", "i5", "i6"], ["1a", "", "a:b"]),
    "IDREF": (["i1", "i2"], ["1a", ""]),
    "IDREFS": (["i1 i2", "i3"], ["", "1"]),
    "anySimpleType": (["", "a", "1", " x "], []),
    "QName": (["a", "t:a", "xs:int"], ["nowhere:a", "a:", "", "a:b:c", ":a"]),
}

#: Lists among them.
LISTS = ["NMTOKENS", "IDREFS"]

#: The types that a schema mostly uses.
COMMON = ["string", "token", "int", "decimal", "boolean", "date", "dateTime", "integer"]

#: Which facets a type takes besides pattern, enumeration and whiteSpace.
LENGTHS = ["string", "normalizedString", "token", "hexBinary", "base64Binary", "anyURI", "language", "Name", "NCName", "NMTOKEN", "NMTOKENS", "IDREFS"]
DIGITS = [
    "decimal", "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
    "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
]
BOUNDS = [*DIGITS, "float", "double", "date", "dateTime", "time", "gYear", "gYearMonth", "gMonthDay", "gDay", "gMonth", "duration"]
PATTERNS = [
    r"[a-z]*", r".{0,3}", r"\d+", r"\d{1,3}(\.\d+)?", r"[^0-9]*", r"(a|b|ab)*", r"\i\c*", r"\s*\S+\s*", r"[\w-[b]]+", r"\p{Lu}?\p{Ll}*",
    r"[0-9]{10}", r"-?\d*", r"(\+|-)?\d+", r"[A-Za-zА-я ]*", r"\p{IsCyrillic}*", r".*", r"[a\-b.]*", r"true|false",
]


def valid(random, builtin):
    return random.choice(LITERALS[builtin][0])


def any_literal(random, builtin):
    """Mostly valid."""
    good, bad = LITERALS[builtin]
    return random.choice(bad) if bad and random.random() < 0.08 else random.choice(good)


def stranger(random):
    """A literal of any type at all."""
    good, bad = LITERALS[random.choice(list(LITERALS))]
    return random.choice(good + bad)
