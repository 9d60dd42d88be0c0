// Requests from the plan and facts from results, for the generated data classes of both contracts.

using System.IO;
using System.Linq;
using System.Security.Cryptography.Xml;
using System.Xml;
using System.Xml.Serialization;

static class Requests
{
    public static V1.ServiceRequestData First(Plan plan, string ask)
    {
        return new V1.ServiceRequestData
        {
            Operation = plan["operation"],
            Argument = plan.Argument(ask),
            CallContext = new V1.CallContext { ServiceURI = "17-2026", ServiceType = "Проверка", LawReason = "чл. 1 от пример" },
            SignResult = ask == "signed",
            ReturnAccessMatrix = ask == "matrix",
        };
    }

    public static V2.RequestWrapper Second(Plan plan, string ask)
    {
        return new V2.RequestWrapper
        {
            ServiceRequestData = new V2.ServiceRequestData
            {
                Operation = plan["operation"],
                Argument = plan.Argument(ask),
                CallContext = new V2.CallContext { ServiceURI = "17-2026", ServiceType = "Проверка", LawReason = "чл. 1 от пример" },
                SignResult = ask == "signed",
                ReturnAccessMatrix = ask == "matrix",
            },
        };
    }

    public static Facts Told(V1.ServiceResultData result)
    {
        var data = result.Data;
        var matrix = data == null ? null : data.Matrix;
        var facts = Facts.Result(result.IsReady, result.HasError, result.Error, result.ServiceCallID,
            data == null || data.Request == null ? null : data.Request.Any,
            data == null || data.Response == null ? null : data.Response.Any,
            result.Signature != null, matrix == null ? null : matrix.Properties.Select(property => property.Name));
        if (result.Signature != null) Verify(facts, result, "http://tempuri.org/");
        return facts;
    }

    public static Facts Told(V2.ServiceResultData result)
    {
        var data = result.Data;
        var matrix = data == null ? null : data.Matrix;
        var facts = Facts.Result(result.IsReady, result.HasError, result.Error, result.ServiceCallID,
            data == null || data.Request == null ? null : data.Request.Any,
            data == null || data.Response == null ? null : data.Response.Any,
            result.Signature != null, matrix == null ? null : matrix.Properties.Select(property => property.Name));
        if (result.Signature != null) Verify(facts, result, "http://egov.bg/RegiX/SignedData");
        return facts;
    }

    static void Verify(Facts facts, object result, string space)
    {
        facts["verified"] = Verified(result, space, false);
        facts["verified_changed"] = Verified(result, space, true);
    }

    // As the one consumer that verifies (row 21): the parsed result is written again alone, under a root of its own, read
    // without white space, and the first signature is checked with what its KeyInfo says.
    static bool Verified(object result, string space, bool change)
    {
        var root = new XmlRootAttribute("ServiceResultData") { Namespace = space };
        var written = new StringWriter();
        new XmlSerializer(result.GetType(), root).Serialize(written, result);
        var document = new XmlDocument();
        document.LoadXml(written.ToString());
        if (change) document.GetElementsByTagName("FirstName").Item(0).InnerText += "x";
        var signed = new SignedXml(document);
        signed.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]);
        return signed.CheckSignature();
    }
}
