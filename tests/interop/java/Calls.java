import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.annotation.XmlRootElement;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.handler.Handler;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import javax.xml.ws.soap.SOAPFaultException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Calls through generated proxies, the same for JAX-WS RI and for CXF (there with the newer package names). */
final class Calls {
    private static final String ADDRESSING = "http://www.w3.org/2005/08/addressing";
    private final Plan plan;
    private byte[] answer;

    Calls(Plan plan) {
        this.plan = plan;
    }

    Map<String, Object> v1(org.tempuri.IRegiXEntryPoint port, String ask) throws Exception {
        return v1(port, ask, v1Request(ask));
    }

    org.tempuri.ServiceRequestData v1Request(String ask) throws Exception {
        org.tempuri.CallContext context = new org.tempuri.CallContext();
        context.setServiceURI("17-2026");
        context.setServiceType("Проверка");
        context.setLawReason("чл. 1 от пример");
        org.tempuri.ServiceRequestData request = new org.tempuri.ServiceRequestData();
        request.setOperation(plan.get("operation"));
        request.setArgument(new org.tempuri.ServiceRequestData.Argument());
        request.getArgument().setAny(argument(ask));
        request.setCallContext(context);
        request.setSignResult(ask.equals("signed"));
        request.setReturnAccessMatrix(ask.equals("matrix"));
        return request;
    }

    Map<String, Object> v1(org.tempuri.IRegiXEntryPoint port, String ask, org.tempuri.ServiceRequestData request)
            throws Exception {
        keepAnswers(port);
        try {
            org.tempuri.ServiceResultData result = port.executeSynchronous(request);
            org.tempuri.DataContainer data = value(result.getData());
            org.tempuri.DataContainer.Matrix matrix = data == null ? null : value(data.getMatrix());
            List<String> names = matrix == null ? null : new ArrayList<>();
            if (matrix != null) {
                matrix.getProperties().getProperty().forEach(property -> names.add(property.getName()));
            }
            return told(ask, result.isIsReady(), result.isHasError(), value(result.getError()),
                result.getServiceCallID().toPlainString(),
                data == null || data.getRequest() == null ? null : data.getRequest().getAny(),
                data == null || data.getResponse() == null ? null : data.getResponse().getAny(),
                result.getSignature() != null, names);
        } catch (SOAPFaultException fault) {
            return told(fault);
        }
    }

    Map<String, Object> v2(bg.egov.regix.IRegiXEntryPointV2 port, String ask) throws Exception {
        bg.egov.regix.signeddata.CallContext context = new bg.egov.regix.signeddata.CallContext();
        context.setServiceURI("17-2026");
        context.setServiceType("Проверка");
        context.setLawReason("чл. 1 от пример");
        bg.egov.regix.signeddata.ServiceRequestData request = new bg.egov.regix.signeddata.ServiceRequestData();
        request.setOperation(plan.get("operation"));
        request.setArgument(new bg.egov.regix.signeddata.ServiceRequestData.Argument());
        request.getArgument().setAny(argument(ask));
        request.setCallContext(context);
        request.setSignResult(ask.equals("signed"));
        request.setReturnAccessMatrix(ask.equals("matrix"));
        return v2(port, ask, request);
    }

    Map<String, Object> v2(bg.egov.regix.IRegiXEntryPointV2 port, String ask,
            bg.egov.regix.signeddata.ServiceRequestData request) throws Exception {
        keepAnswers(port);
        bg.egov.regix.signeddata.RequestWrapper wrapper = new bg.egov.regix.signeddata.RequestWrapper();
        wrapper.setServiceRequestData(request);
        try {
            bg.egov.regix.signeddata.ServiceResultData result = port.execute(wrapper).getServiceResultData();
            bg.egov.regix.signeddata.DataContainer data = value(result.getData());
            bg.egov.regix.signeddata.DataContainer.Matrix matrix = data == null ? null : value(data.getMatrix());
            List<String> names = matrix == null ? null : new ArrayList<>();
            if (matrix != null) {
                matrix.getProperties().getProperty().forEach(property -> names.add(property.getName()));
            }
            return told(ask, result.isIsReady(), result.isHasError(), value(result.getError()),
                result.getServiceCallID().toPlainString(),
                data == null || data.getRequest() == null ? null : data.getRequest().getAny(),
                data == null || data.getResponse() == null ? null : data.getResponse().getAny(),
                result.getSignature() != null, names);
        } catch (SOAPFaultException fault) {
            return told(fault);
        }
    }

    Element argument(String ask) throws Exception {
        return parse(new InputSource(new StringReader(plan.get(ask.equals("wrong") ? "wrong" : "argument"))))
            .getDocumentElement();
    }

    private Map<String, Object> told(String ask, boolean ready, boolean hasError, String error, String callId,
            Object request, Object response, boolean signed, List<String> matrix) throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", "result");
        facts.put("ready", ready);
        facts.put("has_error", hasError);
        facts.put("error", error);
        facts.put("call_id", callId);
        facts.put("request", name(request));
        facts.put("response", name(response));
        facts.put("first_name", response == null ? null : text((Element) response, "FirstName"));
        facts.put("signed", signed);
        facts.put("matrix", matrix);
        Document message = parse(new InputSource(new ByteArrayInputStream(answer)));
        facts.put("relates_to", text(message.getDocumentElement(), ADDRESSING, "RelatesTo"));
        if (ask.equals("signed")) {
            facts.put("verified", verified(message));
        }
        return facts;
    }

    private static Map<String, Object> told(SOAPFaultException fault) throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", "fault");
        facts.put("code", fault.getFault().getFaultCode());
        facts.put("text", fault.getFault().getFaultString());
        facts.put("detail", fault.getFault().getDetail() == null ? "" : text(fault.getFault().getDetail()));
        return facts;
    }

    /** Checks the signature in the message as this stack writes it again, with the library of the JDK. */
    private boolean verified(Document message) throws Exception {
        Element data = (Element) message.getElementsByTagNameNS("*", "Data").item(0);
        data.setIdAttribute("id", true);
        Element signature =
            (Element) message.getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature").item(0);
        DOMValidateContext context = new DOMValidateContext(plan.certificate("signer").getPublicKey(), signature);
        return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
    }

    private static <T> T value(JAXBElement<T> element) {
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

    private static String text(Element root, String local) {
        return text(root, "*", local);
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
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(source);
    }

    /** Keeps the last answer as the stack shows it to handlers. */
    private void keepAnswers(Object port) {
        @SuppressWarnings("rawtypes")
        List<Handler> chain = List.of(new SOAPHandler<SOAPMessageContext>() {
            @Override
            public boolean handleMessage(SOAPMessageContext context) {
                return keep(context);
            }

            @Override
            public boolean handleFault(SOAPMessageContext context) {
                return true;
            }

            @Override
            public Set<QName> getHeaders() {
                return Collections.emptySet();
            }

            @Override
            public void close(MessageContext context) {
            }
        });
        ((BindingProvider) port).getBinding().setHandlerChain(chain);
    }

    private boolean keep(SOAPMessageContext context) {
        if (Boolean.TRUE.equals(context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY))) {
            return true;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            context.getMessage().writeTo(out);
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
        answer = out.toByteArray();
        return true;
    }
}
