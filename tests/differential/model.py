"""The components of a random schema, as far as schemas.py and documents.py need them."""

from dataclasses import dataclass, field

XSD = "http://www.w3.org/2001/XMLSchema"


@dataclass
class File:
    name: str
    target: str
    """The namespace of what it declares: that of the including document for a chameleon."""
    chameleon: bool = False
    qualified_elements: bool = False
    qualified_attributes: bool = False
    defaults: str = ""
    head: list = field(default_factory=list)
    body: list = field(default_factory=list)


@dataclass
class Simple:
    name: str
    file: File
    builtin: str
    """What literals look like; of the items of a list."""
    literals: list
    list_: bool = False
    union: bool = False
    text: str = ""
    """What stands in `xs:simpleType`."""


@dataclass
class Element:
    name: str
    namespace: str
    type: object
    text: str = ""
    file: File = None
    nillable: bool = False
    value: str = None
    abstract: bool = False
    members: list = field(default_factory=list)


@dataclass
class Attribute:
    name: str
    namespace: str
    type: object
    required: bool = False
    fixed: str = None
    prohibited: bool = False
    text: str = ""


@dataclass
class Wildcard:
    namespace: str
    process: str


@dataclass
class Group:
    kind: str
    particles: list
    name: str = None
    file: File = None


@dataclass
class Particle:
    low: int
    high: object
    """None is unbounded."""
    term: object


@dataclass
class Complex:
    name: str
    file: File
    attributes: list
    content: object
    """None, a simple type, or a particle."""
    mixed: bool = False
    abstract: bool = False
    wildcard: bool = False
    derived: list = field(default_factory=list)


def leaves(particle):
    if not isinstance(particle, Particle):
        return []
    if isinstance(particle.term, Group):
        return [leaf for one in particle.term.particles for leaf in leaves(one)]
    return [particle.term]


def family_of(element):
    """An element and all that may stand in its place."""
    return [element, *(one for member in element.members for one in family_of(member))]


def mixed(type_):
    return ' mixed="true"' if type_.mixed else ""
