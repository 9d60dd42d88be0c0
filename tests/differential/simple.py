"""Random simple types and attributes."""

from xml.sax.saxutils import quoteattr

import values
from model import Attribute, Complex, Simple


class SimpleTypes:
    """What makes simple types and attributes; the rest of the schema is in schemas.py."""

    # Simple types

    def simple(self, file):
        """A simple type to refer to: named or built in."""
        named = self.visible(self.simples, file)
        if named and self.chance(0.4):
            return self.random.choice(named)
        return self.built_in()

    def built_in(self):
        builtin = self.random.choice(values.COMMON if self.chance(0.6) else list(values.LITERALS))
        return Simple(f"xs:{builtin}", None, builtin, None)

    def type_ref(self, type_, file):
        return type_.name if type_.file is None else self.ref(type_, file)

    def simple_type(self, file):
        name = self.fresh("s")
        made = self.simple_body(file)
        made.name, made.file = name, file
        final = f' final="{self.random.choice(["#all", "list", "union", "restriction"])}"' if self.chance(0.05) else ""
        file.body.append(f'<xs:simpleType name="{name}"{final}>{made.text}</xs:simpleType>')
        self.simples.append(made)
        return made

    def simple_body(self, file):
        """A new simple type; `text` is what stands in `xs:simpleType`."""
        kind = self.random.random()
        base = self.simple(file)
        # Nothing is derived from these: not allowed, or the like of ID.
        while base.builtin in ("anySimpleType", "ID"):
            base = self.simple(file)
        if kind < 0.15 and not base.list_ and base.builtin not in values.LISTS:
            made = Simple("", None, base.builtin, base.literals, True)
            made.text = f'<xs:list itemType="{self.type_ref(base, file)}"/>'
            return made
        if kind < 0.3:
            other = self.built_in() if self.chance(0.5) else self.simple(file)
            made = Simple("", None, base.builtin, [literal for one in (base, other) for literal in self.literals(one)])
            made.text = f'<xs:union memberTypes="{self.type_ref(base, file)} {self.type_ref(other, file)}"/>'
            made.union = True
            return made
        facets, literals = self.facets(base)
        made = Simple("", None, base.builtin, literals, base.list_)
        made.union = base.union
        made.text = f'<xs:restriction base="{self.type_ref(base, file)}">{facets}</xs:restriction>'
        return made

    def literals(self, simple):
        return simple.literals or values.LITERALS[simple.builtin][0]

    def facets(self, base):
        random, builtin, literals = self.random, base.builtin, self.literals(base)
        is_union = base.union
        kinds = ["enumeration", "pattern", "none"] + (["whiteSpace"] if not is_union and self.chance(0.5) else [])
        lists = base.list_ or builtin in values.LISTS
        if lists or builtin in values.LENGTHS and not is_union:
            kinds += ["length", "minLength", "maxLength", "lengths"]
        if builtin in values.BOUNDS and not is_union and not lists:
            kinds += ["min", "max", "max"]
        if builtin in values.DIGITS and not is_union and not lists:
            kinds += ["totalDigits", "fractionDigits"]
        if builtin == "boolean" and not is_union and not lists:
            kinds.remove("enumeration")
        kind = random.choice(kinds)
        number = random.choice([0, 1, 2, 3, 5])
        one = lambda name, value: f"<xs:{name} value={quoteattr(str(value))}/>"
        if kind == "enumeration":
            chosen = random.sample(literals, min(len(literals), random.randint(1, 3)))
            if lists:
                chosen = [" ".join(chosen)] + chosen[:1]
            return "".join(one("enumeration", literal) for literal in chosen), chosen
        if kind == "pattern":
            return "".join(one("pattern", random.choice(values.PATTERNS)) for _ in range(random.randint(1, 2))), literals
        if kind == "whiteSpace":
            weaker = ["preserve", "replace"] if builtin == "string" or self.chance(0.05) else ["collapse"]
            return one("whiteSpace", "collapse" if self.chance(0.7) else random.choice(weaker)), literals
        if kind in ("length", "minLength", "maxLength"):
            return one(kind, number), literals
        if kind == "lengths":
            return one("minLength", number) + one("maxLength", number + random.randint(0, 3)), literals
        if kind in ("min", "max"):
            return one(kind + random.choice(["Inclusive", "Exclusive"]), random.choice(literals).strip()), literals
        if kind == "totalDigits":
            return one(kind, max(1, number)), literals
        if kind == "fractionDigits":
            return one(kind, number if builtin == "decimal" else 0), literals
        return "", literals

    # Attributes

    def attribute(self, file, others, prohibit=False):
        """A local attribute, or a reference; `None` if its name is taken."""
        globals_ = self.visible(self.attributes, file)
        use = self.random.choice(["", "", ' use="required"'])
        if globals_ and self.chance(0.25):
            known = self.random.choice(globals_)
            if any(one.name == known.name and one.namespace == known.namespace for one in others):
                return None
            made = Attribute(known.name, known.namespace, known.type, bool(use))
            made.text = f'<xs:attribute ref="{self.ref(known, file)}"{use}/>'
            return made
        name = self.random.choice(["a", "b", "c", "d", "id"])
        form, namespace = self.form(file, file.qualified_attributes)
        if any(one.name == name and one.namespace == namespace for one in others):
            return None
        type_ = self.simple(file)
        value, fixed = self.value(type_, use == "", 0.2)
        made = Attribute(name, namespace, type_, bool(use), fixed)
        made.text = f'<xs:attribute name="{name}" type="{self.type_ref(type_, file)}"{use}{form}{value}/>'
        return made

    def form(self, file, default):
        if self.chance(0.15):
            qualified = self.chance(0.5)
            return f' form="{"qualified" if qualified else "unqualified"}"', file.target if qualified else ""
        return "", file.target if default else ""

    def value(self, type_, may_default, share):
        if not self.chance(share) or type_.builtin in ("QName", "ID"):
            return "", None
        literal = self.random.choice(self.literals(type_))
        if may_default and self.chance(0.5):
            return f" default={quoteattr(literal)}", None
        return f" fixed={quoteattr(literal)}", literal

    def attribute_list(self, file, most=3, inherited=()):
        made, lines = [], []
        for _ in range(self.random.randint(0, most)):
            one = self.attribute(file, [*made, *inherited])
            if one:
                made.append(one)
                lines.append(one.text)
        groups = self.visible(self.attribute_groups, file)
        if groups and self.chance(0.2):
            group = self.random.choice(groups)
            taken = {(one.name, one.namespace) for one in [*made, *inherited]}
            if not taken & {(one.name, one.namespace) for one in group.attributes} or self.chance(0.05):
                made += group.attributes
                lines.append(f'<xs:attributeGroup ref="{self.ref(group, file)}"/>')
        wildcard = self.chance(0.12)
        if wildcard:
            lines.append(f"<xs:anyAttribute{self.wildcard_attributes()}/>")
        return made, "".join(lines), wildcard

    def attribute_group(self, file):
        name = self.fresh("ag")
        made, text, _ = self.attribute_list(file)
        group = Complex(name, file, made, None)
        file.body.append(f'<xs:attributeGroup name="{name}">{text}</xs:attributeGroup>')
        self.attribute_groups.append(group)

    def global_attribute(self, file):
        type_ = self.simple(file)
        name = self.fresh("ga")
        value, fixed = self.value(type_, True, 0.2)
        made = Attribute(name, file.target, type_, False, fixed)
        made.file = file
        file.body.append(f'<xs:attribute name="{name}" type="{self.type_ref(type_, file)}"{value}/>')
        self.attributes.append(made)
