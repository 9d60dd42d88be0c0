//! The texts of all rules about structure, English and Bulgarian. Texts about values are in [`crate::datatype`].

use crate::rule::rules;

// Documents of a schema set.
rules! {
    DOCUMENTS;
    MISSING_DOCUMENT "schema-missing-document":
        "the schema document `{0}` cannot be found" / "put the file beside the main schema; letter case does not matter";
        "XSD файлът „{0}“ не е намерен" / "поставете файла до основната схема; главни и малки букви не се различават";
    UNREADABLE_DOCUMENT "schema-unreadable-document":
        "the schema document `{0}` cannot be read: {1}" / "check the location and the rights of the file";
        "XSD файлът „{0}“ не може да се прочете: {1}" / "проверете местоположението и правата върху файла";
    REMOTE_LOCATION "schema-remote-location":
        "the location `{0}` is on the network, from where no schema is read" / "put the document beside the main schema and name the file";
        "местоположението „{0}“ е в мрежата, а оттам схеми не се четат" / "поставете документа до основната схема и посочете файла";
    UNKNOWN_ENCODING "schema-encoding":
        "the schema document is not well-formed {0}" / "save it as UTF-8";
        "XSD файлът не е правилен {0}" / "запишете го като UTF-8";
    NOT_WELL_FORMED "schema-not-well-formed":
        "the schema document is not well-formed XML: {0}" / "open it in an XML editor and repair it";
        "XSD файлът не е правилен XML: {1}" / "отворете го в XML редактор и го поправете";
    NOT_A_SCHEMA "schema-not-a-schema":
        "the root element is {0}, not xs:schema" / "name a schema document";
        "коренният елемент е {0}, а не xs:schema" / "посочете XSD файл";
    INCLUDE_NAMESPACE "src-include.2":
        "the included document `{0}` has another target namespace" / "use xs:import for another namespace";
        "включеният документ „{0}“ има друго целево пространство от имена" / "за друго пространство използвайте xs:import";
    REDEFINE_NAMESPACE "src-redefine.3":
        "the redefined document `{0}` has another target namespace" / "only components of the same namespace can be redefined";
        "предефинираният документ „{0}“ има друго целево пространство от имена" / "предефинират се само компоненти от същото пространство";
    IMPORT_OWN "src-import.1":
        "the import names the target namespace `{0}` of the document itself" / "use xs:include for the same namespace";
        "импортът посочва собственото целево пространство „{0}“" / "за същото пространство използвайте xs:include";
    IMPORT_NAMESPACE "src-import.3":
        "the imported document `{0}` has the target namespace `{1}`, not `{2}`" / "make the attribute namespace and the document agree";
        "импортираният документ „{0}“ има целево пространство „{1}“, а не „{2}“" / "уеднаквете атрибута namespace и документа";
}

// The shape of schema documents.
rules! {
    SHAPES;
    ELEMENT_NOT_ALLOWED "s4s-elt-must-match":
        "the element {0} must not stand here in {1}" / "see the order of elements in XML Schema part 1";
        "елементът {0} не може да стои тук в {1}" / "вижте реда на елементите в XML Schema, част 1";
    ELEMENT_MISSING "s4s-elt-missing":
        "one of {0} is missing in {1}" / "add it";
        "в {1} липсва някой от {0}" / "добавете го";
    TEXT_NOT_ALLOWED "s4s-elt-character":
        "text must not stand in {0}" / "texts for people belong in xs:annotation";
        "в {0} не може да има текст" / "текстовете за хора са в xs:annotation";
    ATTRIBUTE_NOT_ALLOWED "s4s-att-not-allowed":
        "the attribute {0} must not stand in {1}" / "remove it";
        "атрибутът {0} не е разрешен в {1}" / "премахнете го";
    ATTRIBUTE_MISSING "s4s-att-must-appear":
        "the attribute {0} is missing in {1}" / "add it";
        "липсва атрибутът {0} на {1}" / "добавете го";
    ATTRIBUTE_VALUE "s4s-att-invalid-value":
        "the attribute {0} of {1} has an invalid value" / "see its type in XML Schema part 1";
        "атрибутът {0} на {1} има неправилна стойност" / "вижте типа му в XML Schema, част 1";
    ID_TWICE "s4s-id-unique":
        "the id `{0}` is used twice in the document" / "give every element its own id";
        "идентификаторът „{0}“ се среща два пъти" / "дайте на всеки елемент собствен идентификатор";
}

