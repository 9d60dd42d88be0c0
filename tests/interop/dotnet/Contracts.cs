// The three contracts in the form in which .NET tools write them; the data classes are generated from the served WSDL.

using System.ServiceModel;
using System.Xml;
using System.Xml.Schema;
using System.Xml.Serialization;

/// The detail of a fault, as text. Mono, unlike .NET, takes every detail that is not declared for an ExceptionDetail and fails.
[XmlRoot("Problem", Namespace = Space)]
public sealed class Problem : IXmlSerializable
{
    public const string Space = "urn:kapia:fault:1";

    public string Text { get; private set; }

    public XmlSchema GetSchema() { return null; }

    public void ReadXml(XmlReader reader) { Text = reader.ReadOuterXml(); }

    public void WriteXml(XmlWriter writer) { writer.WriteRaw(Text); }
}

namespace V0
{
    [ServiceContract(Namespace = "http://egov.bg/RegiX", ConfigurationName = "IRegiXService")]
    public interface IRegiXService
    {
        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXService/Execute",
            ReplyAction = "http://egov.bg/RegiX/IRegiXService/ExecuteResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "ExecuteResult")]
        ServiceExecuteResult Execute(ServiceRequestData request);

        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXService/CheckResult",
            ReplyAction = "http://egov.bg/RegiX/IRegiXService/CheckResultResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "CheckResultResult")]
        ServiceResultData CheckResult(ServiceCheckResultArgument argument);

        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXService/ExecuteSynchronous",
            ReplyAction = "http://egov.bg/RegiX/IRegiXService/ExecuteSynchronousResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "ExecuteSynchronousResult")]
        ServiceResultData ExecuteSynchronous(ServiceRequestData request);
    }
}

namespace V1
{
    [ServiceContract(Namespace = "http://tempuri.org/", ConfigurationName = "IRegiXEntryPoint")]
    public interface IRegiXEntryPoint
    {
        [OperationContract(Action = "http://tempuri.org/IRegiXEntryPoint/Execute",
            ReplyAction = "http://tempuri.org/IRegiXEntryPoint/ExecuteResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "ExecuteResult")]
        ServiceExecuteResult Execute(ServiceRequestData request);

        [OperationContract(Action = "http://tempuri.org/IRegiXEntryPoint/CheckResult",
            ReplyAction = "http://tempuri.org/IRegiXEntryPoint/CheckResultResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "CheckResultResult")]
        ServiceResultData CheckResult(ServiceCheckResultArgument argument);

        [OperationContract(Action = "http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous",
            ReplyAction = "http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronousResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "ExecuteSynchronousResult")]
        ServiceResultData ExecuteSynchronous(ServiceRequestData request);
    }
}

namespace V2
{
    [ServiceContract(Namespace = "http://egov.bg/RegiX", ConfigurationName = "IRegiXEntryPointV2")]
    public interface IRegiXEntryPointV2
    {
        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute",
            ReplyAction = "http://egov.bg/RegiX/IRegiXEntryPointV2/ExecuteResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "ExecuteResult")]
        ResultWrapper Execute(RequestWrapper request);

        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXEntryPointV2/CheckResult",
            ReplyAction = "http://egov.bg/RegiX/IRegiXEntryPointV2/CheckResultResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        [return: MessageParameter(Name = "CheckResultResult")]
        ResultWrapper CheckResult(ServiceCheckResultWrapper argument);

        [OperationContract(Action = "http://egov.bg/RegiX/IRegiXEntryPointV2/AcknowledgeResultReceived",
            ReplyAction = "http://egov.bg/RegiX/IRegiXEntryPointV2/AcknowledgeResultReceivedResponse")]
        [XmlSerializerFormat(SupportFaults = true)]
        [FaultContract(typeof(Problem), Name = "Problem", Namespace = Problem.Space)]
        void AcknowledgeResultReceived(ServiceCheckResultWrapper argument);
    }
}
