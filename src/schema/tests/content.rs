//! Content models: counts, order, wildcards, substitution; and random models against a plain matcher.
#![allow(clippy::unwrap_used)]

use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits};

fn set(model: &str) -> Result<SchemaSet, String> {
    let text = format!(
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType>{model}</xs:complexType></xs:element></xs:schema>"#
    );
    SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", text)).map_err(|error| error.code().to_owned())
}

fn accepts(set: &SchemaSet, word: &str) -> bool {
    let children: String = word.chars().map(|c| format!("<{c}/>")).collect();
    let document = Document::read(format!("<r>{children}</r>"), &Limits::default()).unwrap();
    set.validate(document.root(), &Options::first()).is_valid()
}

#[test]
fn large_counts_are_exact() {
    let set = set("<xs:sequence><xs:sequence minOccurs='2' maxOccurs='5000'><xs:element name='a' minOccurs='3' maxOccurs='4'/><xs:element name='b'/></xs:sequence></xs:sequence>").unwrap();
    assert!(accepts(&set, "aaabaaaab"));
    assert!(!accepts(&set, "aaab") && !accepts(&set, "aabaaab") && !accepts(&set, "aaaaabaaab"));
    assert!(accepts(&set, &"aaab".repeat(5_000)) && !accepts(&set, &"aaab".repeat(5_001)));
}

#[test]
fn an_all_group_takes_every_order_and_nothing_twice() {
    let set = set("<xs:all><xs:element name='a'/><xs:element name='b' minOccurs='0'/><xs:element name='c'/></xs:all>")
        .unwrap();
    assert!(accepts(&set, "abc") && accepts(&set, "ca") && accepts(&set, "bca"));
    assert!(!accepts(&set, "ab") && !accepts(&set, "aca") && !accepts(&set, ""));
}

#[test]
fn nested_counts_that_mean_several_things_are_followed_all() {
    let set = set(
        "<xs:sequence minOccurs='2' maxOccurs='2'><xs:element name='a' minOccurs='2' maxOccurs='3'/></xs:sequence>",
    )
    .unwrap();
    let accepted: Vec<usize> = (0..9).filter(|&n| accepts(&set, &"a".repeat(n))).collect();
    assert_eq!(accepted, [4, 5, 6]);
    let gap = self::set("<xs:sequence minOccurs='0' maxOccurs='unbounded'><xs:element name='a' minOccurs='3' maxOccurs='4'/></xs:sequence>").unwrap();
    let accepted: Vec<usize> = (0..13).filter(|&n| accepts(&gap, &"a".repeat(n))).collect();
    assert_eq!(accepted, [0, 3, 4, 6, 7, 8, 9, 10, 11, 12]);
}

/// A model as text and as a matcher that tries everything.
enum Model {
    Leaf(char),
    Sequence(Vec<Model>),
    Choice(Vec<Model>),
    Times(usize, usize, Box<Model>),
}

impl Model {
    fn random(random: &mut Random, depth: usize) -> Model {
        let body = match random.below(if depth == 0 { 1 } else { 3 }) {
            0 => Model::Leaf(['a', 'b', 'c'][random.below(3)]),
            kind => {
                let children = (0..1 + random.below(3)).map(|_| Model::random(random, depth - 1)).collect();
                if kind == 1 { Model::Sequence(children) } else { Model::Choice(children) }
            }
        };
        let min = random.below(4);
        let max = min.max(1) + random.below(3);
        Model::Times(min, max, Box::new(body))
    }

    fn xsd(&self) -> String {
        match self {
            Model::Times(min, max, body) => body.tag(&format!("minOccurs='{min}' maxOccurs='{max}'")),
            body => body.tag(""),
        }
    }

    fn tag(&self, counts: &str) -> String {
        let inner = |children: &[Model]| children.iter().map(Model::xsd).collect::<String>();
        match self {
            Model::Leaf(name) => format!("<xs:element name='{name}' type='xs:string' {counts}/>"),
            Model::Sequence(children) => format!("<xs:sequence {counts}>{}</xs:sequence>", inner(children)),
            Model::Choice(children) => format!("<xs:choice {counts}>{}</xs:choice>", inner(children)),
            Model::Times(..) => self.xsd(),
        }
    }

    /// All places at which a match that starts at `from` can end.
    fn ends(&self, word: &[char], from: usize) -> Vec<usize> {
        let mut ends = match self {
            Model::Leaf(name) => (word.get(from) == Some(name)).then_some(from + 1).into_iter().collect(),
            Model::Choice(children) => children.iter().flat_map(|child| child.ends(word, from)).collect(),
            Model::Sequence(children) => children.iter().fold(vec![from], |ends, child| {
                unique(ends.into_iter().flat_map(|end| child.ends(word, end)).collect())
            }),
            Model::Times(min, max, body) => {
                let (mut all, mut ends) = (Vec::new(), vec![from]);
                for count in 0..=*max {
                    if count >= *min {
                        all.extend(&ends);
                    }
                    ends = unique(ends.into_iter().flat_map(|end| body.ends(word, end)).collect());
                }
                all
            }
        };
        ends = unique(ends);
        ends
    }
}

fn unique(mut ends: Vec<usize>) -> Vec<usize> {
    ends.sort_unstable();
    ends.dedup();
    ends
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

#[test]
fn random_models_accept_exactly_what_a_plain_matcher_accepts() {
    let mut random = Random(2_026);
    let (mut models, mut accepted, mut words) = (0, 0, 0);
    while models < 400 {
        let model = Model::random(&mut random, 3);
        let xsd = format!("<xs:sequence>{}</xs:sequence>", model.xsd());
        let set = match set(&xsd) {
            Ok(set) => set,
            Err(code) => {
                assert_eq!(code, "cos-nonambig", "{xsd}");
                continue;
            }
        };
        models += 1;
        for _ in 0..60 {
            let word: Vec<char> = (0..random.below(14)).map(|_| ['a', 'b', 'c'][random.below(3)]).collect();
            let expected = model.ends(&word, 0).contains(&word.len());
            let text: String = word.iter().collect();
            assert_eq!(accepts(&set, &text), expected, "{text} in {xsd}");
            words += 1;
            accepted += usize::from(expected);
        }
    }
    assert!(accepted * 50 > words, "too few words are accepted for the test to mean anything: {accepted} of {words}");
}