// References and names.
rules! {
    REFERENCES;
    UNKNOWN_PREFIX "src-resolve.prefix":
        "the prefix `{0}` is not declared" / "declare it with xmlns";
        "префиксът „{0}“ не е деклариран" / "декларирайте го с xmlns";
    NOT_IMPORTED "src-resolve.4":
        "`{0}` is in the namespace `{1}`, which this document does not import" / "add an xs:import for the namespace";
        "„{0}“ е в пространството „{1}“, което документът не импортира" / "добавете xs:import за пространството";
    UNRESOLVED "src-resolve":
        "there is no {0} named {1}" / "check the spelling (also for letters of another alphabet) and the imports";
        "няма {0} с име {1}" / "проверете изписването (и за букви от друга азбука) и импортите";
    DECLARED_TWICE "sch-props-correct.2":
        "{0} is declared twice" / "remove or rename one of the declarations";
        "{0} е деклариран два пъти" / "премахнете или преименувайте едната декларация";
    REDEFINES_ITSELF "src-redefine.2":
        "the document redefines itself" / "name the document that holds the old components";
        "документът предефинира себе си" / "посочете документа със старите компоненти";
    REDEFINES_NOTHING "src-redefine.missing":
        "{0} is not in the redefined document" / "redefine only what the document declares";
        "{0} го няма в предефинирания документ" / "предефинирайте само деклариран компонент";
    REDEFINITION_BASE "src-redefine.5":
        "a redefining type must be derived from the type that it redefines" / "name the type itself as its base";
        "предефиниращият тип трябва да произлиза от предефинирания" / "посочете самия тип за основа";
    REDEFINITION_GROUP "src-redefine.6.1":
        "a redefining group may refer to itself once only, with minOccurs and maxOccurs 1" / "remove the other references";
        "предефинираща група може да се позове на себе си само веднъж, с minOccurs и maxOccurs 1" / "премахнете другите позовавания";
    REDEFINITION_NOT_RESTRICTION "src-redefine.6.2":
        "the redefining group neither holds the old one nor restricts it" / "refer to the group itself, or allow less than it";
        "предефиниращата група нито съдържа старата, нито я ограничава" / "позовете се на самата група или разрешете по-малко";
    NAME_AND_REF "src-name-or-ref":
        "{0} has both name and ref" / "keep one of them";
        "{0} има и name, и ref" / "оставете едното";
    NEITHER_NAME_NOR_REF "src-name-or-ref.missing":
        "{0} has neither name nor ref" / "add one of them";
        "{0} няма нито name, нито ref" / "добавете едното";
    WITH_REF "src-ref-only":
        "{0} must not stand beside ref" / "it belongs to the declaration";
        "{0} не може да стои до ref" / "мястото му е в декларацията";
    NAME_AND_INLINE "src-type-or-inline":
        "both the attribute {0} and an element {1} are given" / "keep one of them";
        "дадени са и атрибут {0}, и елемент {1}" / "оставете едното";
    NEITHER_NAME_NOR_INLINE "src-type-or-inline.missing":
        "neither the attribute {0} nor an element {1} is given" / "add one of them";
        "няма нито атрибут {0}, нито елемент {1}" / "добавете едното";
    DEFAULT_AND_FIXED "src-default-or-fixed":
        "{0} has both default and fixed" / "keep one of them";
        "{0} има и default, и fixed" / "оставете едното";
    DEFAULT_NOT_OPTIONAL "src-attribute.2":
        "an attribute with a default must be optional" / "remove use or default";
        "атрибут с подразбирана стойност трябва да е незадължителен" / "премахнете use или default";
}

