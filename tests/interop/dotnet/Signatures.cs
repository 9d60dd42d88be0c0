// The way of the one consumer that verifies (wild-clients row 21).

using System.IO;
using System.Linq;
using System.Security.Cryptography.Xml;
using System.Xml;
using System.Xml.Serialization;

static class Signatures
{
    public static void Verify(Facts facts, object result, string space)
    {
        facts["verified"] = Verified(result, space, false);
        facts["verified_changed"] = Verified(result, space, true);
    }

    // The parsed result is written again alone, under a root of its own, read without white space, and the first signature is
    // checked with what its KeyInfo says.
    static bool Verified(object result, string space, bool change)
    {
        var root = new XmlRootAttribute("ServiceResultData") { Namespace = space };
        var written = new StringWriter();
        new XmlSerializer(result.GetType(), root).Serialize(written, result);
        var document = new XmlDocument();
        document.LoadXml(written.ToString());
        if (change)
        {
            var response = (XmlElement)document.GetElementsByTagName("Response", space)[0];
            response.SelectNodes(".//text()").Cast<XmlNode>().First().Value += "x";
        }
        var signed = new SignedXml(document);
        signed.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]);
        return signed.CheckSignature();
    }
}
