import com.sun.xml.bind.api.JAXBRIContext;
import com.sun.xml.bind.api.TypeReference;
import com.sun.xml.ws.api.model.SEIModel;
import com.sun.xml.ws.developer.JAXBContextFactory;
import com.sun.xml.ws.developer.UsesJAXBContextFeature;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.bind.annotation.XmlRootElement;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.WebServiceFeature;
import javax.xml.ws.soap.AddressingFeature;

/** JAX-WS RI 2.3 with classes generated from the served WSDL (wild-clients rows 22 to 26). */
public final class RiClient {
    private static final String FACTORY = "com.sun.xml.ws.transport.https.client.SSLSocketFactory";

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        Calls calls = new Calls(plan);
        URL v1 = Path.of(plan.get("wsdl.v1")).toUri().toURL();
        URL v2 = Path.of(plan.get("wsdl.v2")).toUri().toURL();
        org.tempuri.RegiXEntryPoint first = new org.tempuri.RegiXEntryPoint(v1);
        bg.egov.regix.RegiXEntryPointV2 second = new bg.egov.regix.RegiXEntryPointV2(v2);
        WebServiceFeature addressing = new AddressingFeature();
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String wire : List.of("v1-11", "v1-12", "v2-11", "v2-12")) {
            Map<String, Object> told = new LinkedHashMap<>();
            for (String ask : List.of("unsigned", "signed", "matrix", "wrong", "stranger")) {
                String who = ask.equals("stranger") ? "stranger" : "consumer";
                told.put(ask, switch (wire) {
                    case "v1-11" -> calls.v1(as(plan, who, first.getBasicHttpBindingIRegiXEntryPoint()), ask);
                    case "v1-12" -> calls.v1(as(plan, who, first.getWSHttpBindingIRegiXEntryPoint(addressing)), ask);
                    case "v2-11" -> calls.v2(as(plan, who, second.getBasicHttpBindingIRegiXEntryPointV2()), ask);
                    default -> calls.v2(as(plan, who, second.getWSHttpBindingIRegiXEntryPointV2(addressing)), ask);
                });
            }
            facts.put(wire, told);
        }

        // Row 22: the argument is an object, so its prefix is declared far above it; the operation ends in a blank.
        org.tempuri.ServiceRequestData request = calls.v1Request("unsigned");
        request.setOperation(request.getOperation() + " ");
        ValidPersonRequest question = new ValidPersonRequest();
        question.number = calls.argument("unsigned").getTextContent();
        request.getArgument().setAny(question);
        facts.put("row 22", calls.v1(as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(
            addressing, new UsesJAXBContextFeature(new WithArgument()))), "unsigned", request));

        // Row 23: an empty call context.
        request = calls.v1Request("unsigned");
        request.setCallContext(new org.tempuri.CallContext());
        facts.put("row 23", calls.v1(as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(addressing)),
            "unsigned", request));

        // Row 24: another address than that of the WSDL, in lower case.
        var port = as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(addressing));
        ((BindingProvider) port).getRequestContext().put(
            BindingProvider.ENDPOINT_ADDRESS_PROPERTY, plan.get("base") + "/regix/RegiXEntryPoint.svc");
        facts.put("row 24", calls.v1(port, "signed"));

        // Row 25: of the call context only who asks.
        request = calls.v1Request("unsigned");
        request.setCallContext(new org.tempuri.CallContext());
        request.getCallContext().setAdministrationOId(
            new org.tempuri.ObjectFactory().createCallContextAdministrationOId("2.16.100.1.1.999.1"));
        facts.put("row 25", calls.v1(as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(addressing)),
            "unsigned", request));
        Plan.tell(facts);
    }

    private static <T> T as(Plan plan, String who, T port) throws Exception {
        ((BindingProvider) port).getRequestContext().put(FACTORY, plan.tls(who).getSocketFactory());
        return port;
    }

    /** The argument as an object. */
    @XmlRootElement(name = "ValidPersonRequest", namespace = ValidPersonRequest.NAMESPACE)
    public static final class ValidPersonRequest {
        static final String NAMESPACE = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest";
        @XmlElement(name = "EGN", namespace = NAMESPACE)
        public String number;
    }

    /** A context that knows the argument's class besides those of the contract. */
    public static final class WithArgument implements JAXBContextFactory {
        @Override
        @SuppressWarnings("rawtypes")
        public JAXBRIContext createJAXBContext(SEIModel model, List<Class> classes, List<TypeReference> references)
                throws javax.xml.bind.JAXBException {
            List<Class> known = new ArrayList<>(classes);
            known.add(ValidPersonRequest.class);
            return JAXBContextFactory.DEFAULT.createJAXBContext(model, known, references);
        }
    }
}
