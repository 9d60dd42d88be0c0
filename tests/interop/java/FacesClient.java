import kapia.adapter.archive._1.Archive;
import kapia.adapter.archive._1.CallContext;
import kapia.adapter.archive._1.GetExtractArgument;
import kapia.adapter.archive._1.GetExtractReceivedRequest;
import kapia.adapter.archive._1.GetExtractRequest;
import kapia.adapter.archive._1.GetExtractResponse;
import kapia.adapter.archive._1.GetExtractResultRequest;
import kapia.adapter.archive._1.GetExtractResultResponse;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.handler.Handler;
import kapia.adapter.regix_graonbdadapter._1.AccessMatrixProperty;
import kapia.adapter.regix_graonbdadapter._1.ProblemFault;
import kapia.adapter.regix_graonbdadapter._1.RegiXGraoNBDAdapter;
import kapia.adapter.regix_graonbdadapter._1.RegiXGraoNBDAdapter_Service;
import bg.egov.regix.grao.nbd.validpersonrequest.ByPersonNumber;
import kapia.adapter.regix_graonbdadapter._1.ValidPersonSearchArgument;
import kapia.adapter.regix_graonbdadapter._1.ValidPersonSearchRequest;
import kapia.adapter.regix_graonbdadapter._1.ValidPersonSearchResponse;

/** Typed contracts with JAX-WS RI: arguments, answers and faults are generated classes. */
public final class FacesClient {
    private static final String FACTORY = "com.sun.xml.ws.transport.https.client.SSLSocketFactory";

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String version : List.of("11", "12")) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("signed", asked(plan, version, "consumer", plan.get("number"), true, false));
            told.put("matrix", asked(plan, version, "consumer", plan.get("number"), false, true));
            told.put("wrong", asked(plan, version, "consumer", "1", false, false));
            told.put("stranger", asked(plan, version, "stranger", plan.get("number"), false, false));
            told.put("later", later(plan, version));
            facts.put(version, told);
        }
        Plan.tell(facts);
    }

    private static Map<String, Object> asked(
            Plan plan, String version, String who, String number, boolean signed, boolean matrix) throws Exception {
        var service = new RegiXGraoNBDAdapter_Service(new URL(plan.get("base") + "/adapters/RegiX.GraoNBDAdapter?wsdl"));
        RegiXGraoNBDAdapter port = version.equals("11")
            ? service.getRegiXGraoNBDAdapterSoap11() : service.getRegiXGraoNBDAdapterSoap12();
        Keeper message = new Keeper(plan);
        as(plan, who, port, message);
        ValidPersonSearchRequest request = new ValidPersonSearchRequest();
        request.setArgument(new ValidPersonSearchArgument());
        request.getArgument().setValidPersonRequest(new ByPersonNumber());
        request.getArgument().getValidPersonRequest().setEGN(number);
        request.setCallContext(new kapia.adapter.regix_graonbdadapter._1.CallContext());
        request.getCallContext().setLawReason("чл. 1 от пример");
        request.setSignResult(signed);
        request.setReturnAccessMatrix(matrix);
        Map<String, Object> facts = new LinkedHashMap<>();
        try {
            ValidPersonSearchResponse answer = port.validPersonSearch(request);
            var person = answer.getData().getResponse().getValidPersonResponse();
            var rights = answer.getData().getMatrix();
            facts.put("first_name", person.getFirstName());
            facts.put("birth_date", person.getBirthDate().toXMLFormat());
            facts.put("echo", answer.getData().getRequest().getValidPersonRequest().getEGN());
            facts.put("call_id", answer.getServiceCallID());
            facts.put("matrix", rights == null || rights.getProperties() == null ? null : rights.getProperties().getProperty()
                .stream().map(AccessMatrixProperty::getName).collect(Collectors.toList()));
            facts.put("signed", answer.getSignature() != null);
            if (signed) {
                facts.put("verified", message.verified());
            }
        } catch (ProblemFault fault) {
            var problem = fault.getFaultInfo();
            facts.put("code", problem.getCode());
            facts.put("message", problem.getMessageBg());
            facts.put("hint", problem.getHintEn());
            facts.put("retryable", problem.isRetryable());
            facts.put("path", problem.getPlace().isEmpty() ? null : problem.getPlace().get(0).getPath());
        }
        return facts;
    }

    private static Map<String, Object> later(Plan plan, String version) throws Exception {
        var service = new kapia.adapter.archive._1.Archive_Service(new URL(plan.get("base") + "/adapters/Archive?wsdl"));
        Archive port = version.equals("11") ? service.getArchiveSoap11() : service.getArchiveSoap12();
        as(plan, "consumer", port, null);
        GetExtractRequest request = new GetExtractRequest();
        request.setArgument(new GetExtractArgument());
        request.getArgument().setExtractRequest(new example.archive.request.ExtractRequest());
        request.getArgument().getExtractRequest().setNumber(java.math.BigInteger.valueOf(17));
        request.setCallContext(new CallContext());
        request.getCallContext().setLawReason("чл. 1 от пример");
        GetExtractResponse accepted = port.getExtract(request);
        GetExtractResultRequest ticket = new GetExtractResultRequest();
        ticket.setServiceCallID(accepted.getServiceCallID());
        ticket.setVerificationCode(accepted.getVerificationCode());
        long end = System.nanoTime() + 30_000_000_000L;
        GetExtractResultResponse answer;
        do {
            Thread.sleep(50);
            answer = port.getExtractResult(ticket);
        } while (!answer.isIsReady() && System.nanoTime() < end);
        GetExtractReceivedRequest received = new GetExtractReceivedRequest();
        received.setServiceCallID(ticket.getServiceCallID());
        received.setVerificationCode(ticket.getVerificationCode());
        port.getExtractReceived(received);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("title", answer.getData().getResponse().getExtractResponse().getTitle());
        try {
            port.getExtractResult(ticket);
            facts.put("gone", null);
        } catch (kapia.adapter.archive._1.ProblemFault fault) {
            facts.put("gone", fault.getFaultInfo().getCode());
        }
        return facts;
    }

    private static void as(Plan plan, String who, Object port, Keeper message) throws Exception {
        BindingProvider provider = (BindingProvider) port;
        provider.getRequestContext().put(FACTORY, plan.tls(who).getSocketFactory());
        if (message != null) {
            provider.getBinding().setHandlerChain(List.<Handler>of(message));
        }
    }
}
