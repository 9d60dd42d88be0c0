import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import com.sun.xml.bind.api.JAXBRIContext;
import com.sun.xml.bind.api.TypeReference;
import com.sun.xml.ws.api.model.SEIModel;
import com.sun.xml.ws.developer.JAXBContextFactory;
import com.sun.xml.ws.developer.UsesJAXBContextFeature;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.bind.annotation.XmlRootElement;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.Endpoint;
import javax.xml.ws.WebServiceFeature;
import javax.xml.ws.soap.AddressingFeature;
import org.tempuri.ServiceRequestData;

/** JAX-WS RI 2.3 with classes generated from the served WSDL (wild-clients rows 22 to 26). */
public final class RiClient {
    private static final String FACTORY = "com.sun.xml.ws.transport.https.client.SSLSocketFactory";

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        var oldest = new oldest.RegiXService(Path.of(plan.get("wsdl.v0")).toUri().toURL());
        var first = new org.tempuri.RegiXEntryPoint(Path.of(plan.get("wsdl.v1")).toUri().toURL());
        var second = new bg.egov.regix.RegiXEntryPointV2(Path.of(plan.get("wsdl.v2")).toUri().toURL());
        WebServiceFeature addressing = new AddressingFeature();
        Wires wires = (wire, who) -> switch (wire) {
            case "v0-11" -> new Oldest(plan, as(plan, who, oldest.getBasicHttpBindingIRegiXService()));
            case "v1-11" -> new First(plan, as(plan, who, first.getBasicHttpBindingIRegiXEntryPoint()));
            case "v1-12" -> new First(plan, as(plan, who, first.getWSHttpBindingIRegiXEntryPoint(addressing)));
            case "v2-11" -> new Second(plan, as(plan, who, second.getBasicHttpBindingIRegiXEntryPointV2()));
            default -> new Second(plan, as(plan, who, second.getWSHttpBindingIRegiXEntryPointV2(addressing)));
        };
        Map<String, Object> facts = wires.facts();
        facts.put("pushed", pushed(plan, wires.open("v2-11", "consumer")));

        // Row 22: the argument is an object, so its prefix is declared far above it; the operation ends in a blank.
        First calls = (First) wires.open("v1-12", "consumer");
        ServiceRequestData request = calls.request("unsigned");
        request.setOperation(request.getOperation() + " ");
        ValidPersonRequest question = new ValidPersonRequest();
        question.number = calls.argument("unsigned").getTextContent();
        request.getArgument().setAny(question);
        facts.put("row 22", new First(plan, as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(
            addressing, new UsesJAXBContextFeature(new WithArgument())))).ask(request));

        // Row 23: an empty call context.
        request = calls.request("unsigned");
        request.setCallContext(new org.tempuri.CallContext());
        facts.put("row 23", calls.ask(request));

        // Row 24: another address than that of the WSDL, in lower case.
        var port = as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(addressing));
        ((BindingProvider) port).getRequestContext().put(
            BindingProvider.ENDPOINT_ADDRESS_PROPERTY, plan.get("base") + "/regix/RegiXEntryPoint.svc");
        facts.put("row 24", new First(plan, port).ask("signed"));

        // Row 25: of the call context only who asks.
        request = calls.request("unsigned");
        request.setCallContext(new org.tempuri.CallContext());
        request.getCallContext().setAdministrationOId(
            new org.tempuri.ObjectFactory().createCallContextAdministrationOId("2.16.100.1.1.999.1"));
        facts.put("row 25", calls.ask(request));
        Plan.tell(facts);
    }

    /** An answer pushed to an endpoint that this stack publishes on the HTTPS server of the JDK. */
    private static Map<String, Object> pushed(Plan plan, Calls consumer) throws Exception {
        int port = Integer.parseInt(plan.get("receiver.ri"));
        SSLContext tls = plan.tls("server");
        HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        AtomicReference<Principal> caller = new AtomicReference<>();
        HttpContext context = server.createContext("/callback");
        context.getFilters().add(new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                caller.set(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal());
                chain.doFilter(exchange);
            }

            @Override
            public String description() {
                return "who calls";
            }
        });
        Keeper message = new Keeper(plan);
        Receiver receiver = new Receiver(message, caller::get);
        Endpoint endpoint = Endpoint.create(receiver);
        endpoint.getBinding().setHandlerChain(List.of(message));
        endpoint.publish(context);
        server.start();
        Map<String, Object> facts = receiver.pushedTo("https://localhost:" + port + "/callback", consumer);
        // After the reply has been sent.
        server.stop(1);
        return facts;
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
