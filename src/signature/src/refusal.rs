//! Why a signature is refused. One catalogue for every text; what a refusal never carries is content of the document.

use std::fmt;

use kapia_xml::{Element, Position};

use crate::text::{Language, catalogue};

/// Why a document was refused, and where.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    refusal: Refusal,
    position: Option<Position>,
}

impl VerifyError {
    pub(crate) fn at(refusal: Refusal, element: Element<'_>) -> Self {
        VerifyError { refusal, position: Some(element.document().position(element.span().start)) }
    }

    /// Which refusal it is.
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        self.refusal.code()
    }

    /// Line and column of the element that was refused, from 1.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Cause and place.
    pub fn message(&self, language: Language) -> String {
        let cause = self.refusal.message(language);
        match (self.position, language) {
            (None, _) => cause.to_owned(),
            (Some(at), Language::English) => {
                format!("{cause} (line {}, column {})", at.line, at.column)
            }
            (Some(at), Language::Bulgarian) => {
                format!("{cause} (ред {}, колона {})", at.line, at.column)
            }
        }
    }

    /// What the sender or the operator can do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        self.refusal.hint(language)
    }
}

impl From<Refusal> for VerifyError {
    fn from(refusal: Refusal) -> Self {
        VerifyError { refusal, position: None }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message(Language::English), self.hint(Language::English))
    }
}

impl std::error::Error for VerifyError {}

