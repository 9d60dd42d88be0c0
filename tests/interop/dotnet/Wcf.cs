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
        foreach (var wire in new[] { "v1-11", "v1-12", "v2-11", "v2-12" })
        {
            var told = new Facts();
            foreach (var ask in Plan.Asks) told[ask] = Call(plan, wire, ask);
            facts[wire] = told;
        }

        // Row 1: a header with a misspelt namespace.
        facts["row 1"] = First(plan, "/RegiX/RegiXEntryPoint.svc", WsHttp(), Requests.First(plan, "signed"), true);

        // Row 5: the root address, the default quota of 64 KB, free text where a number is meant.
        var request = Requests.First(plan, "unsigned");
        request.EmployeeEGN = "свободен текст";
        request.CitizenEGN = "XXXXXXXXXX";
        facts["row 5"] = First(plan, "/RegiXEntryPoint.svc", WsHttp(65536), request);

        // Row 6: the address in the settings ends in ?wsdl, and so does To.
        facts["row 6"] = First(plan, "/RegiX/RegiXEntryPoint.svc?wsdl", WsHttp(), Requests.First(plan, "unsigned"));

        // Row 8: lower case, a quota of 200 000 octets, empty texts.
        request = Requests.First(plan, "unsigned");
        request.CallbackURL = request.EIDToken = request.EmployeeEGN = "";
        request.CallContext.ServiceURI = request.CallContext.Remark = "";
        facts["row 8"] = First(plan, "/regix/RegiXEntryPoint.svc", WsHttp(200000), request);

        // Row 14: no call context at all.
        var second = Requests.Second(plan, "signed");
        second.ServiceRequestData.CallContext = null;
        facts["row 14"] = Second(plan, "/RegiXEntryPointV2.svc/basic", BasicHttp(65536), second);

        // Row 20: SOAP 1.1 aimed at the address of SOAP 1.2, with the access matrix.
        facts["row 20"] = Second(plan, "/RegiXEntryPointV2.svc", BasicHttp(2000000), Requests.Second(plan, "matrix"));
        facts.Tell();
    }

    static Facts First(Plan plan, string path, Binding binding, V1.ServiceRequestData request, bool token = false)
    {
        var channel = Open<V1.IRegiXEntryPoint>(plan, "unsigned", binding, new Uri(plan["base"] + path));
        using (new OperationContextScope((IContextChannel)channel))
        {
            if (token)
            {
                OperationContext.Current.OutgoingMessageHeaders.Add(MessageHeader.CreateHeader("Security",
                    "http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd", "token"));
            }
            return Requests.Told(channel.ExecuteSynchronous(request));
        }
    }

    static Facts Second(Plan plan, string path, Binding binding, V2.RequestWrapper request)
    {
        var channel = Open<V2.IRegiXEntryPointV2>(plan, "unsigned", binding, new Uri(plan["base"] + path));
        return Requests.Told(channel.Execute(request).ServiceResultData);
    }

    static Facts Call(Plan plan, string wire, string ask)
    {
        var first = wire.StartsWith("v1");
        var address = new Uri(plan["base"] + (first ? "/RegiX/RegiXEntryPoint.svc" : "/RegiXEntryPointV2.svc")
            + (wire.EndsWith("12") ? "" : "/basic"));
        var binding = wire.EndsWith("12") ? WsHttp() : BasicHttp();
        try
        {
            return first
                ? Requests.Told(Open<V1.IRegiXEntryPoint>(plan, ask, binding, address).ExecuteSynchronous(Requests.First(plan, ask)))
                : Requests.Told(Open<V2.IRegiXEntryPointV2>(plan, ask, binding, address).Execute(Requests.Second(plan, ask)).ServiceResultData);
        }
        catch (FaultException<Problem> fault)
        {
            return Facts.Fault(fault.Code.Name, fault.Reason.ToString(), fault.Detail.Text);
        }
    }

    static T Open<T>(Plan plan, string ask, Binding binding, Uri address)
    {
        // A connection belongs to the certificate that it was opened with.
        ServicePointManager.FindServicePoint(address).CloseConnectionGroup("");
        var factory = new ChannelFactory<T>(binding, new EndpointAddress(address));
        factory.Credentials.ClientCertificate.Certificate = plan.Certificate(Plan.Who(ask));
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
