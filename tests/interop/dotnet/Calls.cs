// Calls through a proxy or a channel, with the generated data classes of the three contracts.

using System;
using System.Linq;
using System.ServiceModel;
using System.Threading;
using System.Web.Services.Protocols;

/// What is asked has the names of the suite: unsigned, signed, matrix, wrong, stranger, paper; slow is answered after seconds.
abstract class Calls
{
    protected readonly Plan Plan;

    protected Calls(Plan plan) { Plan = plan; }

    /// Asks and waits for the answer.
    public abstract Facts Ask(string ask);

    /// Asks without waiting.
    public abstract Facts Accept(string ask);

    /// The answer to an earlier question. In V2 the number is sent only if it is also said to be specified: the trap of .NET classes.
    public abstract Facts Check(decimal number, string code, bool specified = true);

    /// Gives an answer back; null if the contract cannot.
    public virtual Facts Acknowledge(decimal number, string code) { return null; }

    /// All asks that the contract has.
    public static Facts All(Func<string, Calls> open, string wire)
    {
        var facts = new Facts();
        Calls consumer = open("consumer"), stranger = open("stranger");
        var asks = wire.StartsWith("v0") ? new[] { "unsigned", "wrong" }
            : wire.StartsWith("v1") ? new[] { "unsigned", "signed", "matrix", "wrong" }
            : new[] { "unsigned", "signed", "matrix", "wrong", "paper" };
        foreach (var ask in asks) facts[ask] = consumer.Ask(ask);
        facts["stranger"] = stranger.Ask("stranger");
        facts["later"] = consumer.Later();
        facts["astray"] = consumer.Astray(stranger);
        return facts;
    }

    Facts Later()
    {
        var accepted = Accept("later");
        var number = decimal.Parse((string)accepted["call_id"]);
        var code = (string)accepted["code"];
        var answer = Check(number, code);
        for (var turn = 0; turn < 600 && !true.Equals(answer["ready"]); turn++)
        {
            Thread.Sleep(50);
            answer = Check(number, code);
        }
        var facts = new Facts { { "accepted", accepted }, { "answer", answer } };
        var acknowledged = Acknowledge(number, code);
        if (acknowledged != null)
        {
            facts["acknowledged"] = (string)acknowledged["outcome"] == "nothing";
            facts["gone"] = Check(number, code);
        }
        return facts;
    }

    Facts Astray(Calls stranger)
    {
        var accepted = Accept("slow");
        var number = decimal.Parse((string)accepted["call_id"]);
        var code = (string)accepted["code"];
        var facts = new Facts { { "pending", Check(number, code) } };
        var unready = Acknowledge(number, code);
        if (unready != null)
        {
            facts["unready"] = unready;
            facts["code"] = Check(number, "17.AAAA");
            facts["unnumbered"] = Check(number, code, false);
        }
        facts["unknown"] = Check(decimal.Parse(Plan["unknown"]), code);
        facts["refused"] = stranger.Accept("unsigned");
        return facts;
    }

    protected string Operation(string ask) { return Plan[ask == "slow" ? "slow.operation" : "operation"]; }

    protected static bool Signs(string ask) { return new[] { "signed", "later", "paper" }.Contains(ask); }

    /// The facts that a call brings; a fault is the exception of the stack's own kind.
    protected static Facts OrFault(Func<Facts> call)
    {
        try
        {
            return call();
        }
        catch (SoapException fault)
        {
            return Facts.Fault(fault.Code.Name, fault.Message, fault.Detail == null ? "" : fault.Detail.OuterXml);
        }
        catch (FaultException<Problem> fault)
        {
            return Facts.Fault(fault.Code.Name, fault.Reason.ToString(), fault.Detail.Text);
        }
    }
}

/// The oldest contract: free text as call context, a bare document as answer.
sealed class Oldest : Calls
{
    readonly Func<V0.IRegiXService> open;

    public Oldest(Plan plan, Func<V0.IRegiXService> open) : base(plan) { this.open = open; }

    public override Facts Ask(string ask) { return OrFault(() => Told(open().ExecuteSynchronous(Request(ask)))); }

    public override Facts Accept(string ask)
    {
        return OrFault(() =>
        {
            var result = open().Execute(Request(ask));
            return Facts.Accepted(result.ServiceCallID, result.HasError, result.Error);
        });
    }

    public override Facts Check(decimal number, string code, bool specified = true)
    {
        return OrFault(() => Told(open().CheckResult(new V0.ServiceCheckResultArgument { ServiceCallID = number })));
    }

    V0.ServiceRequestData Request(string ask)
    {
        return new V0.ServiceRequestData
        {
            Operation = Operation(ask), Argument = Plan.Argument(ask), CallContext = "чл. 1 от пример",
        };
    }

