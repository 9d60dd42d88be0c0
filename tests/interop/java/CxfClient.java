import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.soap.AddressingFeature;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.cxf.configuration.jsse.TLSClientParameters;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.transport.http.HTTPConduit;
import org.w3c.dom.Element;

/** Apache CXF 4 with classes generated from the served WSDL, which it reads at start without a certificate (rows 27 and 30). */
public final class CxfClient {
    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        Calls calls = new Calls(plan);
        SSLContext.setDefault(plan.tls(null));
        var first = new org.tempuri.RegiXEntryPoint(new URL(plan.get("base") + "/RegiXEntryPoint.svc.singlewsdl.xml"));
        var second =
            new bg.egov.regix.RegiXEntryPointV2(new URL(plan.get("base") + "/RegiXEntryPointV2.svc.singlewsdl.xml"));
        var addressing = new AddressingFeature();
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String wire : List.of("v1-11", "v1-12", "v2-11", "v2-12")) {
            Map<String, Object> told = new LinkedHashMap<>();
            for (String who : List.of("consumer", "stranger")) {
                List<String> asks =
                    who.equals("stranger") ? List.of("stranger") : List.of("unsigned", "signed", "matrix", "wrong");
                var v1 = wire.equals("v1-11") ? as(plan, who, first.getBasicHttpBindingIRegiXEntryPoint())
                    : wire.equals("v1-12") ? as(plan, who, first.getWSHttpBindingIRegiXEntryPoint(addressing)) : null;
                var v2 = wire.equals("v2-11") ? as(plan, who, second.getBasicHttpBindingIRegiXEntryPointV2())
                    : wire.equals("v2-12") ? as(plan, who, second.getWSHttpBindingIRegiXEntryPointV2(addressing)) : null;
                for (String ask : asks) {
                    told.put(ask, v1 != null ? calls.v1(v1, ask) : calls.v2(v2, ask));
                }
            }
            facts.put(wire, told);
        }

        // Above 4096 octets CXF sends chunks: a long remark and a long comment in the argument.
        var request = calls.v1Request("signed");
        request.getCallContext().setRemark(new org.tempuri.ObjectFactory().createCallContextRemark("дълго ".repeat(1000)));
        Element argument = calls.argument("signed");
        argument.insertBefore(argument.getOwnerDocument().createComment("x".repeat(4096)), argument.getFirstChild());
        request.getArgument().setAny(argument);
        var port = as(plan, "consumer", first.getWSHttpBindingIRegiXEntryPoint(addressing));
        facts.put("chunked", calls.v1(port, "signed", request));
        Plan.tell(facts);
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
