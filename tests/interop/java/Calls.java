import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.annotation.XmlRootElement;
import javax.xml.namespace.QName;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.soap.SOAPFaultException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/**
 * Calls through a generated proxy of one contract, the same for JAX-WS RI and for CXF (there with the newer package names).
 *
 * <p>What is asked has the names of the suite: unsigned, signed, matrix, wrong, stranger, paper; slow is answered after seconds.
 */
abstract class Calls {
    private static final String ADDRESSING = "http://www.w3.org/2005/08/addressing";
    protected final Plan plan;
    protected final Keeper answers;

    Calls(Plan plan, Object port) {
        this.plan = plan;
        this.answers = new Keeper(plan);
        ((BindingProvider) port).getBinding().setHandlerChain(List.of(answers));
    }

    /** Asks and waits for the answer. */
    abstract Map<String, Object> ask(String ask) throws Exception;

    /** Asks without waiting; the answer goes to the address too, if there is one. */
    abstract Map<String, Object> accept(String ask, String callback) throws Exception;

    /** The answer to an earlier question; an absent number is not sent. */
    abstract Map<String, Object> check(BigDecimal number, String code) throws Exception;

    /** Gives an answer back; null if the contract cannot. */
    abstract Map<String, Object> acknowledge(BigDecimal number, String code) throws Exception;

    /** An asynchronous call from its acceptance to its end. */
    final Map<String, Object> later() throws Exception {
        Map<String, Object> accepted = accept("later", null);
        BigDecimal number = new BigDecimal((String) accepted.get("call_id"));
        String code = (String) accepted.get("code");
        Map<String, Object> answer = check(number, code);
        for (int turn = 0; turn < 600 && !Boolean.TRUE.equals(answer.get("ready")); turn++) {
            Thread.sleep(50);
            answer = check(number, code);
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("accepted", accepted);
        facts.put("answer", answer);
        Map<String, Object> acknowledged = acknowledge(number, code);
        if (acknowledged != null) {
            facts.put("acknowledged", acknowledged.get("outcome").equals("nothing"));
            facts.put("gone", check(number, code));
        }
        return facts;
    }

    /** What can be wrong about an asynchronous call. */
    final Map<String, Object> astray(Calls stranger) throws Exception {
        Map<String, Object> accepted = accept("slow", null);
        BigDecimal number = new BigDecimal((String) accepted.get("call_id"));
        String code = (String) accepted.get("code");
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pending", check(number, code));
        Map<String, Object> unready = acknowledge(number, code);
        if (unready != null) {
            facts.put("unready", unready);
            facts.put("code", check(number, "17.AAAA"));
            facts.put("unnumbered", check(null, code));
        }
        facts.put("unknown", check(new BigDecimal(plan.get("unknown")), code));
        facts.put("refused", stranger.accept("unsigned", null));
        return facts;
    }

    protected final boolean signs(String ask) {
        return List.of("signed", "later", "paper", "pushed").contains(ask);
    }

    protected final String operation(String ask) {
        return plan.get(ask.equals("slow") ? "slow.operation" : "operation");
    }

    protected final Element argument(String ask) throws Exception {
        String name = switch (ask) {
            case "wrong" -> "wrong";
            case "slow" -> "slow.argument";
            default -> "argument";
        };
        return parse(new InputSource(new StringReader(plan.get(name)))).getDocumentElement();
    }

    /** A call that brings facts, or a fault. */
    interface Call {
        Map<String, Object> facts() throws Exception;
    }

    protected final Map<String, Object> orFault(Call call) throws Exception {
        try {
            return call.facts();
        } catch (SOAPFaultException fault) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("outcome", "fault");
            facts.put("code", fault.getFault().getFaultCode());
            facts.put("text", fault.getFault().getFaultString());
            facts.put("detail", fault.getFault().getDetail() == null ? "" : text(fault.getFault().getDetail()));
            return facts;
        }
    }

    protected static Map<String, Object> nothing() {
        return Map.of("outcome", "nothing");
    }

    protected static Map<String, Object> accepted(BigDecimal number, boolean hasError, String error) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", "result");
        facts.put("has_error", hasError);
        facts.put("error", error);
        facts.put("call_id", number.toPlainString());
        return facts;
    }

    /** What a result says, and what the message that held it says. */
    protected static Map<String, Object> told(Keeper message, boolean ready, boolean hasError, String error, BigDecimal number,
            String code, Object request, Object response, boolean signed, List<String> matrix) throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", "result");
        facts.put("ready", ready);
        facts.put("has_error", hasError);
        facts.put("error", error);
        facts.put("call_id", number == null ? null : number.toPlainString());
        facts.put("code", code);
        facts.put("request", name(request));
        facts.put("response", name(response));
        facts.put("first_name", response == null ? null : text((Element) response, "*", "FirstName"));
        facts.put("pdf", response == null ? null : text((Element) response, "*", "Binary"));
        facts.put("signed", signed);
        facts.put("matrix", matrix);
        facts.put("relates_to", text(message.document().getDocumentElement(), ADDRESSING, "RelatesTo"));
        if (signed) {
            facts.put("verified", message.verified());
        }
        return facts;
    }

    protected static <T> T value(JAXBElement<T> element) {
        return element == null ? null : element.getValue();
    }

    private static String name(Object any) {
        if (any == null) {
            return null;
        }
        if (any instanceof Element element) {
            return new QName(element.getNamespaceURI(), element.getLocalName()).toString();
        }
        // A class that the program told the stack about.
        XmlRootElement root = any.getClass().getAnnotation(XmlRootElement.class);
        return new QName(root.namespace(), root.name()).toString();
    }

    private static String text(Element root, String namespace, String local) {
        Element found = (Element) root.getElementsByTagNameNS(namespace, local).item(0);
        return found == null ? null : found.getTextContent();
    }

    private static String text(Element element) throws Exception {
        Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter out = new StringWriter();
        transformer.transform(new DOMSource(element), new StreamResult(out));
        return out.toString();
    }

    static Document parse(InputSource source) throws Exception {
        return Keeper.parse(source);
    }
}
