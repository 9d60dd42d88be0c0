"""Random documents of a schema: written after its model, then mutated."""

import copy

from lxml import etree

import values
from model import Complex, Element, Group, Simple, Wildcard

XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Writer:
    """Writes documents that are mostly valid."""

    def __init__(self, random, schema):
        self.random, self.schema = random, schema
        self.spaces = {**schema.namespaces, "xsi": XSI}

    def document(self):
        self.size = 0
        return self.element(self.random.choice(self.schema.roots), 0)

    def chance(self, share):
        return self.random.random() < share

    def element(self, declared, depth):
        self.size += 1
        if declared.members and (declared.abstract or self.chance(0.35)):
            return self.element(self.random.choice(declared.members), depth)
        node = etree.Element(tag(declared), nsmap=self.spaces if depth == 0 else None)
        type_ = declared.type
        if isinstance(type_, Complex) and type_.derived and (type_.abstract or self.chance(0.2)):
            type_ = self.random.choice(type_.derived)
            prefix = {"urn:t": "t:", "urn:o": "o:"}.get(type_.file.target, "")
            node.set(f"{{{XSI}}}type", prefix + type_.name)
        if isinstance(type_, Complex):
            self.attributes(node, type_)
        if declared.nillable and self.chance(0.3):
            node.set(f"{{{XSI}}}nil", self.random.choice(["true", "1", "true", "false"]))
            if self.chance(0.9):
                return node
        if isinstance(type_, Simple):
            if not (declared.value is not None or self.chance(0.05)) or self.chance(0.3):
                self.text(node, type_)
            elif declared.value is not None and self.chance(0.6):
                node.text = declared.value
        elif isinstance(type_.content, Simple):
            self.text(node, type_.content)
        elif type_.content is not None:
            for child in self.particle(type_.content, depth + 1):
                node.append(child)
                if type_.mixed and self.chance(0.3):
                    child.tail = "mixed"
        if isinstance(type_, Complex) and type_.mixed and self.chance(0.4):
            node.text = "mixed"
        return node

    def attributes(self, node, type_):
        for one in type_.attributes:
            if one.required or self.chance(0.6):
                node.set(tag(one), one.fixed if one.fixed is not None and self.chance(0.9) else self.literal(one.type))
        if type_.wildcard and self.chance(0.4):
            node.set(self.random.choice(["free", "{urn:o}free", "{urn:t}free", "{urn:x}free"]), "1")

    def literal(self, simple):
        if simple.list_:
            return " ".join(self.one_literal(simple) for _ in range(self.random.randint(0, 3)))
        return self.one_literal(simple)

    def one_literal(self, simple):
        if simple.literals and self.chance(0.85):
            return self.random.choice(simple.literals)
        return values.any_literal(self.random, simple.builtin)

    def text(self, node, simple):
        literal = self.literal(simple)
        if len(literal) > 1 and self.chance(0.05):
            node.text = literal[:1]
            inside = etree.Comment("c") if self.chance(0.6) else etree.ProcessingInstruction("p", "i")
            inside.tail = literal[1:]
            node.append(inside)
        else:
            node.text = literal

    def particle(self, particle, depth):
        low, high = particle.low, particle.low + 2 if particle.high is None else particle.high
        if self.size > 60 or depth > 6:
            high = low
        if self.size > 300:
            # Required elements in required elements grow like powers: this document is not valid then.
            return
        for _ in range(self.random.randint(low, max(low, high))):
            yield from self.term(particle.term, depth)

    def term(self, term, depth):
        if isinstance(term, Element):
            if depth > 12:
                return
            yield self.element(term, depth)
        elif isinstance(term, Wildcard):
            yield self.stranger(term, depth)
        elif isinstance(term, Group):
            if term.kind == "choice":
                yield from self.particle(self.random.choice(term.particles), depth)
                return
            particles = list(term.particles)
            if term.kind == "all":
                self.random.shuffle(particles)
            for one in particles:
                yield from self.particle(one, depth)

    def stranger(self, wildcard, depth):
        """An element that a wildcard may let through."""
        if self.schema.elements and self.chance(0.5) and depth < 8:
            return self.element(self.random.choice(self.schema.elements), depth)
        spaces = {
            "##any": ["", "urn:t", "urn:x"], "##other": ["urn:x", "urn:o"], "##targetNamespace": [self.schema.main.target], "##local": [""],
            "urn:o": ["urn:o"], "urn:x": ["urn:x"], "urn:o ##local": ["urn:o", ""], "##targetNamespace urn:x": ["urn:x", self.schema.main.target],
        }
        space = self.random.choice(spaces[wildcard.namespace])
        node = etree.Element(f"{{{space}}}w" if space else "w")
        if self.chance(0.2):
            node.set(f"{{{XSI}}}type", "xs:int")
            node.text = self.random.choice(["1", "x"])
        elif self.chance(0.3):
            etree.SubElement(node, "inner").text = "1"
        return node


def mutated(random, root, schema):
    """A copy with one to three faults, which may make it invalid."""
    root = copy.deepcopy(root)
    for _ in range(random.randint(1, 3)):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        node = random.choice(nodes)
        parent = node.getparent()
        action = random.choice(
            ["text", "text", "text", "text", "attribute", "attribute", "drop attribute", "new attribute", "remove", "remove", "repeat", "swap", "rename", "space", "insert", "words", "nil", "type", "empty"]
        )
        if action == "text" and len(node) == 0:
            node.text = random.choice([values.stranger(random), values.stranger(random), "", " ", (node.text or "") + "0", " " + (node.text or "") + " "])
        elif action == "attribute" and node.attrib:
            node.set(random.choice(list(node.attrib)), values.stranger(random))
        elif action == "drop attribute" and node.attrib:
            del node.attrib[random.choice(list(node.attrib))]
        elif action == "new attribute":
            node.set(random.choice(["a", "b", "id", "{urn:t}a", "{urn:x}z", "z", "{urn:o}free"]), random.choice(["1", "x"]))
        elif action == "remove" and parent is not None:
            parent.remove(node)
        elif action == "repeat" and parent is not None:
            node.addnext(copy.deepcopy(node))
        elif action == "swap" and parent is not None and node.getnext() is not None:
            node.getnext().addnext(node)
        elif action == "rename":
            others = [one.tag for one in nodes] + ["x", "k", "l", "m"]
            node.tag = random.choice(others)
        elif action == "space":
            local = etree.QName(node).localname
            node.tag = random.choice([local, "{urn:t}" + local, "{urn:o}" + local])
        elif action == "insert":
            node.insert(random.randint(0, len(node)), etree.Element(random.choice(["x", "k", "{urn:t}k", "{urn:o}w"])))
        elif action == "words":
            node.text = "words"
        elif action == "nil":
            node.set(f"{{{XSI}}}nil", random.choice(["true", "false", "1", "x"]))
        elif action == "type":
            types = [one for one in [*schema.complexes, *schema.simples]]
            if types and random.random() < 0.7:
                one = random.choice(types)
                prefix = {"urn:t": "t:", "urn:o": "o:"}.get(one.file.target, "")
                node.set(f"{{{XSI}}}type", prefix + one.name)
            else:
                node.set(f"{{{XSI}}}type", "xs:" + random.choice(list(values.LITERALS) + ["anyType", "nothing"]))
        elif action == "empty":
            for child in list(node):
                node.remove(child)
            node.text = None
    return root


def tag(thing):
    return f"{{{thing.namespace}}}{thing.name}" if thing.namespace else thing.name