    static Facts Told(V0.ServiceResultData result)
    {
        return Facts.Result(result.IsReady, result.HasError, result.Error, null, null, null, result.Result, false, null);
    }
}

/// The first entry point.
sealed class First : Calls
{
    readonly Func<V1.IRegiXEntryPoint> open;

    public First(Plan plan, Func<V1.IRegiXEntryPoint> open) : base(plan) { this.open = open; }

    public override Facts Ask(string ask) { return OrFault(() => Told(open().ExecuteSynchronous(Request(Plan, ask)))); }

    public override Facts Accept(string ask)
    {
        return OrFault(() =>
        {
            var result = open().Execute(Request(Plan, ask));
            return Facts.Accepted(result.ServiceCallID, result.HasError, result.Error);
        });
    }

    public override Facts Check(decimal number, string code, bool specified = true)
    {
        return OrFault(() => Told(open().CheckResult(new V1.ServiceCheckResultArgument { ServiceCallID = number })));
    }

    public static V1.ServiceRequestData Request(Plan plan, string ask)
    {
        return new V1.ServiceRequestData
        {
            Operation = plan[ask == "slow" ? "slow.operation" : "operation"],
            Argument = plan.Argument(ask),
            CallContext = new V1.CallContext { ServiceURI = "17-2026", ServiceType = "Проверка", LawReason = "чл. 1 от пример" },
            SignResult = Signs(ask),
            ReturnAccessMatrix = ask == "matrix",
        };
    }

    public static Facts Told(V1.ServiceResultData result)
    {
        var data = result.Data;
        var matrix = data == null ? null : data.Matrix;
        var facts = Facts.Result(result.IsReady, result.HasError, result.Error, result.ServiceCallID, null,
            data == null || data.Request == null ? null : data.Request.Any,
            data == null || data.Response == null ? null : data.Response.Any,
            result.Signature != null, matrix == null ? null : matrix.Properties.Select(property => property.Name));
        if (result.Signature != null) Signatures.Verify(facts, result, "http://tempuri.org/");
        return facts;
    }
}

/// The second entry point.
sealed class Second : Calls
{
    readonly Func<V2.IRegiXEntryPointV2> open;

    public Second(Plan plan, Func<V2.IRegiXEntryPointV2> open) : base(plan) { this.open = open; }

    public override Facts Ask(string ask) { return Execute(Request(Plan, ask)); }

    public override Facts Accept(string ask)
    {
        var request = Request(Plan, ask);
        request.ServiceRequestData.RequestProcessing = V2.RequestProcessing.Asynchronous;
        return Execute(request);
    }

    public override Facts Check(decimal number, string code, bool specified = true)
    {
        return OrFault(() => Told(open().CheckResult(About(number, code, specified)).ServiceResultData));
    }

    public override Facts Acknowledge(decimal number, string code)
    {
        return OrFault(() =>
        {
            open().AcknowledgeResultReceived(About(number, code, true));
            return new Facts { { "outcome", "nothing" } };
        });
    }

    Facts Execute(V2.RequestWrapper request) { return OrFault(() => Told(open().Execute(request).ServiceResultData)); }

    public static V2.RequestWrapper Request(Plan plan, string ask)
    {
        return new V2.RequestWrapper
        {
            ServiceRequestData = new V2.ServiceRequestData
            {
                ResponseProcessing = ask == "paper" ? V2.ResponseProcessing.TransformToPDF : 0,
                Operation = plan[ask == "slow" ? "slow.operation" : "operation"],
                Argument = plan.Argument(ask),
                CallContext = new V2.CallContext { ServiceURI = "17-2026", ServiceType = "Проверка", LawReason = "чл. 1 от пример" },
                SignResult = Signs(ask),
                ReturnAccessMatrix = ask == "matrix",
            },
        };
    }

    static V2.ServiceCheckResultWrapper About(decimal number, string code, bool specified)
    {
        return new V2.ServiceCheckResultWrapper
        {
            ServiceCheckResultArgument = new V2.ServiceCheckResultArgument
            {
                ServiceCallID = number, ServiceCallIDSpecified = specified, VerificationCode = code,
            },
        };
    }

    public static Facts Told(V2.ServiceResultData result)
    {
        var data = result.Data;
        var matrix = data == null ? null : data.Matrix;
        var facts = Facts.Result(result.IsReady, result.HasError, result.Error, result.ServiceCallID, result.VerificationCode,
            data == null || data.Request == null ? null : data.Request.Any,
            data == null || data.Response == null ? null : data.Response.Any,
            result.Signature != null, matrix == null ? null : matrix.Properties.Select(property => property.Name));
        if (result.Signature != null) Signatures.Verify(facts, result, "http://egov.bg/RegiX/SignedData");
        return facts;
    }
}
