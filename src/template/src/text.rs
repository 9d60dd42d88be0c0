//! The catalogue of texts that a person can receive from this crate.

use kapia_language::{Catalogue, Entry};

pub(crate) const CATALOGUE: Catalogue = Catalogue(ENTRIES);

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

const ENTRIES: &[Entry] = &[
    entry(
        "template-unclosed",
        ["the tag {what} does not end", "тагът {what} няма край"],
        [
            "end an output with two closing braces, a statement with a per cent sign and a brace",
            "завършете израза с две затварящи скоби, а оператора със знак за процент и скоба",
        ],
    ),
    entry(
        "template-character",
        [
            "the template holds a character that no XML document can hold",
            "в шаблона има знак, който не може да стои в XML документ",
        ],
        ["remove the control character", "махнете управляващия знак"],
    ),
    entry(
        "template-place",
        ["a value stands where none can stand", "стойност стои на място, на което не може да има стойност"],
        [
            "a value stands in the text of an element or between the quotes of an attribute, not in names, comments or namespace declarations",
            "стойност стои в текста на елемент или в кавичките на атрибут, не в имена, коментари или пространства от имена",
        ],
    ),
    entry(
        "template-statement-place",
        ["a statement stands where none can stand", "оператор стои на място, на което не може да има оператор"],
        [
            "put it between elements or between attributes, and end it at the same level",
            "поставете го между елементи или между атрибути и го завършете на същото ниво",
        ],
    ),
    entry(
        "template-statement-empty",
        ["a statement has no name", "оператор без име"],
        ["write for, if, set or with", "напишете for, if, set или with"],
    ),
    entry(
        "template-statement",
        ["there is no statement {statement}", "няма оператор {statement}"],
        ["known here: {known}", "познати са: {known}"],
    ),
    entry(
        "template-set-block",
        [
            "set without an equals sign would keep a part of the document as a value",
            "set без знак за равенство би запазил част от документа като стойност",
        ],
        ["write set name = expression", "напишете set име = израз"],
    ),
    entry(
        "template-block-open",
        ["the block {block} does not end", "блокът {block} няма край"],
        ["add its end", "добавете края му"],
    ),
    entry(
        "template-block-none",
        ["{statement} has no beginning", "{statement} няма начало"],
        ["add the beginning or remove it", "добавете началото или го махнете"],
    ),
    entry(
        "template-branch",
        [
            "the element {element} begins inside {block} and does not end there",
            "елементът {element} започва в {block} и не завършва там",
        ],
        ["begin and end an element in the same branch", "започнете и завършете елемента в същия клон"],
    ),
    entry(
        "template-branch-end",
        [
            "the end tag of {element} has no start tag, or one outside its block",
            "крайният таг на {element} няма начален таг или той е извън блока",
        ],
        ["begin and end an element in the same branch", "започнете и завършете елемента в същия клон"],
    ),
    entry(
        "template-element-open",
        ["the element {element} does not end", "елементът {element} няма край"],
        ["add its end tag", "добавете крайния му таг"],
    ),
    entry(
        "template-end-tag",
        ["the end tag of {element} holds more than a name", "крайният таг на {element} съдържа повече от име"],
        ["write the name only", "напишете само името"],
    ),
    entry(
        "template-end-tag-other",
        ["the end tag is that of {found}, but {expected} is open", "крайният таг е на {found}, а отворен е {expected}"],
        ["correct one of the two", "поправете единия от двата"],
    ),
    entry(
        "template-tag-open",
        ["a tag does not end", "таг няма край"],
        ["add the closing bracket", "добавете затварящата скоба"],
    ),
    entry(
        "template-name-empty",
        ["a tag or an attribute has no name", "таг или атрибут без име"],
        ["write a less-than sign in text as a reference", "напишете знака за по-малко в текст като препратка"],
    ),
    entry(
        "template-attribute-quotes",
        ["the value of an attribute does not stand in quotes", "стойността на атрибут не е в кавички"],
        ["put quotes around it", "сложете я в кавички"],
    ),
    entry(
        "template-text-outside",
        ["text stands outside of the document element", "има текст извън кореновия елемент"],
        ["move it inside or remove it", "преместете го вътре или го махнете"],
    ),
    entry(
        "template-root-none",
        ["the document may be left without a root", "документът може да остане без корен"],
        [
            "write the document element in each branch, or outside of them",
            "напишете кореновия елемент във всеки клон или извън тях",
        ],
    ),
    entry(
        "template-attribute-twice",
        ["the attribute {attribute} can be there twice", "атрибутът {attribute} може да се появи два пъти"],
        ["write it once, or in different branches of one if", "напишете го веднъж или в различни клонове на едно if"],
    ),
    entry(
        "template-declaration",
        ["a document type declaration or something like it", "декларация на вид документ или нещо подобно"],
        ["remove it: a document has none here", "махнете я: тук документите нямат такава"],
    ),
    entry(
        "template-root-repeated",
        ["the document could have more than one root", "документът може да има повече от един корен"],
        [
            "write one document element, or one in each branch of an if",
            "напишете един коренов елемент или по един във всеки клон на if",
        ],
    ),
    entry(
        "template-not-xml",
        [
            "the template is not XML even without its values: {cause}",
            "шаблонът не е XML дори без стойностите си: {cause}",
        ],
        ["correct the template", "поправете шаблона"],
    ),
    entry(
        "template-root",
        ["the root of the template is {found}, not {expected}", "коренът на шаблона е {found}, а не {expected}"],
        ["correct the root element and its namespace", "поправете кореновия елемент и пространството му"],
    ),
    entry(
        "template-element-unknown",
        ["the schema has no element {element} in {parent}", "схемата няма елемент {element} в {parent}"],
        ["known here: {known}", "познати са: {known}"],
    ),
    entry(
        "template-element-namespace",
        [
            "the element {element} is not in the namespace that the schema gives it",
            "елементът {element} не е в пространството, което схемата му дава",
        ],
        ["its namespace is “{expected}”", "пространството му е „{expected}“"],
    ),
    entry(
        "template-name-unknown",
        ["there is no value {name}", "няма стойност {name}"],
        ["known here: {known}", "познати са: {known}"],
    ),
    entry(
        "template-path-unknown",
        [
            "{expression} leads nowhere: the schema has no {step} there",
            "{expression} не води доникъде: схемата няма {step} там",
        ],
        ["known here: {known}", "познати са: {known}"],
    ),
    entry(
        "template-function-unknown",
        ["there is no function {name}", "няма функция {name}"],
        ["known: {known}", "познати са: {known}"],
    ),
    entry(
        "template-test-unknown",
        ["there is no test {name}", "няма проверка {name}"],
        ["known: {known}", "познати са: {known}"],
    ),
    entry(
        "template-table-unknown",
        ["there is no code table {name}", "няма таблица с кодове {name}"],
        ["known: {known}", "познати са: {known}"],
    ),
    entry(
        "template-arguments",
        ["the arguments of {name} are wrong in {expression}", "аргументите на {name} са грешни в {expression}"],
        ["see the table of functions", "вижте таблицата с функции"],
    ),
    entry(
        "template-syntax",
        ["the template cannot be read: {cause}", "шаблонът не може да се прочете: {cause}"],
        ["correct the expression", "поправете израза"],
    ),
    entry(
        "template-undefined",
        ["{expression} is not there", "{expression} го няма"],
        ["check the name of the column or element", "проверете името на колоната или елемента"],
    ),
    entry(
        "template-expression",
        ["{expression} cannot be computed", "{expression} не може да се пресметне"],
        ["check that its values are of the kinds that it needs", "проверете дали стойностите са от нужния вид"],
    ),
    entry(
        "template-steps",
        ["the template needed more steps than it may take", "шаблонът поиска повече стъпки от позволените"],
        ["ask for fewer rows, or raise the limit", "поискайте по-малко редове или вдигнете границата"],
    ),
    entry(
        "template-output-large",
        ["the document is larger than {limit} octets", "документът е по-голям от {limit} октета"],
        ["ask for fewer rows, or raise the limit", "поискайте по-малко редове или вдигнете границата"],
    ),
    entry(
        "template-write",
        ["the document could not be written: {cause}", "документът не можа да се запише: {cause}"],
        ["try again", "опитайте отново"],
    ),
    entry(
        "template-rows",
        ["the rows stopped coming: {cause}", "редовете спряха да идват: {cause}"],
        ["see the journal of the backend", "вижте дневника на източника"],
    ),
    entry(
        "template-rows-spent",
        ["rows are gone through a second time", "редовете се обхождат втори път"],
        [
            "go through them once; name a second query for a second pass",
            "обхождайте ги веднъж; за второ обхождане опишете втора заявка",
        ],
    ),
    entry(
        "value-character",
        [
            "{expression} holds the character {character}, which no XML document can hold",
            "{expression} съдържа знака {character}, който не може да стои в XML документ",
        ],
        ["clean the data, or take the character out with replace", "почистете данните или махнете знака с replace"],
    ),
    entry(
        "value-missing",
        ["{expression} has no value, but {path} is required", "{expression} няма стойност, а {path} е задължителен"],
        [
            "give the column a value, or a default in the template",
            "дайте стойност на колоната или стойност по подразбиране в шаблона",
        ],
    ),
    entry(
        "value-missing-attribute",
        [
            "{expression} has no value, but the attribute {path} is required",
            "{expression} няма стойност, а атрибутът {path} е задължителен",
        ],
        [
            "give the column a value, or a default in the template",
            "дайте стойност на колоната или стойност по подразбиране в шаблона",
        ],
    ),
    entry(
        "value-list",
        ["{expression} is a list or a table, not a value", "{expression} е списък или таблица, а не стойност"],
        ["go through it with for, or name a part of it", "обходете го с for или посочете част от него"],
    ),
    entry(
        "value-no-list",
        ["{expression} is not a list", "{expression} не е списък"],
        ["use it where a list is", "използвайте го за списък"],
    ),
    entry(
        "value-octets",
        ["{expression} is octets, not text", "{expression} е октети, а не текст"],
        ["write base64 behind it", "напишете base64 след него"],
    ),
    entry(
        "value-elements",
        [
            "{expression} is the element {element}, which holds elements and no value",
            "{expression} е елементът {element}, който съдържа елементи, а не стойност",
        ],
        ["name one of the elements in it", "посочете един от елементите в него"],
    ),
    entry(
        "value-several",
        [
            "{expression} goes through {element}, which is there several times",
            "{expression} минава през {element}, който се среща няколко пъти",
        ],
        ["go through it with for, or take one with first or [0]", "обходете го с for или вземете един с first или [0]"],
    ),
    entry(
        "value-code",
        [
            "{expression} is a code that the table {table} does not have",
            "{expression} е код, който таблицата {table} няма",
        ],
        [
            "add the code to the table, or a second argument for unknown codes",
            "добавете кода в таблицата или втори аргумент за непознати кодове",
        ],
    ),
    entry(
        "value-egn",
        [
            "{expression} is no EGN: ten digits, a possible date and a right check digit",
            "{expression} не е ЕГН: десет цифри, възможна дата и вярна контролна цифра",
        ],
        [
            "check the data; the test “is egn” tells beforehand",
            "проверете данните; проверката „is egn“ го казва предварително",
        ],
    ),
    entry(
        "value-lnch",
        [
            "{expression} is no LNCh: ten digits and a right check digit",
            "{expression} не е ЛНЧ: десет цифри и вярна контролна цифра",
        ],
        [
            "check the data; the test “is lnch” tells beforehand",
            "проверете данните; проверката „is lnch“ го казва предварително",
        ],
    ),
    entry(
        "value-date",
        ["{expression} is no date in a known form", "{expression} не е дата в позната форма"],
        [
            "known forms: dd.mm.yyyy, yyyy-mm-dd, yyyymmdd, with or without a time and a zone",
            "познати форми: дд.мм.гггг, гггг-мм-дд, ггггммдд, с или без час и часова зона",
        ],
    ),
    entry(
        "value-number",
        ["{expression} is no decimal number", "{expression} не е десетично число"],
        ["digits with one point or comma before the fraction", "цифри с една точка или запетая пред дробната част"],
    ),
    entry(
        "value-integer",
        [
            "{expression} has a fraction where a whole number is needed",
            "{expression} има дробна част, а трябва да е цяло число",
        ],
        ["use decimal or scale", "използвайте decimal или scale"],
    ),
    entry(
        "value-scale",
        [
            "{expression} has more than {digits} digits after the point",
            "{expression} има повече от {digits} цифри след точката",
        ],
        ["allow more digits: nothing is ever rounded", "позволете повече цифри: нищо не се закръглява"],
    ),
    entry(
        "value-boolean",
        [
            "{expression} is neither true nor false in a known spelling",
            "{expression} не е истина или неистина в познато изписване",
        ],
        ["use a code table for other spellings", "за други изписвания използвайте таблица с кодове"],
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_is_there_in_both_languages() {
        assert_eq!(super::CATALOGUE.defects(), Vec::<String>::new());
    }
}