// Types.
rules! {
    TYPES;
    CIRCULAR_TYPE "st-ct-circular":
        "the type is derived from itself" / "break the circle";
        "типът произлиза от себе си" / "прекъснете кръга";
    NOT_A_SIMPLE_TYPE "src-simple-type-expected":
        "a simple type must be named here" / "use a simple type, or complexType with simpleContent";
        "тук се очаква прост тип" / "използвайте прост тип или complexType със simpleContent";
    FACET "st-facet-valid":
        "{1} [{0}]" / "see the facets in XML Schema part 2, section 4.3";
        "{2} [{0}]" / "вижте ограниченията в XML Schema, част 2, раздел 4.3";
    FINAL_FORBIDS "cos-final":
        "the type is final for {0}" / "remove `final` there or derive otherwise";
        "типът не допуска {0}" / "премахнете `final` там или го използвайте по друг начин";
    BASE_HAS_NO_SIMPLE_CONTENT "src-ct.2":
        "the base type has no simple content" / "use complexContent";
        "основният тип няма просто съдържание" / "използвайте complexContent";
    BASE_IS_SIMPLE "src-ct.1":
        "the base of this derivation must be a complex type" / "use simpleContent with extension";
        "основата на това извеждане трябва да е сложен тип" / "използвайте simpleContent с extension";
    INLINE_NOT_DERIVED "derivation-ok-restriction.5.1":
        "the inline type is not derived from the content of the base type" / "restrict the type of the base";
        "вграденият тип не произлиза от съдържанието на основния" / "ограничете типа на основата";
    EXTENDS_SIMPLE "cos-ct-extends.1.4":
        "simple content cannot be extended by elements" / "use another base";
        "просто съдържание не може да се разшири с елементи" / "използвайте друга основа";
    EXTENSION_MIXED "cos-ct-extends.1.4.2":
        "base and extension must both be mixed or both hold elements only" / "make the attributes mixed agree";
        "основата и разширението трябва и двете да са смесени или и двете да са само от елементи" / "уеднаквете атрибутите mixed";
    ALL_LIMITED "cos-all-limited.1":
        "an all group must be the whole content and occur once" / "use sequence or choice";
        "групата all трябва да е цялото съдържание и да се среща веднъж" / "използвайте sequence или choice";
    ALL_OCCURS_ONCE "cos-all-limited.2":
        "an element of an all group occurs at most once" / "set maxOccurs to 0 or 1";
        "елемент в група all се среща най-много веднъж" / "задайте maxOccurs 0 или 1";
    MIN_ABOVE_MAX "p-props-correct.2":
        "{0} is greater than {1}" / "correct one of them";
        "{0} е по-голямо от {1}" / "поправете едното";
    CIRCULAR_GROUP "mg-props-correct.2":
        "the group holds itself" / "break the circle";
        "групата съдържа себе си" / "прекъснете кръга";
    CIRCULAR_ATTRIBUTE_GROUP "src-attribute_group.3":
        "the attribute group holds itself" / "break the circle";
        "групата от атрибути съдържа себе си" / "прекъснете кръга";
    CIRCULAR_SUBSTITUTION "e-props-correct.6":
        "the element is in its own substitution group" / "break the circle";
        "елементът е в собствената си група за заместване" / "прекъснете кръга";
    SUBSTITUTION_TYPE "e-props-correct.4":
        "the type is not derived from that of the substitution group's head {0}, or not in a way that the head allows" / "derive it, or check `final` of the head";
        "типът не произлиза от типа на водещия елемент {0} или не по разрешен от него начин" / "изведете типа или проверете `final` на водещия елемент";
    ATTRIBUTE_TWICE "ct-props-correct.4":
        "the attribute {0} occurs twice" / "remove one of them";
        "атрибутът {0} се среща два пъти" / "премахнете единия";
    TWO_IDS "ct-props-correct.5":
        "two attributes of the type are of type ID" / "keep one of them";
        "два атрибута на типа са от тип ID" / "оставете единия";
    ID_WITH_VALUE "a-props-correct.3":
        "a declaration of type ID has no default and no fixed value" / "remove it";
        "декларация от тип ID няма подразбирана или постоянна стойност" / "премахнете я";
    FIXED_CHANGED "au-props-correct.2":
        "the declaration of {0} has another fixed value" / "use the same value";
        "декларацията на {0} има друга постоянна стойност" / "използвайте същата стойност";
    WRONG_VALUE "e-a-props-correct.2":
        "the default or fixed value is not valid: {0}" / "correct the value or the type";
        "подразбираната или постоянната стойност не е валидна: {1}" / "поправете стойността или типа";
    VALUE_WITHOUT_TEXT "cos-valid-default.2":
        "a default or fixed value needs simple content, or mixed content that may be empty" / "remove the value";
        "подразбирана или постоянна стойност иска просто съдържание или смесено, което може да е празно" / "премахнете стойността";
    WILDCARD_INTERSECTION "src-attribute_group.2":
        "the intersection of the attribute wildcards cannot be expressed" / "use the same namespaces";
        "сечението на anyAttribute не може да се изрази" / "използвайте едни и същи пространства";
    WILDCARD_UNION "cos-aw-union":
        "the union of the attribute wildcards cannot be expressed" / "use the same namespaces";
        "обединението на anyAttribute не може да се изрази" / "използвайте едни и същи пространства";
    NO_XMLNS "no-xmlns":
        "an attribute must not be named xmlns" / "choose another name";
        "атрибут не може да се казва xmlns" / "изберете друго име";
    NO_XSI "no-xsi":
        "attributes of the namespace of XMLSchema-instance cannot be declared" / "they are built in";
        "атрибутите от пространството XMLSchema-instance не се декларират" / "те са вградени";
    XPATH "c-selector-xpath":
        "the XPath of the {0} is not of the allowed form" / "only child steps, a leading .// and, in a field, a last attribute";
        "XPath изразът на {0} не е от разрешения вид" / "само стъпки към деца, водещо .// и в field последен атрибут";
    KEYREF_FIELDS "c-props-correct.2":
        "the keyref has another number of fields than {0}" / "give both the same number";
        "keyref има друг брой полета от {0}" / "дайте равен брой";
    AMBIGUOUS "cos-nonambig":
        "a child could match {0} or {1}, and nothing before it decides" / "write the content so that each child fits one place";
        "дете би отговорило и на {0}, и на {1}, и нищо преди него не решава" / "опишете съдържанието така, че всяко дете да има едно място";
    INCONSISTENT "cos-element-consistent":
        "the element {0} has two types in one content" / "use one global type";
        "елементът {0} има два типа в едно съдържание" / "използвайте един глобален тип";
    DERIVATION_TOO_LONG "schema-derivation-too-long":
        "the chain of derivations is longer than 1000 steps" / "derive from a type nearer to the beginning";
        "веригата от производни е по-дълга от 1000 стъпки" / "използвайте за основа тип, който е по-близо до началото";
    MODEL_TOO_LARGE "schema-model-too-large":
        "the content model is too large or too deep" / "split the groups";
        "моделът на съдържанието е твърде голям или дълбок" / "разделете групите";
    MODEL_TOO_AMBIGUOUS "schema-model-too-ambiguous":
        "occurrence bounds are nested so that counting is ambiguous" / "put the bounds together";
        "границите за брой са вложени така, че броенето е нееднозначно" / "обединете границите";
    RESTRICTION_ATTRIBUTE "derivation-ok-restriction.2":
        "the attribute {0} is not a restriction of that of the base type" / "allow the same or less";
        "атрибутът {0} не ограничава този на основния тип" / "разрешете същото или по-малко";
    RESTRICTION_REQUIRED "derivation-ok-restriction.3":
        "the base type requires the attribute {0}" / "keep it required";
        "основният тип изисква атрибута {0}" / "оставете го задължителен";
    RESTRICTION_WILDCARD "derivation-ok-restriction.4":
        "the attribute wildcard allows more than that of the base type" / "allow the same or less";
        "anyAttribute разрешава повече от този на основния тип" / "разрешете същото или по-малко";
    RESTRICTION_CONTENT "derivation-ok-restriction.5":
        "the content is not a restriction of the content of the base type: {0}" / "allow the same or less than the base, in the same order";
        "съдържанието не ограничава това на основния тип: {0}" / "разрешете същото или по-малко, в същия ред";
    BARE_NOTATION "enumeration-required-notation":
        "NOTATION needs an enumeration" / "restrict it by an enumeration of notations";
        "NOTATION изисква изброяване" / "ограничете типа с изброяване на нотации";
}

