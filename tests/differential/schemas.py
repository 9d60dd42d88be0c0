"""Random schemas of XML Schema 1.0, as a model that documents.py writes documents of, and as text."""

from xml.sax.saxutils import quoteattr

from model import XSD, Complex, Element, File, Group, Particle, Simple, Wildcard, family_of, leaves, mixed
from simple import SimpleTypes


class Schema(SimpleTypes):
    """A random schema: `files` maps names to texts, `roots` are global elements, `namespaces` what documents declare."""

    def __init__(self, random):
        self.random = random
        self.count = 0
        self.simples, self.complexes, self.groups, self.attribute_groups = [], [], [], []
        self.elements, self.attributes, self.constraints = [], [], 0
        target = random.choice(["urn:t", "urn:t", "urn:t", ""])
        self.main = self.new_file("main.xsd", target)
        self.parts = []
        if self.chance(0.35):
            chameleon = bool(target) and self.chance(0.5)
            part = self.new_file("part.xsd", target, chameleon)
            self.parts.append(part)
            self.fill(part, 3)
            self.main.head.append(self.bring(part))
        if self.chance(0.3):
            other = self.new_file("other.xsd", "urn:o" if target or self.chance(0.7) else "urn:t")
            self.parts.append(other)
            self.fill(other, 3)
            self.main.head.append(f'<xs:import namespace="{other.target}" schemaLocation="other.xsd"/>')
        self.fill(self.main, random.randint(3, 8))
        self.roots = [element for element in self.elements if element.file is self.main] or [self.global_element(self.main)]
        self.files = {file.name: self.document(file) for file in [self.main, *self.parts]}
        self.namespaces = {"t": "urn:t", "o": "urn:o", "xs": XSD}

    def chance(self, share):
        return self.random.random() < share

    def fresh(self, letter):
        self.count += 1
        return f"{letter}{self.count}"

    def new_file(self, name, target, chameleon=False):
        choose = lambda: self.chance(0.5)
        file = File(name, target, chameleon, choose(), choose())
        if self.chance(0.06):
            file.defaults += f' blockDefault="{self.random.choice(["#all", "extension", "restriction", "substitution"])}"'
        if self.chance(0.04):
            file.defaults += f' finalDefault="{self.random.choice(["#all", "extension", "restriction", "list union"])}"'
        return file

    def document(self, file):
        own = f' targetNamespace="{file.target}"' if file.target and not file.chameleon else ""
        forms = ' elementFormDefault="qualified"' if file.qualified_elements else ""
        forms += ' attributeFormDefault="qualified"' if file.qualified_attributes else ""
        prefixes = ' xmlns:t="urn:t" xmlns:o="urn:o"'
        lines = "\n".join([*file.head, *file.body])
        return f'<xs:schema xmlns:xs="{XSD}"{prefixes}{own}{forms}{file.defaults}>\n{lines}\n</xs:schema>\n'

    def fill(self, file, count):
        makers = [
            (3, self.simple_type), (4, self.complex_type), (3, self.global_element), (1, self.global_attribute),
            (1.2, self.named_group), (1, self.attribute_group),
        ]
        weights = [weight for weight, _ in makers]
        for _ in range(count):
            _, make = self.random.choices(makers, weights)[0]
            make(file)

    def visible(self, things, file):
        """main.xsd sees everything, the others themselves."""
        return [thing for thing in things if file is self.main or thing.file is file]

    def ref(self, thing, file):
        target = thing.file.target
        if not target or file.chameleon:
            return thing.name
        return ("t:" if target == "urn:t" else "o:") + thing.name

    def bring(self, part):
        """An include, or a redefine of something in the part."""
        lines = []
        if self.chance(0.4):
            for simple in [one for one in self.simples if one.file is part][:1]:
                base = self.ref(simple, self.main)
                lines.append(f'<xs:simpleType name="{simple.name}"><xs:restriction base="{base}"/></xs:simpleType>')
            plain = [one for one in self.complexes if one.file is part and isinstance(one.content, Particle) and not one.derived]
            for one in plain[:1]:
                if getattr(one.content.term, "kind", "") == "sequence" and self.chance(0.6):
                    extra = self.attribute(self.main, one.attributes)
                    if extra and not extra.prohibited:
                        one.attributes = [*one.attributes, extra]
                        lines.append(
                            f'<xs:complexType name="{one.name}"{mixed(one)}><xs:complexContent><xs:extension base="{self.ref(one, self.main)}">'
                            f"{extra.text}</xs:extension></xs:complexContent></xs:complexType>"
                        )
            for group in [one for one in self.groups if one.file is part and one.kind != "all"][:1]:
                name = self.ref(group, self.main)
                extra = self.local_element(self.main, set("klmnopqrstuvw"), ' minOccurs="0"', 0)
                old = Group(group.kind, group.particles)
                group.kind, group.particles = "sequence", [Particle(1, 1, old), Particle(0, 1, extra)]
                lines.append(f'<xs:group name="{group.name}"><xs:sequence><xs:group ref="{name}"/>{extra.text}</xs:sequence></xs:group>')
            for group in [one for one in self.attribute_groups if one.file is part][:1]:
                extra = self.attribute(self.main, group.attributes)
                if extra and not any(group.attributes is one.attributes for one in self.complexes):
                    group.attributes = [*group.attributes, extra]
                    name = self.ref(group, self.main)
                    lines.append(f'<xs:attributeGroup name="{group.name}"><xs:attributeGroup ref="{name}"/>{extra.text}</xs:attributeGroup>')
        if lines:
            return '<xs:redefine schemaLocation="part.xsd">' + "".join(lines) + "</xs:redefine>"
        return '<xs:include schemaLocation="part.xsd"/>'

    # Content

    def wildcard_attributes(self):
        wide = ["##any", "##other", "##targetNamespace", "##local", "urn:o", "urn:o ##local", "##targetNamespace urn:x"]
        self.last_wildcard = Wildcard(
            self.random.choice(wide if self.chance(0.35) else ["##other", "urn:x"]),
            self.random.choice(["lax", "skip", "strict", "lax"]),
        )
        return f' namespace="{self.last_wildcard.namespace}" processContents="{self.last_wildcard.process}"'

    def occurs(self, share=0.5):
        if not self.chance(share):
            return 1, 1, ""
        low, high = self.random.choice([(0, 1), (0, 1), (0, None), (1, None), (2, 2), (0, 3), (1, 3), (2, 5), (0, 0), (2, None)])
        if (low, high) == (0, 0) and self.chance(0.7):
            low, high = 0, 1
        text = "" if low == 1 else f' minOccurs="{low}"'
        return low, high, text + ("" if high == 1 else f' maxOccurs="{"unbounded" if high is None else high}"')

    def particle(self, file, depth, names):
        """A particle and its text."""
        draw = self.random.random()
        low, high, occurs = self.occurs()
        if draw < 0.08:
            attributes = self.wildcard_attributes()
            return Particle(low, high, self.last_wildcard), f"<xs:any{attributes}{occurs}/>"
        groups = self.visible(self.groups, file)
        if draw < 0.15 and groups:
            group = self.random.choice(groups)
            if group.kind != "all" and (group.name not in names or self.chance(0.04)):
                names.add(group.name)
                return Particle(low, high, group), f'<xs:group ref="{self.ref(group, file)}"{occurs}/>'
        if draw < 0.35 and depth > 0:
            group, text = self.model(file, depth - 1, names, occurs)
            return Particle(low, high, group), text
        elements = self.visible(self.elements, file)
        if draw < 0.5 and elements:
            element = self.random.choice(elements)
            family = {one.name for one in family_of(element)}
            if not family & names or self.chance(0.04):
                names |= family
                return Particle(low, high, element), f'<xs:element ref="{self.ref(element, file)}"{occurs}/>'
        element = self.local_element(file, names, occurs, depth)
        return Particle(low, high, element), element.text

    def model(self, file, depth, names, occurs=""):
        kind = self.random.choice(["sequence", "sequence", "choice"])
        pairs = [self.particle(file, depth, names) for _ in range(self.random.choice([1, 2, 2, 3, 3, 4]))]
        return Group(kind, [pair[0] for pair in pairs]), f"<xs:{kind}{occurs}>" + "".join(pair[1] for pair in pairs) + f"</xs:{kind}>"

    def all_group(self, file, names):
        particles, lines = [], []
        for _ in range(self.random.randint(1, 4)):
            low, text = self.random.choice([(0, ' minOccurs="0"'), (1, "")])
            element = self.local_element(file, names, text, 0)
            particles.append(Particle(low, 1, element))
            lines.append(element.text)
        return Group("all", particles), "<xs:all>" + "".join(lines) + "</xs:all>"

    def content(self, file, depth=2):
        if self.chance(0.12):
            group, text = self.all_group(file, set())
            return Particle(1, 1, group), text
        low, high, occurs = self.occurs(0.25)
        group, text = self.model(file, depth, set(), occurs)
        return Particle(low, high, group), text

    def named_group(self, file):
        name = self.fresh("g")
        # Names of their own, so that what refers to the group is seldom ambiguous.
        taken = set("klmnopqrs") if self.chance(0.9) else set()
        group, text = self.all_group(file, taken) if self.chance(0.1) else self.model(file, 1, taken)
        group.name, group.file = name, file
        file.body.append(f'<xs:group name="{name}">{text}</xs:group>')
        self.groups.append(group)

    # Elements

    def any_type(self, file):
        """A type to refer to; the second value is whether it is complex."""
        complexes = self.visible(self.complexes, file)
        if complexes and self.chance(0.45):
            return self.random.choice(complexes)
        return self.simple(file)

    def local_element(self, file, names, occurs, depth):
        free = [letter for letter in "klmnopqrs" if letter not in names] or [letter for letter in "tuvwyz" if letter not in names]
        name = self.random.choice(free) if free and not self.chance(0.04) else self.random.choice("klmnopqrs")
        names.add(name)
        form, namespace = self.form(file, file.qualified_elements)
        element = Element(name, namespace, None, file=file)
        head = f'<xs:element name="{name}"{form}{occurs}'
        element.text = head + self.element_body(element, file, depth)
        return element

    def element_body(self, element, file, depth):
        """The rest of a declaration: type, values, constraints."""
        extra = ""
        if self.chance(0.12):
            element.nillable = True
            extra += ' nillable="true"'
        if self.chance(0.05):
            extra += f' block="{self.random.choice(["#all", "extension", "restriction", "substitution"])}"'
        if depth > 0 and self.chance(0.12):
            attributes, lines, wildcard = self.attribute_list(file, 2)
            particle, text = self.content(file, depth - 1)
            element.type = Complex("", file, attributes, particle, self.chance(0.15), wildcard=wildcard)
            return f"{extra}><xs:complexType{mixed(element.type)}>{text}{lines}</xs:complexType>{self.constraint(element)}</xs:element>"
        if self.chance(0.06):
            element.type = Simple("", file, "string", None)
            return f"{extra}/>"
        if self.chance(0.08):
            made = self.simple_body(file)
            made.file = file
            element.type = made
            return f"{extra}><xs:simpleType>{made.text}</xs:simpleType></xs:element>"
        element.type = self.any_type(file)
        if isinstance(element.type, Simple):
            value, element.value = self.value(element.type, True, 0.15)
            extra += value
        constraint = self.constraint(element)
        text = f'{extra} type="{self.type_ref(element.type, file)}"'
        return f"{text}>{constraint}</xs:element>" if constraint else f"{text}/>"

    def global_element(self, file):
        name = self.fresh("e")
        element = Element(name, file.target, None, file=file)
        head = f'<xs:element name="{name}"'
        heads = self.visible(self.elements, file)
        if heads and self.chance(0.3):
            chosen = self.random.choice(heads)
            options = [chosen.type]
            if isinstance(chosen.type, Complex):
                options += [one for one in chosen.type.derived if one.file is file or file is self.main]
            type_ = self.random.choice(options)
            head += f' substitutionGroup="{self.ref(chosen, file)}"'
            if getattr(type_, "name", "") and (type_ is not chosen.type or self.chance(0.5)):
                head += f' type="{self.type_ref(type_, file)}"'
            element.type = type_
            chosen.members.append(element)
            element.text = head + "/>"
        else:
            if self.chance(0.06):
                element.abstract = True
                head += ' abstract="true"'
            if self.chance(0.05):
                head += f' final="{self.random.choice(["#all", "extension", "restriction"])}"'
            element.text = head + self.element_body(element, file, 2)
        file.body.append(element.text)
        self.elements.append(element)
        return element

    def constraint(self, element):
        """Identity constraints on the children of an element."""
        type_ = element.type
        if not isinstance(type_, Complex) or not isinstance(type_.content, Particle) or not self.chance(0.3):
            return ""
        children = [one for one in leaves(type_.content) if isinstance(one, Element)]
        if not children:
            return ""

        def step(thing):
            if not thing.namespace or self.chance(0.04):
                return thing.name
            return ("t:" if thing.namespace == "urn:t" else "o:") + thing.name

        child = self.random.choice(children)
        selector = self.random.choice([step(child), f".//{step(child)}", "*", f"{step(child)}|.//{step(self.random.choice(children))}"])
        fields = ["."]
        if isinstance(child.type, Complex) and child.type.attributes:
            fields = ["@" + step(one) for one in self.random.sample(child.type.attributes, min(len(child.type.attributes), 2))]
        elif isinstance(child.type, Complex):
            fields = [step(one) for one in leaves(child.type.content) if isinstance(one, Element)][:1] or ["."]
        inner = f'<xs:selector xpath="{selector}"/>' + "".join(f'<xs:field xpath="{one}"/>' for one in fields)
        name = self.fresh("i")
        kind = self.random.choice(["unique", "key"])
        text = f'<xs:{kind} name="{name}">{inner}</xs:{kind}>'
        if self.chance(0.3):
            prefix = "" if element.file.chameleon or not element.file.target else "t:" if element.file.target == "urn:t" else "o:"
            other = self.random.choice(children)
            target = f'<xs:selector xpath="{step(other)}"/>' + "".join(f'<xs:field xpath="{one}"/>' for one in fields)
            text += f'<xs:keyref name="{self.fresh("i")}" refer="{prefix}{name}">{target}</xs:keyref>'
        return text

    # Complex types

    def complex_type(self, file):
        draw = self.random.random()
        bases = self.visible(self.complexes, file)
        name = self.fresh("c")
        if draw < 0.2 and bases:
            made, text = self.extension(name, file, self.random.choice(bases))
        elif draw < 0.35 and bases:
            made, text = self.restriction(name, file, self.random.choice(bases))
        elif draw < 0.5:
            made, text = self.simple_content(name, file)
        else:
            attributes, lines, wildcard = self.attribute_list(file)
            particle, text = (None, "") if self.chance(0.08) else self.content(file)
            made = Complex(name, file, attributes, particle, self.chance(0.12), wildcard=wildcard)
            text += lines
        extra = ""
        if self.chance(0.05):
            made.abstract = True
            extra += ' abstract="true"'
        for key in ("block", "final"):
            if self.chance(0.05):
                extra += f' {key}="{self.random.choice(["#all", "extension", "restriction"])}"'
        file.body.append(f'<xs:complexType name="{name}"{mixed(made)}{extra}>{text}</xs:complexType>')
        self.complexes.append(made)
        return made

    def simple_content(self, name, file):
        base = self.simple(file)
        attributes, lines, wildcard = self.attribute_list(file)
        made = Complex(name, file, attributes, base, wildcard=wildcard)
        base_name = self.type_ref(base, file)
        return made, f'<xs:simpleContent><xs:extension base="{base_name}">{lines}</xs:extension></xs:simpleContent>'

    def extension(self, name, file, base):
        inherited = [] if self.chance(0.05) else base.attributes
        attributes, lines, wildcard = self.attribute_list(file, 2, inherited)
        kind = "simpleContent" if isinstance(base.content, Simple) else "complexContent"
        made = Complex(name, file, [*base.attributes, *attributes], base.content, base.mixed, wildcard=wildcard or base.wildcard)
        text = ""
        if kind == "complexContent" and self.chance(0.7):
            names = {one.name for leaf in leaves(base.content) if isinstance(leaf, Element) for one in family_of(leaf)}
            group, text = self.model(file, 1, names if self.chance(0.95) else set())
            own = Particle(1, 1, group)
            made.content = Particle(1, 1, Group("sequence", [base.content, own])) if base.content else own
        base.derived.append(made)
        return made, f'<xs:{kind}><xs:extension base="{self.ref(base, file)}">{text}{lines}</xs:extension></xs:{kind}>'

    def restriction(self, name, file, base):
        if isinstance(base.content, Simple):
            facets, literals = self.facets(base.content)
            simple = Simple(base.content.name, base.content.file, base.content.builtin, literals, base.content.list_)
            made = Complex(name, file, base.attributes, simple)
            text = f'<xs:simpleContent><xs:restriction base="{self.ref(base, file)}">{facets}</xs:restriction></xs:simpleContent>'
            base.derived.append(made)
            return made, text
        made = Complex(name, file, [], None, base.mixed and self.chance(0.8))
        text = ""
        if base.content is not None:
            made.content, text = self.narrowed(file, base.content)
        lines = []
        for one in base.attributes:
            if self.chance(0.15) and not one.required:
                if self.chance(0.6) and one.namespace in ("", file.target) and one.text and " ref=" not in one.text and not getattr(one.type, "name", "s").startswith("s"):
                    form = "qualified" if one.namespace else "unqualified"
                    lines.append(f'<xs:attribute name="{one.name}" form="{form}" use="prohibited"/>')
                    continue
            made.attributes.append(one)
        base.derived.append(made)
        return made, f'<xs:complexContent><xs:restriction base="{self.ref(base, file)}">{text}{"".join(lines)}</xs:restriction></xs:complexContent>'

    def narrowed(self, file, particle):
        """A particle that mostly restricts another."""
        low, high, term = particle.low, particle.high, particle.term
        draw = self.random.random()
        if draw < 0.2 and high != low:
            low = min(low + 1, high) if high is not None else low + 1
        elif draw < 0.4 and high is None:
            high = max(low, self.random.choice([1, 2, 3]))
        elif draw < 0.5 and high not in (None, 0) and high > max(low, 1):
            high -= 1
        elif draw < 0.53:
            low, high = self.random.choice([(0, 1), (0, None), (3, 4)])
        occurs = ("" if low == 1 else f' minOccurs="{low}"') + ("" if high == 1 else f' maxOccurs="{"unbounded" if high is None else high}"')
        if isinstance(term, Wildcard):
            if self.chance(0.2) and file.qualified_elements:
                element = self.local_element(file, set(), occurs, 0)
                return Particle(low, high, element), element.text
            return Particle(low, high, term), f'<xs:any namespace="{term.namespace}" processContents="{term.process}"{occurs}/>'
        if isinstance(term, Element):
            if term in self.elements:
                if self.chance(0.1) and term.members:
                    term = self.random.choice(term.members)
                return Particle(low, high, term), f'<xs:element ref="{self.ref(term, file)}"{occurs}/>'
            type_ = term.type
            if isinstance(type_, Complex) and type_.derived and self.chance(0.3):
                type_ = self.random.choice(type_.derived)
            name = getattr(type_, "name", "")
            if not name:
                name, type_ = "xs:int", Simple("xs:int", None, "int", None)
            else:
                name = self.type_ref(type_, file) if type_.file is None or file is self.main or type_.file is file else "xs:int"
            form = "qualified" if term.namespace else "unqualified"
            fixed = "" if term.value is None else f" fixed={quoteattr(term.value)}"
            nil = ' nillable="true"' if term.nillable and self.chance(0.6) else ""
            made = Element(term.name, term.namespace, type_, file=file, value=term.value)
            return Particle(low, high, made), f'<xs:element name="{term.name}" form="{form}" type="{name}"{fixed}{nil}{occurs}/>'
        kept = [one for one in term.particles if one.low > 0 or self.chance(0.7)]
        if term.kind == "choice":
            kept = [one for one in term.particles if self.chance(0.8)] or term.particles[:1]
        pairs = [self.narrowed(file, one) for one in kept]
        kind = term.kind
        if kind == "all" and self.chance(0.3):
            kind = "sequence"
        if kind == "all":
            occurs = ' minOccurs="0"' if low == 0 else ""
        return Particle(low, high, Group(kind, [pair[0] for pair in pairs])), f"<xs:{kind}{occurs}>" + "".join(pair[1] for pair in pairs) + f"</xs:{kind}>"
