//! Elements: declaration, type, content (§3.3.4, §3.4.4).

use kapia_xml::{Name, XSI_NAMESPACE};

use crate::catalogue as rules;
use crate::content::{Child, Match};
use crate::datatype::Prefixes;
use crate::model::*;

use super::{Expect, Frame, Tag, Validator, collapse, is_blank};

/// What the parent says about a child.
enum Verdict {
    /// Validate by this declaration.
    Declared(ElementIx),
    /// No declaration: `xsi:type` decides, else anything goes.
    Lax,
    Skip,
}

/// The attributes that steer validation.
#[derive(Default)]
struct Steering {
    type_: Option<String>,
    nil: Option<String>,
}

impl<M: Clone> Validator<'_, M> {
    /// An element begins.
    pub fn start<T: Tag<Mark = M>>(&mut self, tag: &T) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let (name, namespace) = self.intern(tag.name());
        let child = Child { name, namespace };
        let mark = tag.mark();
        let steering = steering(tag);
        let has_type = steering.type_.is_some();
        let verdict = match self.frames.len() {
            0 => self.admit_root(tag.name(), child, has_type, &mark),
            _ => self.admit(tag.name(), child, has_type, &mark),
        };
        let decl = match verdict {
            Verdict::Declared(ix) => Some(ix),
            Verdict::Lax => None,
            Verdict::Skip => {
                self.skipped = 1;
                return;
            }
        };
        let schema = self.schema;
        let mut type_ = decl.map_or(ANY_TYPE, |ix| schema.element(ix).type_);
        if let Some(ix) = decl
            && schema.element(ix).abstract_
        {
            let label = self.label(ix);
            let expected = self.substitutes_of(ix);
            self.report(&mark, &rules::ABSTRACT_ELEMENT, &[&label], expected);
        }
        if let Some(text) = &steering.type_ {
            type_ = self.instance_type(tag, text, decl, type_, &mark);
        }
        let nil = self.is_nil(decl, steering.nil.as_deref(), &mark);
        let content = match schema.type_of(type_) {
            Type::Simple(_) => Expect::Simple(type_),
            Type::Complex(complex) => {
                if complex.abstract_ {
                    self.report(&mark, &rules::ABSTRACT_TYPE, &[], Vec::new());
                }
                match complex.content {
                    Content::Empty => Expect::Empty,
                    Content::Simple(simple) => Expect::Simple(simple),
                    Content::Elements { mixed, .. } => Expect::Elements { mixed },
                }
            }
        };
        self.identity.enter(schema, child, decl, &mark);
        self.attributes(tag, type_, &mark);
        let has_fixed = decl.is_some_and(|ix| schema.element(ix).value.as_ref().is_some_and(|value| value.fixed));
        let collects = match content {
            Expect::Simple(_) => true,
            Expect::Elements { mixed } => mixed && has_fixed,
            Expect::Empty => false,
        };
        let states_from = self.states.len();
        if let Type::Complex(complex) = schema.type_of(type_)
            && let Content::Elements { model, .. } = &complex.content
        {
            model.begin(&mut self.states);
        }
        self.frames.push(Frame {
            mark,
            decl,
            type_,
            content,
            nil,
            broken: false,
            has_children: false,
            has_text: false,
            collects,
            text_from: self.text.len(),
            states_from,
        });
    }

    /// Text of the innermost open element: all of it, in pieces.
    pub fn text(&mut self, text: &str) {
        if self.skipped > 0 || text.is_empty() {
            return;
        }
        let Some(frame) = self.frames.last_mut() else { return };
        frame.has_text = true;
        if frame.collects {
            self.text.push_str(text);
        }
        if frame.broken {
            return;
        }
        let rule = match frame.content {
            _ if frame.nil => &rules::NIL_NOT_EMPTY,
            Expect::Empty => &rules::NOT_EMPTY,
            Expect::Elements { mixed: false } if !is_blank(text) => &rules::TEXT_BETWEEN,
            _ => return,
        };
        frame.broken = true;
        let mark = frame.mark.clone();
        self.report(&mark, rule, &[], Vec::new());
    }

    /// The innermost open element ends; `scope` resolves the prefixes that are in scope in it.
    pub fn end(&mut self, scope: &dyn Prefixes) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        let mut buffer = std::mem::take(&mut self.text);
        let text = &buffer[frame.text_from..];
        let value = match frame.content {
            _ if frame.nil => None,
            Expect::Simple(simple) => self.end_simple(&frame, simple, text, scope),
            Expect::Empty => None,
            Expect::Elements { .. } => {
                self.end_elements(&frame, text);
                None
            }
        };
        self.states.truncate(frame.states_from);
        buffer.truncate(frame.text_from);
        self.text = buffer;
        self.leave(&frame, value);
    }

    fn end_simple(
        &mut self,
        frame: &Frame<M>,
        simple: TypeId,
        text: &str,
        scope: &dyn Prefixes,
    ) -> Option<crate::datatype::Value> {
        let schema = self.schema;
        let Type::Simple(def) = schema.type_of(simple) else { return None };
        if frame.has_children {
            return None;
        }
        let constraint = frame.decl.and_then(|ix| schema.element(ix).value.as_ref());
        let wanted = self.identity.wants_element();
        let keep = wanted || constraint.is_some();
        if let Some(constraint) = constraint.filter(|_| text.is_empty()) {
            // §3.3.4 clause 5.1: the value of the declaration stands in; with xsi:type it may not fit.
            let same_type = frame.decl.is_some_and(|ix| schema.element(ix).type_ == frame.type_);
            if same_type {
                return constraint.value.clone();
            }
            return match def.datatype.validate(&constraint.text, scope) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.report_value(&frame.mark, None, error);
                    None
                }
            };
        }
        match self.judge(def, text, scope, keep) {
            Err(error) => {
                self.report_value(&frame.mark, None, error);
                None
            }
            Ok(value) => {
                if def.reference != Reference::None {
                    self.note_reference(simple, text, scope, &frame.mark, None);
                }
                if let Some(constraint) = constraint.filter(|constraint| constraint.fixed)
                    && constraint.value != value
                {
                    self.report(&frame.mark, &rules::FIXED_ELEMENT, &[], vec![constraint.text.to_string()]);
                }
                value
            }
        }
    }

    fn end_elements(&mut self, frame: &Frame<M>, text: &str) {
        let schema = self.schema;
        if frame.broken {
            return;
        }
        let Type::Complex(complex) = schema.type_of(frame.type_) else { return };
        let Content::Elements { model, .. } = &complex.content else { return };
        let constraint = frame.decl.and_then(|ix| schema.element(ix).value.as_ref());
        if let Some(constraint) = constraint {
            if !frame.has_children && !frame.has_text {
                return;
            }
            // §3.3.4 clause 5.2.2: mixed content with a fixed value holds no elements and exactly that text.
            if constraint.fixed && (frame.has_children || *text != *constraint.text) {
                self.report(&frame.mark, &rules::FIXED_ELEMENT, &[], vec![constraint.text.to_string()]);
            }
        }
        let state = &self.states[frame.states_from..];
        if !model.may_end(state) {
            let expected = model.expected(state);
            let expected = self.labels(&expected, None);
            self.report(&frame.mark, &rules::CHILD_MISSING, &[], expected);
        }
    }

    fn admit_root(&mut self, name: Name<'_>, child: Child, has_type: bool, mark: &M) -> Verdict {
        match child.name.and_then(|name| self.schema.global_elements.get(&name)) {
            Some(&ix) => Verdict::Declared(ix),
            None if has_type && self.typed_root => Verdict::Lax,
            None => {
                let expected = self
                    .schema
                    .main_elements
                    .iter()
                    .map(|&ix| self.schema.names.display(self.schema.element(ix).name))
                    .collect();
                self.report(mark, &rules::ROOT_NOT_DECLARED, &[&name.to_string()], expected);
                let schema = self.schema;
                let roots = schema.main_elements.iter().map(|&ix| schema.names.local(schema.element(ix).name));
                self.point_out(name.local, roots);
                Verdict::Skip
            }
        }
    }

    fn admit(&mut self, name: Name<'_>, child: Child, has_type: bool, mark: &M) -> Verdict {
        let schema = self.schema;
        let Some(frame) = self.frames.last_mut() else { return Verdict::Skip };
        frame.has_children = true;
        let rule = match frame.content {
            _ if frame.nil => &rules::NIL_NOT_EMPTY,
            Expect::Empty => &rules::NOT_EMPTY,
            Expect::Simple(_) => &rules::CHILD_IN_SIMPLE,
            Expect::Elements { .. } => {
                let Type::Complex(complex) = schema.type_of(frame.type_) else { return Verdict::Skip };
                let Content::Elements { model, .. } = &complex.content else { return Verdict::Skip };
                let from = frame.states_from;
                let matched = if frame.broken { None } else { model.step(schema, &mut self.states, from, child) };
                return match matched {
                    Some(Match::Element(ix)) => Verdict::Declared(ix),
                    Some(Match::Wildcard(ix)) => self.through_wildcard(ix, name, child, has_type, mark),
                    None => {
                        let declared = child.name.and_then(|name| model.declared(name));
                        if !std::mem::replace(&mut frame.broken, true) {
                            let expected = model.expected(&self.states[from..]);
                            let labels = self.labels(&expected, Some(name));
                            let rule =
                                if expected.is_empty() { &rules::CHILD_TOO_MANY } else { &rules::CHILD_UNEXPECTED };
                            let shown = self.shown(name, &expected);
                            self.report(mark, rule, &[&shown], labels);
                            let names = expected.iter().filter_map(|term| match term {
                                Match::Element(ix) => Some(schema.names.local(schema.element(*ix).name)),
                                Match::Wildcard(_) => None,
                            });
                            self.point_out(name.local, names);
                        }
                        // Going on with the declaration that the name has elsewhere in this content finds real faults only.
                        declared.map_or(Verdict::Skip, Verdict::Declared)
                    }
                };
            }
        };
        if !std::mem::replace(&mut frame.broken, true) {
            let mark = frame.mark.clone();
            self.report(&mark, rule, &[name.local], Vec::new());
        }
        Verdict::Skip
    }

    fn through_wildcard(&mut self, ix: WildcardIx, name: Name<'_>, child: Child, has_type: bool, mark: &M) -> Verdict {
        let process = self.schema.wildcard(ix).process;
        if process == Process::Skip {
            return Verdict::Skip;
        }
        match (child.name.and_then(|name| self.schema.global_elements.get(&name)), process) {
            (Some(&ix), _) => Verdict::Declared(ix),
            (None, Process::Lax) => Verdict::Lax,
            // §3.10.1: a strict wildcard asks for a declaration or xsi:type.
            (None, _) if has_type => Verdict::Lax,
            (None, _) => {
                self.report(mark, &rules::NO_ELEMENT_FOR_WILDCARD, &[&name.to_string()], Vec::new());
                Verdict::Skip
            }
        }
    }

    /// §3.3.4 "Element Locally Valid (Element)" clause 4; the declared type stays if xsi:type is wrong.
    fn instance_type<T: Tag<Mark = M>>(
        &mut self,
        tag: &T,
        text: &str,
        decl: Option<ElementIx>,
        declared: TypeId,
        mark: &M,
    ) -> TypeId {
        let schema = self.schema;
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        if text.is_empty()
            || local.is_empty()
            || local.contains(':')
            || text.contains([' ', '\t', '\r', '\n'])
            || text.starts_with(':')
        {
            self.report_attribute(mark, "type", &rules::TYPE_NOT_A_NAME, Vec::new());
            return declared;
        }
        let Some(namespace) = tag.resolve(prefix).or((prefix.is_empty()).then_some("")) else {
            self.report_attribute(mark, "type", &rules::TYPE_NOT_A_NAME, Vec::new());
            return declared;
        };
        let found = schema.names.find(namespace, local).and_then(|name| schema.global_types.get(&name).copied());
        let Some(found) = found else {
            self.report_attribute(mark, "type", &rules::TYPE_UNKNOWN, Vec::new());
            return declared;
        };
        let Some(decl) = decl else { return found };
        let blocked = schema.element(decl).block.with(match schema.type_of(declared) {
            Type::Complex(complex) => complex.block,
            Type::Simple(_) => Methods::NONE,
        });
        let blocked = blocked.and(Methods::EXTENSION.with(Methods::RESTRICTION));
        match schema.derivation(found, declared) {
            Some(methods) if !methods.meets(blocked) => found,
            _ => {
                let expected = schema.type_name(declared).map(|name| schema.names.display(name)).into_iter().collect();
                self.report_attribute(mark, "type", &rules::TYPE_NOT_DERIVED, expected);
                declared
            }
        }
    }

    /// §3.3.4 clause 3.
    fn is_nil(&mut self, decl: Option<ElementIx>, nil: Option<&str>, mark: &M) -> bool {
        let Some(nil) = nil else { return false };
        if !matches!(nil, "true" | "1" | "false" | "0") {
            self.report_attribute(mark, "nil", &rules::NIL_VALUE, vec!["true".to_owned(), "false".to_owned()]);
            return false;
        }
        // An element without declaration may say of itself what it likes.
        let Some(ix) = decl else { return false };
        if !self.schema.element(ix).nillable {
            self.report_attribute(mark, "nil", &rules::NOT_NILLABLE, Vec::new());
            return false;
        }
        let is_nil = matches!(nil, "true" | "1");
        if is_nil && self.schema.element(ix).value.as_ref().is_some_and(|value| value.fixed) {
            self.report_attribute(mark, "nil", &rules::NIL_AND_FIXED, Vec::new());
        }
        is_nil
    }

    fn label(&self, ix: ElementIx) -> String {
        self.schema.names.local(self.schema.element(ix).name).to_owned()
    }

    fn substitutes_of(&self, ix: ElementIx) -> Vec<String> {
        let members = self.schema.substitutes.get(&ix).map(Vec::as_slice).unwrap_or_default();
        members.iter().filter(|&&ix| !self.schema.element(ix).abstract_).map(|&ix| self.label(ix)).collect()
    }

    /// Local names; with namespaces if the child has a right local name in a wrong namespace.
    fn labels(&self, expected: &[Match], child: Option<Name<'_>>) -> Vec<String> {
        let full = child.is_some_and(|name| self.has_local(expected, name.local));
        expected
            .iter()
            .map(|term| match term {
                Match::Element(ix) if full => self.schema.names.display(self.schema.element(*ix).name),
                Match::Element(ix) => self.label(*ix),
                Match::Wildcard(_) => "*".to_owned(),
            })
            .collect()
    }

    fn shown(&self, name: Name<'_>, expected: &[Match]) -> String {
        if self.has_local(expected, name.local) { name.to_string() } else { name.local.to_owned() }
    }

    fn has_local(&self, expected: &[Match], local: &str) -> bool {
        let names = &self.schema.names;
        expected
            .iter()
            .any(|term| matches!(term, Match::Element(ix) if names.local(self.schema.element(*ix).name) == local))
    }
}

fn steering<T: Tag>(tag: &T) -> Steering {
    let mut steering = Steering::default();
    for (name, value) in tag.attributes().filter(|(name, _)| name.namespace == XSI_NAMESPACE) {
        match name.local {
            "type" => steering.type_ = Some(collapse(&value).to_owned()),
            "nil" => steering.nil = Some(collapse(&value).to_owned()),
            _ => {}
        }
    }
    steering
}
