import egov.*;
import java.math.BigDecimal;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.WebServiceException;

/** EgovService with generated classes: JAX-WS RI and Apache CXF. */
public final class PortalClient {
    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String version : List.of("11", "12")) {
            facts.put(version, new PortalClient(plan, version).facts());
        }
        Plan.tell(facts);
    }

    private final Plan plan;
    private final String version;
    private final long number;

    private PortalClient(Plan plan, String version) {
        this.plan = plan;
        this.version = version;
        number = Long.parseLong(plan.get("number")) + 10 * Long.parseLong(version);
    }

    private IEgovService port(String user) throws Exception {
        EgovService service = new EgovService(new URL(plan.get("wsdl")));
        IEgovService port = version.equals("11") ? service.getEgovServiceSoap11() : service.getEgovServiceSoap12();
        Map<String, Object> context = ((BindingProvider) port).getRequestContext();
        // The stacks write user and password in Latin letters only; the header itself may hold any.
        String both = user + ":" + plan.get("secret");
        String basic = java.util.Base64.getEncoder().encodeToString(both.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        // CXF writes into the map.
        context.put("javax.xml.ws.http.request.headers", new java.util.HashMap<>(Map.of("Authorization", List.of("Basic " + basic))));
        return port;
    }

    private Map<String, Object> facts() throws Exception {
        IEgovService port = port(plan.get("user"));
        OperationResult added = port.addService(record(number, plan.get("eik"), "0006-000077"));
        OperationResult again = port.addService(record(number, plan.get("eik"), "0006-000077"));
        GetServiceResponse read = new GetServiceResponse();
        ServiceRecord kept = read(port, read);
        kept.getKeyword().add("адрес");
        kept.setPublicationStatus(null);
        OperationResult updated = port.updateService(kept, 1L);
        List<OperationResult> batch = port.saveServices(
            List.of(record(number + 1, plan.get("eik"), "0006-000077"), record(number + 2, plan.get("eik"), "0006-999999")),
            SaveMode.BEST_EFFORT);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("as", user(port));
        facts.put("added", done(added));
        // Without a request identifier the second one is the same record, and no change.
        facts.put("request", added.getRequestId().length() == 36 && again.getResult() == Outcome.UNCHANGED);
        again.setResult(added.getResult());
        facts.put("again", done(again));
        facts.put("updated", done(updated));
        facts.put("conflict", fault(() -> port.updateService(record(number, plan.get("eik"), "0006-000077"), 1L)));
        Tax tax = kept.getChannel().get(0).getProcessTime().get(0).getTax().get(0);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", kept.getName().get(0).getValue());
        told.put("language", kept.getName().get(0).getLang());
        told.put("amount", tax.getAmount().toPlainString());
        told.put("from", tax.getValidFrom().toXMLFormat());
        told.put("version", read.getServiceState().getVersion());
        facts.put("read", told);
        facts.put("batch", batch.stream().map(row -> row.getResult().value()).collect(Collectors.toList()));
        facts.put("batch_fault", batch.get(1).getFault().getCode());
        facts.put("foreign", fault(() -> port.addService(record(number, plan.get("foreign"), "0006-000077"))));
        facts.put("listed", listed(port) >= 2);
        facts.put("codes", codes(port));
        facts.put("denied", denied());
        return facts;
    }

    private Object denied() throws Exception {
        try {
            user(port(plan.get("nobody")));
            return null;
        } catch (WebServiceException refused) {
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                if (String.valueOf(cause.getMessage()).contains("401") || String.valueOf(cause.getMessage()).contains("не са приети")) {
                    return 401;
                }
            }
            throw refused;
        }
    }

    private ServiceRecord read(IEgovService port, GetServiceResponse answer) throws Exception {
        ServiceKey key = key(number, plan.get("eik"));
        var record = new javax.xml.ws.Holder<ServiceRecord>();
        var state = new javax.xml.ws.Holder<ServiceState>();
        port.getService(key, null, null, record, state);
        answer.setServiceState(state.value);
        return record.value;
    }

    private String user(IEgovService port) throws Exception {
        var contract = new javax.xml.ws.Holder<String>();
        var environment = new javax.xml.ws.Holder<Environment>();
        var time = new javax.xml.ws.Holder<javax.xml.datatype.XMLGregorianCalendar>();
        var user = new javax.xml.ws.Holder<String>();
        port.ping(contract, environment, time, user);
        return user.value;
    }

    private long listed(IEgovService port) throws Exception {
        var rows = new javax.xml.ws.Holder<List<ServiceSummary>>();
        var total = new javax.xml.ws.Holder<Long>();
        var more = new javax.xml.ws.Holder<Boolean>();
        port.listServices(plan.get("eik"), null, null, 1, 200, rows, total, more);
        return total.value;
    }

    private List<String> codes(IEgovService port) throws Exception {
        var name = new javax.xml.ws.Holder<>("Currency");
        var version = new javax.xml.ws.Holder<String>();
        var codes = new javax.xml.ws.Holder<List<CodedValue>>();
        port.getNomenclature(name, version, codes);
        return codes.value.stream().map(CodedValue::getCode).collect(Collectors.toList());
    }

    private static Map<String, Object> done(OperationResult result) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("result", result.getResult().value());
        facts.put("version", result.getVersion());
        facts.put("status", result.getPublicationStatus().value());
        return facts;
    }

    private static Map<String, Object> fault(Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (FaultMsg fault) {
            ServiceFault told = fault.getFaultInfo();
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("code", told.getCode());
            facts.put("message", told.getMessageBg());
            facts.put("fields", told.getField());
            facts.put("retryable", told.isRetryable());
            return facts;
        }
        throw new IllegalStateException("no fault");
    }

    private static ServiceKey key(long number, String eik) {
        ServiceKey key = new ServiceKey();
        key.setServiceNumber(number);
        key.setSupplierEIK(eik);
        return key;
    }

    private ServiceRecord record(long number, String eik, String code) throws Exception {
        DatatypeFactory moments = DatatypeFactory.newInstance();
        ServiceRecord record = new ServiceRecord();
        record.setServiceKey(key(number, eik));
        for (String[] text : new String[][] {{plan.get("name"), "bg"}, {"Address certificate", "en"}}) {
            Name name = new Name();
            name.setValue(text[0]);
            name.setLang(text[1]);
            record.getName().add(name);
        }
        Description description = new Description();
        description.setValue("<p>По <b>искане</b></p>");
        record.getDescription().add(description);
        record.setHasCivilPurpose(true);
        LegalBasis basis = new LegalBasis();
        basis.setActName("Закон за гражданската регистрация");
        basis.setArticle("24");
        record.getLegalBasis().add(basis);
        record.setProvisionBody("Община Изпитна");
        record.setProvisionLevel(ProvisionLevel.SITE_INFO_ONLY);
        record.setSecurityLevel(SecurityLevel.SUBSTANTIAL);
        record.getApplicationMethod().add(ApplicationMethod.APPLICATION_AT_DESK);
        record.getApplicationMethod().add(ApplicationMethod.APPLICATION_BY_MAIL);
        Tax tax = new Tax();
        tax.setAmount(new BigDecimal("5.10"));
        tax.setCurrency("EUR");
        tax.setValidFrom(moments.newXMLGregorianCalendar("2026-01-01"));
        ProcessTime time = new ProcessTime();
        time.setTermType(TermType.NORMAL_SERVICE);
        time.setUnit(TermUnit.WORK_DAYS);
        time.setValue(7);
        time.getTax().add(tax);
        CodedValue type = new CodedValue();
        type.setCode(code);
        Channel channel = new Channel();
        channel.setChannelType(type);
        channel.getProcessTime().add(time);
        record.getChannel().add(channel);
        record.setValidFrom(moments.newXMLGregorianCalendar("2026-01-01T00:00:00+02:00"));
        return record;
    }
}
