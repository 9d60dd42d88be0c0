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
        facts.Tell();
    }

    static Facts Call(Plan plan, string wire, string ask)
    {
        var first = wire.StartsWith("v1");
        var address = new Uri(plan["base"] + (first ? "/RegiX/RegiXEntryPoint.svc" : "/RegiXEntryPointV2.svc")
            + (wire.EndsWith("12") ? "" : "/basic"));
        var binding = wire.EndsWith("12") ? WsHttp() : BasicHttp();
        // A connection belongs to the certificate that it was opened with.
        ServicePointManager.FindServicePoint(address).CloseConnectionGroup("");
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
        var factory = new ChannelFactory<T>(binding, new EndpointAddress(address));
        factory.Credentials.ClientCertificate.Certificate = plan.Certificate(Plan.Who(ask));
        return factory.CreateChannel();
    }

    static Binding BasicHttp()
    {
        var binding = new BasicHttpBinding(BasicHttpSecurityMode.Transport) { MaxReceivedMessageSize = 10000000 };
        binding.Security.Transport.ClientCredentialType = HttpClientCredentialType.Certificate;
        return binding;
    }

    static Binding WsHttp()
    {
        var binding = new WSHttpBinding(SecurityMode.Transport) { MaxReceivedMessageSize = 10000000 };
        binding.Security.Transport.ClientCredentialType = HttpClientCredentialType.Certificate;
        return binding;
    }
}
