// System.Web.Services: proxies generated from the served WSDL.

using System;
using System.Web.Services.Protocols;

static class Asmx
{
    static void Main(string[] arguments)
    {
        var plan = new Plan(arguments[0]);
        var facts = new Facts();
        var first = new Facts();
        var second = new Facts();
        foreach (var ask in Plan.Asks)
        {
            // A connection belongs to the certificate that it was opened with.
            var v1 = new V1.RegiXEntryPoint { ConnectionGroupName = Plan.Who(ask) };
            v1.ClientCertificates.Add(plan.Certificate(Plan.Who(ask)));
            first[ask] = Call(() => Requests.Told(v1.ExecuteSynchronous(Requests.First(plan, ask))));
            var v2 = new V2.RegiXEntryPointV2 { ConnectionGroupName = Plan.Who(ask) };
            v2.ClientCertificates.Add(plan.Certificate(Plan.Who(ask)));
            second[ask] = Call(() => Requests.Told(v2.Execute(Requests.Second(plan, ask)).ServiceResultData));
        }
        facts["v1-11"] = first;
        facts["v2-11"] = second;
        facts.Tell();
    }

    static Facts Call(Func<Facts> call)
    {
        try
        {
            return call();
        }
        catch (SoapException fault)
        {
            return Facts.Fault(fault.Code.Name, fault.Message, fault.Detail == null ? "" : fault.Detail.OuterXml);
        }
    }
}
