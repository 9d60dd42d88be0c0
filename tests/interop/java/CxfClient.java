import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.Endpoint;
import jakarta.xml.ws.soap.AddressingFeature;
import java.net.URL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.cxf.configuration.jsse.TLSClientParameters;
import org.apache.cxf.configuration.jsse.TLSServerParameters;
import org.apache.cxf.configuration.security.ClientAuthentication;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.phase.PhaseInterceptorChain;
import org.apache.cxf.security.transport.TLSSessionInfo;
import org.apache.cxf.transport.http.HTTPConduit;
import org.apache.cxf.transport.http_jetty.JettyHTTPServerEngineFactory;
import org.w3c.dom.Element;

/** Apache CXF 4 with classes generated from the served WSDL, which it reads at start without a certificate (rows 27 and 30). */
public final class CxfClient {
    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        SSLContext.setDefault(plan.tls(null));
        String base = plan.get("base");
        var oldest = new oldest.RegiXService(new URL(base + "/RegiXService.svc?wsdl"));
        var first = new org.tempuri.RegiXEntryPoint(new URL(base + "/RegiXEntryPoint.svc.singlewsdl.xml"));
        var second = new bg.egov.regix.RegiXEntryPointV2(new URL(base + "/RegiXEntryPointV2.svc.singlewsdl.xml"));
        var addressing = new AddressingFeature();
        Wires wires = (wire, who) -> switch (wire) {
            case "v0-11" -> new Oldest(plan, as(plan, who, oldest.getBasicHttpBindingIRegiXService()));
            case "v1-11" -> new First(plan, as(plan, who, first.getBasicHttpBindingIRegiXEntryPoint()));
            case "v1-12" -> new First(plan, as(plan, who, first.getWSHttpBindingIRegiXEntryPoint(addressing)));
            case "v2-11" -> new Second(plan, as(plan, who, second.getBasicHttpBindingIRegiXEntryPointV2()));
            default -> new Second(plan, as(plan, who, second.getWSHttpBindingIRegiXEntryPointV2(addressing)));
        };
        Map<String, Object> facts = wires.facts();
        facts.put("pushed", pushed(plan, wires.open("v2-11", "consumer")));

        // Above 4096 octets CXF sends chunks: a long remark and a long comment in the argument.
        First calls = (First) wires.open("v1-12", "consumer");
        var request = calls.request("signed");
        request.getCallContext().setRemark(new org.tempuri.ObjectFactory().createCallContextRemark("дълго ".repeat(1000)));
        Element argument = calls.argument("signed");
        argument.insertBefore(argument.getOwnerDocument().createComment("x".repeat(4096)), argument.getFirstChild());
        request.getArgument().setAny(argument);
        facts.put("chunked", calls.ask(request));
        Plan.tell(facts);
    }

    /** An answer pushed to an endpoint that this stack publishes on a server of its own. */
    private static Map<String, Object> pushed(Plan plan, Calls consumer) throws Exception {
        int port = Integer.parseInt(plan.get("receiver.cxf"));
        TLSServerParameters tls = new TLSServerParameters();
        tls.setKeyManagers(plan.keys("server"));
        tls.setTrustManagers(plan.trust());
        ClientAuthentication shown = new ClientAuthentication();
        shown.setWant(true);
        shown.setRequired(true);
        tls.setClientAuthentication(shown);
        new JettyHTTPServerEngineFactory().setTLSServerParametersForPort(port, tls);
        Keeper message = new Keeper(plan);
        Receiver receiver = new Receiver(message, () -> {
            TLSSessionInfo session = PhaseInterceptorChain.getCurrentMessage().get(TLSSessionInfo.class);
            return ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal();
        });
        Endpoint endpoint = Endpoint.create(receiver);
        String address = "https://localhost:" + port + "/callback";
        endpoint.publish(address);
        // Before, it would publish itself at an address of its own choice.
        endpoint.getBinding().setHandlerChain(List.of(message));
        Map<String, Object> facts = receiver.pushedTo(address, consumer);
        // After the reply has been sent.
        Thread.sleep(200);
        endpoint.stop();
        return facts;
    }

    private static <T> T as(Plan plan, String who, T port) throws Exception {
        TLSClientParameters tls = new TLSClientParameters();
        tls.setKeyManagers(plan.keys(who));
        tls.setTrustManagers(plan.trust());
        tls.setSecureSocketProtocol("TLSv1.2");
        HTTPConduit conduit = (HTTPConduit) ClientProxy.getClient((BindingProvider) port).getConduit();
        conduit.setTlsClientParameters(tls);
        return port;
    }
}
