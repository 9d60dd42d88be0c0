// WCF with the bindings that the consumers configure: wsHttp and basicHttp over transport security with a certificate.

using System;
using System.Net;
using System.ServiceModel;
using System.ServiceModel.Channels;

static class Wcf
{
    static void Main(string[] arguments)
    {
        var plan = new Plan(arguments[0]);
        var facts = new Facts();
        foreach (var wire in new[] { "v0-11", "v1-11", "v1-12", "v2-11", "v2-12" })
        {
            facts[wire] = Calls.All(who => Wire(plan, wire, who), wire);
        }

        // Row 1: a header with a misspelt namespace.
        facts["row 1"] = AskFirst(plan, "/RegiX/RegiXEntryPoint.svc", WsHttp(), First.Request(plan, "signed"), true);

        // Row 5: the root address, the default quota of 64 KB, free text where a number is meant.
        var request = First.Request(plan, "unsigned");
        request.EmployeeEGN = "свободен текст";
        request.CitizenEGN = "XXXXXXXXXX";
        facts["row 5"] = AskFirst(plan, "/RegiXEntryPoint.svc", WsHttp(65536), request);

        // Row 6: the address in the settings ends in ?wsdl, and so does To.
        facts["row 6"] = AskFirst(plan, "/RegiX/RegiXEntryPoint.svc?wsdl", WsHttp(), First.Request(plan, "unsigned"));

        // Row 8: lower case, a quota of 200 000 octets, empty texts.
        request = First.Request(plan, "unsigned");
        request.CallbackURL = request.EIDToken = request.EmployeeEGN = "";
        request.CallContext.ServiceURI = request.CallContext.Remark = "";
        facts["row 8"] = AskFirst(plan, "/regix/RegiXEntryPoint.svc", WsHttp(200000), request);

        // Row 14: no call context at all.
        var second = Second.Request(plan, "signed");
        second.ServiceRequestData.CallContext = null;
        facts["row 14"] = AskSecond(plan, "/RegiXEntryPointV2.svc/basic", BasicHttp(65536), second);

        // Row 20: SOAP 1.1 aimed at the address of SOAP 1.2, with the access matrix.
        facts["row 20"] = AskSecond(plan, "/RegiXEntryPointV2.svc", BasicHttp(2000000), Second.Request(plan, "matrix"));
        facts.Tell();
    }

    static Facts AskFirst(Plan plan, string path, Binding binding, V1.ServiceRequestData request, bool token = false)
    {
        var channel = Open<V1.IRegiXEntryPoint>(plan, "consumer", binding, new Uri(plan["base"] + path));
        using (new OperationContextScope((IContextChannel)channel))
        {
            if (token)
            {
                OperationContext.Current.OutgoingMessageHeaders.Add(MessageHeader.CreateHeader("Security",
                    "http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd", "token"));
            }
            return First.Told(channel.ExecuteSynchronous(request));
        }
    }

    static Facts AskSecond(Plan plan, string path, Binding binding, V2.RequestWrapper request)
    {
        var channel = Open<V2.IRegiXEntryPointV2>(plan, "consumer", binding, new Uri(plan["base"] + path));
        return Second.Told(channel.Execute(request).ServiceResultData);
    }

    static Calls Wire(Plan plan, string wire, string who)
    {
        var binding = wire.EndsWith("12") ? WsHttp() : BasicHttp();
        var end = wire.EndsWith("12") ? "" : "/basic";
        switch (wire.Substring(0, 2))
        {
            case "v0":
                var oldest = new Uri(plan["base"] + "/RegiX/RegiXService.svc");
                return new Oldest(plan, () => Open<V0.IRegiXService>(plan, who, binding, oldest));
            case "v1":
                var first = new Uri(plan["base"] + "/RegiX/RegiXEntryPoint.svc" + end);
                return new First(plan, () => Open<V1.IRegiXEntryPoint>(plan, who, binding, first));
            default:
                var second = new Uri(plan["base"] + "/RegiXEntryPointV2.svc" + end);
                return new Second(plan, () => Open<V2.IRegiXEntryPointV2>(plan, who, binding, second));
        }
    }

    static T Open<T>(Plan plan, string who, Binding binding, Uri address)
    {
        // A connection belongs to the certificate that it was opened with.
        ServicePointManager.FindServicePoint(address).CloseConnectionGroup("");
        var factory = new ChannelFactory<T>(binding, new EndpointAddress(address));
        factory.Credentials.ClientCertificate.Certificate = plan.Certificate(who);
        return factory.CreateChannel();
    }

    static Binding BasicHttp(long quota = 10000000)
    {
        var binding = new BasicHttpBinding(BasicHttpSecurityMode.Transport) { MaxReceivedMessageSize = quota };
        binding.Security.Transport.ClientCredentialType = HttpClientCredentialType.Certificate;
        return binding;
    }

    static Binding WsHttp(long quota = 10000000)
    {
        var binding = new WSHttpBinding(SecurityMode.Transport) { MaxReceivedMessageSize = quota };
        binding.Security.Transport.ClientCredentialType = HttpClientCredentialType.Certificate;
        return binding;
    }
}
