// System.Web.Services: proxies generated from the served WSDL.

using System.Security.Cryptography.X509Certificates;
using System.Web.Services.Protocols;

// The generated proxies have the methods of the contracts.
namespace V0 { public partial class RegiXService : IRegiXService { } }
namespace V1 { public partial class RegiXEntryPoint : IRegiXEntryPoint { } }
namespace V2 { public partial class RegiXEntryPointV2 : IRegiXEntryPointV2 { } }

static class Asmx
{
    static void Main(string[] arguments)
    {
        var plan = new Plan(arguments[0]);
        var facts = new Facts();
        facts["v0-11"] = Calls.All(who => new Oldest(plan, () => As(plan, who, new V0.RegiXService())), "v0-11");
        facts["v1-11"] = Calls.All(who => new First(plan, () => As(plan, who, new V1.RegiXEntryPoint())), "v1-11");
        facts["v2-11"] = Calls.All(who => new Second(plan, () => As(plan, who, new V2.RegiXEntryPointV2())), "v2-11");
        facts.Tell();
    }

    static T As<T>(Plan plan, string who, T proxy) where T : SoapHttpClientProtocol
    {
        // A connection belongs to the certificate that it was opened with.
        proxy.ConnectionGroupName = who;
        proxy.ClientCertificates.Add(plan.Certificate(who));
        return proxy;
    }
}
