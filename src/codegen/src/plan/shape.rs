//! Content models as fields.

use kapia_schema::{ElementView, ParticleView, TermView};

use super::build::{Asked, Builder, doc, wildcard};
use super::{Choice, ElementPart, Field, First, ItemId, Kind, Part, Payload, Record, Ty, Variant, Wanted};
use crate::error::Unsupported;
use crate::ident::{self, Names, upper_camel};
use crate::{Error, Result};

/// A particle after what its form alone says: groups of one part and repetitions of one element are taken apart.
struct Shape<'s> {
    min: u32,
    max: u32,
    term: Term<'s>,
}

enum Term<'s> {
    Element(ElementView<'s>),
    Any(First),
    Sequence(Vec<Shape<'s>>),
    Choice(Vec<Shape<'s>>),
    All(Vec<Shape<'s>>),
}

const UNBOUNDED: u32 = u32::MAX;

impl<'s> Shape<'s> {
    fn of(particle: ParticleView<'s>) -> Option<Shape<'s>> {
        let (min, max) = (particle.min_occurs(), particle.max_occurs().unwrap_or(UNBOUNDED));
        if max == 0 {
            return None;
        }
        let shapes = |parts: Vec<ParticleView<'s>>| parts.into_iter().filter_map(Shape::of).collect::<Vec<_>>();
        let term = match particle.term() {
            TermView::Element(element) => Self::element(element),
            TermView::Wildcard(view) => Term::Any(wildcard(view)),
            TermView::Sequence(parts) => Term::Sequence(shapes(parts)),
            TermView::Choice(parts) => Term::Choice(shapes(parts)),
            TermView::All(parts) => Term::All(shapes(parts)),
        };
        Shape { min, max, term }.simplified()
    }

    /// An element that others may replace is a choice of all of them.
    fn element(element: ElementView<'s>) -> Term<'s> {
        let substitutes = element.substitutes();
        if substitutes.is_empty() {
            return Term::Element(element);
        }
        let all = [element].into_iter().chain(substitutes).filter(|element| !element.is_abstract());
        Term::Choice(all.map(|element| Shape { min: 1, max: 1, term: Term::Element(element) }).collect())
    }

    fn simplified(mut self) -> Option<Shape<'s>> {
        let parts = match &mut self.term {
            Term::Sequence(parts) | Term::Choice(parts) => parts,
            Term::All(parts) if parts.is_empty() => return None,
            _ => return Some(self),
        };
        if parts.is_empty() {
            return None;
        }
        let one = parts.len() == 1;
        if let (true, Some(part)) = (one, parts.first())
            && let Some((min, max)) = product((self.min, self.max), (part.min, part.max))
        {
            let part = parts.pop()?;
            return Some(Shape { min, max, term: part.term });
        }
        if self.min > 0 && self.is_emptiable() {
            self.min = 0;
        }
        Some(self)
    }

    fn is_emptiable(&self) -> bool {
        self.min == 0
            || match &self.term {
                Term::Element(_) | Term::Any(_) => false,
                Term::Sequence(parts) | Term::All(parts) => parts.iter().all(Shape::is_emptiable),
                Term::Choice(parts) => parts.iter().any(Shape::is_emptiable),
            }
    }

    /// The elements with which it can begin.
    fn first(&self) -> Vec<First> {
        match &self.term {
            Term::Element(element) => {
                let name = element.name();
                vec![First::Element(name.namespace.to_string(), name.local.to_string())]
            }
            Term::Any(first) => vec![first.clone()],
            Term::Sequence(parts) => first_of(parts),
            Term::Choice(parts) | Term::All(parts) => parts.iter().flat_map(Shape::first).collect(),
        }
    }
}

fn first_of(parts: &[Shape<'_>]) -> Vec<First> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part.first());
        if !part.is_emptiable() {
            break;
        }
    }
    all
}

/// Occurrences of occurrences, where these make a range without gaps.
fn product(outer: (u32, u32), inner: (u32, u32)) -> Option<(u32, u32)> {
    let times = |a: u32, b: u32| if a == UNBOUNDED || b == UNBOUNDED { UNBOUNDED } else { a.saturating_mul(b) };
    let whole = match (outer, inner) {
        ((1, 1), inner) => return Some(inner),
        (outer, (1, 1)) => return Some(outer),
        // Any number from the least one on can be made when one is the least, or none is.
        ((_, _), (0 | 1, UNBOUNDED)) | ((0 | 1, UNBOUNDED), (0 | 1, _)) => true,
        ((0, 1), (0 | 1, _)) => true,
        _ => false,
    };
    whole.then(|| (outer.0 * inner.0, times(outer.1, inner.1)))
}

/// Where parts go.
struct Place<'p> {
    owner: ItemId,
    fields: &'p mut Names,
    parts: &'p mut Vec<Part>,
    conditions: usize,
}

impl<'s> Builder<'s> {
    /// Appends the parts of a content model.
    pub(super) fn parts(
        &mut self,
        particle: ParticleView<'s>,
        owner: ItemId,
        fields: &mut Names,
        parts: &mut Vec<Part>,
    ) -> Result<()> {
        let Some(shape) = Shape::of(particle) else { return Ok(()) };
        self.part(&shape, None, &mut Place { owner, fields, parts, conditions: 0 })
    }

    fn part(&mut self, shape: &Shape<'s>, condition: Option<usize>, place: &mut Place<'_>) -> Result<()> {
        let (min, max) = (shape.min, shape.max);
        match &shape.term {
            Term::Element(element) => {
                let part = self.element_part(*element, min, max, condition, place)?;
                place.parts.push(Part::Element(part));
            }
            Term::Any(first) => {
                let doc = "Elements that the schema does not name.".to_owned();
                let field = Field { name: place.fields.take("any"), doc, ty: Ty::Given("xsd::RawElement") };
                place.parts.push(Part::Any { field, first: vec![first.clone()], min, max, condition });
            }
            Term::Sequence(parts) if max == 1 => {
                // Where everything may be absent, the whole may be so in any case.
                let optional = min == 0 && !parts.iter().all(Shape::is_emptiable);
                let condition = match optional {
                    true => {
                        place.conditions += 1;
                        place.parts.push(Part::Condition { index: place.conditions, first: shape.first() });
                        Some(place.conditions)
                    }
                    false => condition,
                };
                for part in parts {
                    self.part(part, condition, place)?;
                }
            }
            Term::All(parts) => {
                if condition.is_some() || max > 1 {
                    return Err(Error::unsupported(&self.shown(place.owner), Unsupported::NestedAll));
                }
                let mut elements = Vec::new();
                for part in parts {
                    if let Term::Element(element) = part.term {
                        // An xs:all that may be absent as a whole has all or nothing of what it requires.
                        let least = part.min.min(min);
                        elements.push(self.element_part(element, least, part.max, None, place)?);
                    }
                }
                place.parts.push(Part::All { elements });
            }
            Term::Sequence(parts) => {
                let item = self.group(place.owner, "Item", parts, shape.first())?;
                let doc = "In the order of the document.".to_owned();
                let field = Field { name: place.fields.take("items"), doc, ty: Ty::Item(item) };
                place.parts.push(Part::Group { field, item, min, max, condition });
            }
            Term::Choice(branches) => {
                let item = self.choice(place.owner, branches)?;
                let (name, doc) = match max {
                    1 => ("choice", "One of several."),
                    _ => ("choices", "In the order of the document."),
                };
                let field = Field { name: place.fields.take(name), doc: doc.to_owned(), ty: Ty::Item(item) };
                place.parts.push(Part::Group { field, item, min, max, condition });
            }
        }
        Ok(())
    }

    fn element_part(
        &mut self,
        element: ElementView<'s>,
        min: u32,
        max: u32,
        condition: Option<usize>,
        place: &mut Place<'_>,
    ) -> Result<ElementPart> {
        let (namespace, local) = self.name_of(element);
        let asked = Asked { name: &local, owner: Some(place.owner), doc: element.documentation() };
        let ty = self.element_type(element, asked)?;
        let mut text = doc(element.documentation().or(element.type_().documentation()), &local);
        let default = default(element, &ty, &mut text);
        let field = Field { name: place.fields.take(&ident::snake(&local)), doc: text, ty };
        Ok(ElementPart { field, namespace, local, min, max, default, condition, boxed: false })
    }

    fn name_of(&mut self, element: ElementView<'s>) -> (String, String) {
        let name = element.name();
        self.has_unqualified |= name.namespace.is_empty();
        (name.namespace.to_string(), name.local.trim().to_owned())
    }

    /// A struct for a sequence that stands several times, or in a choice.
    fn group(&mut self, owner: ItemId, behind: &str, shapes: &[Shape<'s>], first: Vec<First>) -> Result<ItemId> {
        let wanted = Wanted::Derived { front: "", owner, behind: behind.to_owned() };
        let doc = format!("Elements of `{}` that stand together.", self.shown(owner));
        let id = self.open(wanted, doc);
        let (mut fields, mut parts) = (Names::default(), Vec::new());
        let mut place = Place { owner: id, fields: &mut fields, parts: &mut parts, conditions: 0 };
        for shape in shapes {
            self.part(shape, None, &mut place)?;
        }
        self.items[id.0].kind = Kind::Record(Record { type_name: None, parts, group: Some(first), is_default: false });
        Ok(id)
    }

    fn choice(&mut self, owner: ItemId, branches: &[Shape<'s>]) -> Result<ItemId> {
        let wanted = Wanted::Derived { front: "", owner, behind: "Choice".to_owned() };
        let doc = format!("What `{}` can hold in one place.", self.shown(owner));
        let id = self.open(wanted, doc);
        let mut names = Names::default();
        let mut variants = Vec::new();
        self.variants(branches, id, &mut names, &mut variants)?;
        self.items[id.0].kind = Kind::Choice(Choice { variants });
        Ok(id)
    }

    fn variants(
        &mut self,
        branches: &[Shape<'s>],
        owner: ItemId,
        names: &mut Names,
        variants: &mut Vec<Variant>,
    ) -> Result<()> {
        for branch in branches {
            let first = branch.first();
            // That the choice may be empty is said where it stands.
            let (min, max) = (branch.min.max(1), branch.max);
            let (wanted, doc, payload) = match &branch.term {
                Term::Element(element) => {
                    let (namespace, local) = self.name_of(*element);
                    let asked = Asked { name: &local, owner: Some(owner), doc: element.documentation() };
                    let ty = self.element_type(*element, asked)?;
                    let mut text = doc(element.documentation().or(element.type_().documentation()), &local);
                    let default = default(*element, &ty, &mut text);
                    let name = upper_camel(&local);
                    match max {
                        1 => (name, text, Payload::Element { namespace, local, ty, default }),
                        _ => (name, text, Payload::Elements { namespace, local, ty, min, max }),
                    }
                }
                Term::Any(any) => {
                    let text = "An element that the schema does not name.".to_owned();
                    ("Any".to_owned(), text, Payload::Any { first: vec![any.clone()], min, max })
                }
                Term::Choice(inner) if max == 1 => {
                    self.variants(inner, owner, names, variants)?;
                    continue;
                }
                Term::Choice(inner) => {
                    let item = self.choice(owner, inner)?;
                    ("Several".to_owned(), "One of several, repeated.".to_owned(), Payload::Groups { item, min, max })
                }
                Term::Sequence(parts) | Term::All(parts) => {
                    let lead = parts.first().and_then(|part| match part.term {
                        Term::Element(element) => Some(upper_camel(&element.name().local)),
                        _ => None,
                    });
                    let name = format!("{}Group", lead.unwrap_or_default());
                    let item = self.group(owner, &name, parts, first.clone())?;
                    let text = "Elements that stand together.".to_owned();
                    match max {
                        1 => (name, text, Payload::Group(item)),
                        _ => (name, text, Payload::Groups { item, min, max }),
                    }
                }
            };
            let wanted = if wanted.is_empty() { format!("Variant{}", variants.len() + 1) } else { wanted };
            variants.push(Variant { name: names.take(&wanted), doc, first, payload });
        }
        Ok(())
    }

    fn shown(&self, item: ItemId) -> String {
        match self.items.get(item.0).map(|item| &item.wanted) {
            Some(Wanted::Named(name) | Wanted::Anonymous { name, .. }) => name.clone(),
            Some(Wanted::Derived { owner, .. }) => self.shown(*owner),
            None => String::new(),
        }
    }
}

/// What an empty element means; only values can have it.
fn default(element: ElementView<'_>, ty: &Ty, text: &mut String) -> Option<String> {
    let value = element.value()?;
    element.type_().simple()?;
    if matches!(ty, Ty::Nillable(_)) {
        return None;
    }
    text.push_str(&match value.is_fixed {
        true => format!(" Always `{}`.", value.text),
        false => format!(" Empty means `{}`.", value.text),
    });
    Some(value.text.to_owned())
}