catalogue! {
    /// Every reason for which the verifier refuses a document.
    Refusal {
        Missing = "signature-missing",
            "there is no signature in the document",
            "в документа няма подпис",
            "ask the sender for a signed answer (SignResult = true in RegiX)",
            "поискайте от подателя подписан отговор (SignResult = true в RegiX)";
        Several = "signature-several",
            "there is more than one signature in the document",
            "в документа има повече от един подпис",
            "say which signature is meant; this verifier never chooses one",
            "посочете кой подпис се има предвид; проверката никога не избира сама";
        NotASignature = "signature-not-one",
            "the element named by the caller is not a ds:Signature",
            "посоченият елемент не е ds:Signature",
            "name an element Signature in the namespace of XML-DSig",
            "посочете елемент Signature в пространството от имена на XML-DSig";
        Structure = "signature-structure",
            "an element of the signature is missing, repeated, out of order or unknown",
            "елемент на подписа липсва, повторен е, не е на мястото си или е непознат",
            "the signature must follow the schema of XML Signature, SignedInfo, SignatureValue, KeyInfo, Object",
            "подписът трябва да следва схемата на XML Signature: SignedInfo, SignatureValue, KeyInfo, Object";
        SplitText = "signature-split-text",
            "a comment, instruction or element stands inside a value of the signature",
            "в стойност на подписа има коментар, инструкция или елемент",
            "values such as DigestValue must be plain text",
            "стойности като DigestValue трябва да са обикновен текст";
        Base64 = "signature-base64",
            "a value of the signature is not base64",
            "стойност на подписа не е base64",
            "the document was damaged on its way, or the signer is defective",
            "документът е повреден по пътя или подписващата програма е дефектна";
        Canonicalization = "signature-canonicalization",
            "the canonicalisation of the signature is not admitted",
            "канонизацията на подписа не е допустима",
            "sign with exclusive C14N 1.0 or C14N 1.0, without comments",
            "подпишете с exclusive C14N 1.0 или C14N 1.0, без коментари";
        SignatureAlgorithm = "signature-algorithm",
            "the signature algorithm is not admitted",
            "алгоритъмът за подпис не е допустим",
            "sign with rsa-sha256, rsa-sha384, rsa-sha512, ecdsa-sha256 on P-256 or ecdsa-sha384 on P-384",
            "подпишете с rsa-sha256, rsa-sha384, rsa-sha512, ecdsa-sha256 върху P-256 или ecdsa-sha384 върху P-384";
        SignatureHmac = "signature-hmac",
            "the signature is an HMAC, which proves nothing to a third party",
            "подписът е HMAC, който не доказва нищо пред трето лице",
            "sign with a private key and a certificate",
            "подпишете с частен ключ и удостоверение";
        SignatureSha1 = "signature-sha1",
            "the signature uses rsa-sha1, which is obsolete",
            "подписът използва rsa-sha1, който е остарял",
            "sign with rsa-sha256, or admit SHA-1 explicitly for this sender",
            "подпишете с rsa-sha256 или допуснете изрично SHA-1 за този подател";
        DigestAlgorithm = "signature-digest-algorithm",
            "a digest algorithm of the signature is not admitted",
            "алгоритъм за хеш в подписа не е допустим",
            "use SHA-256, SHA-384 or SHA-512",
            "използвайте SHA-256, SHA-384 или SHA-512";
        DigestSha1 = "signature-digest-sha1",
            "the signature uses SHA-1 digests, which are obsolete",
            "подписът използва хеш SHA-1, който е остарял",
            "use SHA-256, or admit SHA-1 explicitly for this sender",
            "използвайте SHA-256 или допуснете изрично SHA-1 за този подател";
        Transform = "signature-transform",
            "a transform of the signature is not admitted",
            "трансформация в подписа не е допустима",
            "only enveloped-signature and canonicalisation without comments are admitted, each once and in this order",
            "допустими са само enveloped-signature и канонизация без коментари, всяка веднъж и в този ред";
        TransformXslt = "signature-transform-xslt",
            "the signature asks for an XSLT transform",
            "подписът изисква XSLT трансформация",
            "programs inside of signatures are never run; sign the element itself",
            "програми в подписи никога не се изпълняват; подпишете самия елемент";
        TransformXpath = "signature-transform-xpath",
            "the signature asks for an XPath transform",
            "подписът изисква XPath трансформация",
            "XPath can hide what is signed; sign the whole element by its id",
            "XPath може да скрие какво е подписано; подпишете целия елемент чрез неговия id";
        PrefixList = "signature-prefix-list",
            "the InclusiveNamespaces of the signature are malformed or too many",
            "InclusiveNamespaces в подписа са неправилни или твърде много",
            "PrefixList holds at most 64 prefixes or #default, separated by spaces",
            "PrefixList съдържа най-много 64 префикса или #default, разделени с интервали";
        References = "signature-references",
            "the signature does not cover exactly one element of the document",
            "подписът не обхваща точно един елемент от документа",
            "sign with one reference to the data, and at most one to XAdES SignedProperties",
            "подпишете с една препратка към данните и най-много една към XAdES SignedProperties";
        ReferenceExternal = "signature-reference-external",
            "the signature refers to something outside of the document",
            "подписът сочи към нещо извън документа",
            "nothing is ever fetched or opened; refer to an element by #id",
            "нищо не се изтегля и не се отваря; посочете елемент чрез #id";
        ReferenceWhole = "signature-reference-whole",
            "the signature refers to the whole document by an empty URI",
            "подписът сочи към целия документ с празен URI",
            "refer to the signed element by #id",
            "посочете подписания елемент чрез #id";
        ReferenceAbsent = "signature-reference-absent",
            "a reference of the signature has no URI",
            "препратка в подписа няма URI",
            "refer to the signed element by #id",
            "посочете подписания елемент чрез #id";
        ReferencePointer = "signature-reference-pointer",
            "the signature refers by XPointer or by a malformed id",
            "подписът сочи чрез XPointer или неправилен id",
            "refer to the signed element by #id, a name without colon",
            "посочете подписания елемент чрез #id, име без двоеточие";
        ReferenceUnresolved = "signature-reference-unresolved",
            "no element of the document has the id that the signature refers to",
            "никой елемент от документа няма id, към който сочи подписът",
            "the signed element carries its id in an attribute id, Id or ID without prefix",
            "подписаният елемент носи своя id в атрибут id, Id или ID без префикс";
        DuplicateId = "signature-duplicate-id",
            "the id that the signature refers to occurs more than once",
            "id, към който сочи подписът, се среща повече от веднъж",
            "such documents are used for attacks; every id must be unique",
            "такива документи се използват за атаки; всеки id трябва да е единствен";
        Position = "signature-position",
            "the signed element does not stand where it must",
            "подписаният елемент не стои там, където трябва",
            "the signed element was moved, or the signature belongs to something else",
            "подписаният елемент е преместен или подписът се отнася за друго";
        Unexpected = "signature-unexpected-element",
            "the signature covers another element than the one expected",
            "подписът обхваща друг елемент, а не очаквания",
            "what is not covered is not signed, even if a valid signature stands beside it",
            "което не е обхванато, не е подписано, дори до него да има валиден подпис";
        Forged = "signature-sibling",
            "an unsigned element with the name of the signed one stands beside it",
            "до подписания елемент стои неподписан със същото име",
            "such documents are used for attacks; only one element of this name may stand there",
            "такива документи се използват за атаки; там може да стои само един елемент с това име";
        Manifest = "signature-manifest",
            "the signature contains a Manifest, whose references would not be checked",
            "подписът съдържа Manifest, чиито препратки не биха били проверени",
            "refer to the data directly in SignedInfo",
            "посочете данните направо в SignedInfo";
        KeyRetrieval = "signature-key-retrieval",
            "the signature says that its key must be fetched (RetrievalMethod)",
            "подписът изисква ключът му да бъде изтеглен (RetrievalMethod)",
            "nothing is ever fetched; put the certificate into X509Data",
            "нищо не се изтегля; поставете удостоверението в X509Data";
        KeyInfo = "signature-key-info",
            "the KeyInfo holds something other than KeyName, KeyValue and X509Data",
            "KeyInfo съдържа друго освен KeyName, KeyValue и X509Data",
            "put the certificate into X509Data",
            "поставете удостоверението в X509Data";
        KeyUnknown = "signature-key-unknown",
            "the signature names a certificate that is not trusted",
            "подписът посочва удостоверение, на което няма доверие",
            "add the certificate of the signer to the trusted ones, if it is his; the document itself proves no key",
            "добавете удостоверението на подписалия към доверените, ако е негово; самият документ не доказва ключ";
        KeyType = "signature-key-type",
            "no trusted key fits the algorithm of the signature",
            "никой доверен ключ не отговаря на алгоритъма на подписа",
            "the signer uses another kind of key than the trusted certificate holds",
            "подписалият използва друг вид ключ, а не този от довереното удостоверение";
        Value = "signature-value",
            "the signature is not by any trusted key, or SignedInfo was changed",
            "подписът не е с доверен ключ или SignedInfo е променен",
            "the document was changed or signed by somebody else; if SignedInfo uses inclusive C14N, cut the element and the signature out of the message before verifying",
            "документът е променен или е подписан от друг; ако SignedInfo използва inclusive C14N, отделете елемента и подписа от съобщението преди проверка";
        Digest = "signature-digest",
            "the signed element is not as it was when it was signed",
            "подписаният елемент не е такъв, какъвто е бил при подписването",
            "the content was changed; if it uses inclusive C14N, cut the element and the signature out of the message before verifying",
            "съдържанието е променено; ако използва inclusive C14N, отделете елемента и подписа от съобщението преди проверка";
        Properties = "signature-properties",
            "the signed XAdES properties are missing, malformed or not those of this signature",
            "подписаните XAdES свойства липсват, неправилни са или не са на този подпис",
            "SignedProperties stand in Object/QualifyingProperties of the signature that refers to them",
            "SignedProperties стоят в Object/QualifyingProperties на подписа, който сочи към тях";
        SigningCertificate = "signature-signing-certificate",
            "the signed properties name another certificate than the trusted one",
            "подписаните свойства посочват друго удостоверение, а не довереното",
            "the signer renewed the certificate or replaced it; trust the one that is named",
            "подписалият е подновил или сменил удостоверението; доверете се на посоченото";
    }
}
