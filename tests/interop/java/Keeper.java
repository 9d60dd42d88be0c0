import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.Set;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Keeps the last message that came, as the stack shows it to handlers. */
final class Keeper implements SOAPHandler<SOAPMessageContext> {
    private final Plan plan;
    private byte[] message;

    Keeper(Plan plan) {
        this.plan = plan;
    }

    Document document() throws Exception {
        return parse(new InputSource(new ByteArrayInputStream(message)));
    }

    /** Checks the signature in the message as this stack writes it again, with the library of the JDK. */
    boolean verified() throws Exception {
        Document document = document();
        Element data = (Element) document.getElementsByTagNameNS("*", "Data").item(0);
        data.setIdAttribute("id", true);
        Element signature =
            (Element) document.getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature").item(0);
        DOMValidateContext context = new DOMValidateContext(plan.certificate("signer").getPublicKey(), signature);
        return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
    }

    static Document parse(InputSource source) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(source);
    }

    @Override
    public boolean handleMessage(SOAPMessageContext context) {
        if (Boolean.TRUE.equals(context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY))) {
            return true;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            context.getMessage().writeTo(out);
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
        message = out.toByteArray();
        return true;
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
}