// What a document can break (XML Schema part 1, appendix C.1).
rules! {
    INSTANCES;
    ROOT_NOT_DECLARED "cvc-elt.1":
        "the root element {0} is not declared" / "check the name and the namespace of the root";
        "коренният елемент {0} не е деклариран" / "проверете името и пространството на корена";
    ABSTRACT_ELEMENT "cvc-elt.2":
        "the element {0} is abstract" / "use an element of its substitution group";
        "елементът {0} е абстрактен" / "използвайте елемент от групата му за заместване";
    NOT_NILLABLE "cvc-elt.3.1":
        "the element must not have xsi:nil" / "leave the element out, or give it a value";
        "елементът не може да има xsi:nil" / "пропуснете елемента или му дайте стойност";
    NIL_NOT_EMPTY "cvc-elt.3.2.1":
        "an element with xsi:nil must be empty" / "remove the content or xsi:nil";
        "елемент с xsi:nil трябва да е празен" / "премахнете съдържанието или xsi:nil";
    NIL_AND_FIXED "cvc-elt.3.2.2":
        "an element with a fixed value cannot be nil" / "remove xsi:nil";
        "елемент с постоянна стойност не може да е nil" / "премахнете xsi:nil";
    TYPE_NOT_A_NAME "cvc-elt.4.1":
        "the value of xsi:type is not a qualified name" / "write prefix:Name";
        "стойността на xsi:type не е квалифицирано име" / "напишете префикс:Име";
    TYPE_UNKNOWN "cvc-elt.4.2":
        "xsi:type names no type of the schema" / "check the prefix and the name";
        "xsi:type не посочва тип от схемата" / "проверете префикса и името";
    TYPE_NOT_DERIVED "cvc-elt.4.3":
        "the type in xsi:type is not derived from the declared type, or is blocked" / "use the declared type or one derived from it";
        "типът в xsi:type не произлиза от декларирания или е забранен" / "използвайте декларирания тип или негов производен";
    ABSTRACT_TYPE "cvc-type.2":
        "the type of the element is abstract" / "name a derived type in xsi:type";
        "типът на елемента е абстрактен" / "посочете производен тип в xsi:type";
    NIL_VALUE "cvc-xsi-nil":
        "the value of xsi:nil is neither true nor false" / "write true or false";
        "стойността на xsi:nil не е нито true, нито false" / "напишете true или false";
    ATTRIBUTE_ON_SIMPLE "cvc-type.3.1.1":
        "the attribute {0} must not stand on an element with a simple type" / "remove it";
        "атрибутът {0} не може да стои на елемент с прост тип" / "премахнете го";
    CHILD_IN_SIMPLE "cvc-type.3.1.2":
        "the element {0} must not stand in a simple value" / "only text may stand here";
        "елементът {0} не може да стои в проста стойност" / "тук може да има само текст";
    NOT_EMPTY "cvc-complex-type.2.1":
        "the element must be empty" / "remove its content";
        "елементът трябва да е празен" / "премахнете съдържанието му";
    TEXT_BETWEEN "cvc-complex-type.2.3":
        "text must not stand between the child elements" / "remove the text";
        "между дъщерните елементи не може да има текст" / "премахнете текста";
    CHILD_UNEXPECTED "cvc-complex-type.2.4.a":
        "the element {0} must not stand here" / "put here one of the expected elements";
        "елементът {0} не може да стои тук" / "поставете тук някой от очакваните елементи";
    CHILD_TOO_MANY "cvc-complex-type.2.4.d":
        "the element {0} must not stand here, where no more elements are expected" / "remove it";
        "елементът {0} не може да стои тук, където не се очакват повече елементи" / "премахнете го";
    CHILD_MISSING "cvc-complex-type.2.4.b":
        "the content is not complete" / "add one of the expected elements";
        "съдържанието е непълно" / "добавете някой от очакваните елементи";
    NO_ELEMENT_FOR_WILDCARD "cvc-complex-type.2.4.c":
        "the element {0} may stand here only if it is declared, and it is not" / "check its name and namespace";
        "елементът {0} може да стои тук само ако е деклариран, а не е" / "проверете името и пространството му";
    ATTRIBUTE_UNKNOWN "cvc-complex-type.3.2.2":
        "the attribute {0} must not stand on this element" / "remove it, or check its name and namespace";
        "атрибутът {0} не е разрешен на този елемент" / "премахнете го или проверете името и пространството му";
    ATTRIBUTE_NOT_DECLARED "cvc-complex-type.3.2.2.wildcard":
        "the attribute {0} may stand here only if it is declared, and it is not" / "check its name and namespace";
        "атрибутът {0} може да стои тук само ако е деклариран, а не е" / "проверете името и пространството му";
    ATTRIBUTE_REQUIRED "cvc-complex-type.4":
        "the attribute {0} is missing" / "add it";
        "липсва атрибутът {0}" / "добавете го";
    FIXED_ATTRIBUTE "cvc-attribute.4":
        "the attribute has another value than the fixed one" / "use the value of the schema, or leave the attribute out";
        "атрибутът има различна от постоянната стойност" / "използвайте стойността от схемата или пропуснете атрибута";
    FIXED_ELEMENT "cvc-elt.5.2.2":
        "the element has another value than the fixed one" / "use the value of the schema, or leave the element empty";
        "елементът има различна от постоянната стойност" / "използвайте стойността от схемата или оставете елемента празен";
    ID_REPEATED "cvc-id.2":
        "the ID occurs twice in the document" / "every ID may occur once";
        "идентификаторът (ID) се среща два пъти" / "всеки ID може да се среща веднъж";
    IDREF_DANGLING "cvc-id.1":
        "the IDREF refers to no ID of the document" / "refer to an existing ID";
        "IDREF не посочва ID от документа" / "посочете съществуващ ID";
    TWO_ID_ATTRIBUTES "cvc-complex-type.5":
        "the element has two attributes of type ID" / "keep one of them";
        "елементът има два атрибута от тип ID" / "оставете единия";
    ENTITY_UNKNOWN "cvc-entity":
        "no unparsed entity is declared, so a value of type ENTITY cannot be valid" / "documents here have no DTD";
        "няма декларирани обекти, затова стойност от тип ENTITY не може да е валидна" / "тук документите нямат DTD";
    KEY_REPEATED "cvc-identity-constraint.4.1":
        "the value of {0} occurs twice" / "the values must be unique";
        "стойността на {0} се среща два пъти" / "стойностите трябва да са уникални";
    KEY_INCOMPLETE "cvc-identity-constraint.4.2":
        "a field of the key {0} is missing" / "give every field of the key a value";
        "липсва поле на ключа {0}" / "дайте стойност на всяко поле на ключа";
    KEYREF_DANGLING "cvc-identity-constraint.4.3":
        "the reference {0} finds no key with this value" / "refer to an existing key";
        "препратката {0} не намира ключ с тази стойност" / "посочете съществуващ ключ";
    FIELD_TWICE "cvc-identity-constraint.3":
        "a field of {0} selects more than one node, or one without simple value" / "a field must select one value";
        "поле на {0} избира повече от един възел или възел без проста стойност" / "полето трябва да избира една стойност";
    OTHER_LETTERS "letters-of-another-alphabet":
        "the name {0} is expected here, with other letters" / "the name looks like {0} but is another: the character {1} of {0} is {2}; copy the name from the schema";
        "тук се очаква името {0}, с други букви" / "името прилича на {0}, но е друго: знак {1} на {0} е {2}; копирайте името от схемата";
    KEY_NILLABLE "cvc-identity-constraint.4.2.3":
        "a field of the key {0} is an element that may be nil" / "the schema must not let a field of a key be nillable";
        "поле на ключа {0} е елемент, който може да е nil" / "схемата не бива да допуска nil за поле на ключ";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{DOCUMENTS, INSTANCES, REFERENCES, SHAPES, TYPES};
    use crate::Language;
    use crate::rule::Rule;

    fn all() -> impl Iterator<Item = &'static Rule> {
        [DOCUMENTS, SHAPES, REFERENCES, TYPES, INSTANCES].into_iter().flatten().copied()
    }

    #[test]
    fn every_rule_has_its_own_code() {
        let mut codes = HashSet::new();
        assert!(all().all(|rule| codes.insert(rule.code)), "{codes:?}");
    }

    #[test]
    fn every_rule_has_message_and_hint_in_both_languages() {
        let names: Vec<String> = ["one", "two", "three"].map(str::to_owned).to_vec();
        let is_cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
        for rule in all() {
            let [message, hint] = [rule.message(Language::English, &names), rule.hint(Language::English, &names)];
            assert!(!is_cyrillic(&message) && !is_cyrillic(&hint) && !hint.is_empty(), "{}", rule.code);
            assert!(!message.contains(['{', '…']) && !message.ends_with('.'), "{}", rule.code);
            let [message, hint] = [rule.message(Language::Bulgarian, &names), rule.hint(Language::Bulgarian, &names)];
            // The text of a facet comes with its error.
            assert!(is_cyrillic(&message) || rule.code == "st-facet-valid", "{}", rule.code);
            assert!(is_cyrillic(&hint) && !message.contains(['{', '…']), "{}", rule.code);
        }
    }
}
