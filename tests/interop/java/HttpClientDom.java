import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Apache HttpClient 4.5 with a template, reading literal names from a DOM without namespaces (wild-clients row 28). */
public final class HttpClientDom {
    private static final String TEMPLATE = """
        <?xml version="1.0" encoding="UTF-8" standalone="no"?>
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:reg="http://egov.bg/RegiX" xmlns:tem="http://egov.bg/RegiX/SignedData">
            <soapenv:Header/>
            <soapenv:Body>
                <reg:%1$s>
                    %2$s
                </reg:%1$s>
            </soapenv:Body>
        </soapenv:Envelope>
        """;

    private static final String QUESTION = """
        <reg:request>
            <tem:ServiceRequestData>
                <!--Zero or more repetitions:-->
                %s
                <tem:Operation>%s</tem:Operation>
                <tem:Argument>
                    <!-- from here on the question -->
                    %s
                </tem:Argument>
                <!--Optional:-->
                <tem:EIDToken/>
                <tem:CallContext>
                    <tem:ServiceURI/>
                    <tem:ServiceType>999</tem:ServiceType>
                    <tem:LawReason>чл. 1 от пример</tem:LawReason>
                </tem:CallContext>
                <tem:CallbackURL/>
                <tem:SignResult>true</tem:SignResult>
                <tem:ReturnAccessMatrix>false</tem:ReturnAccessMatrix>
            </tem:ServiceRequestData>
        </reg:request>
        """;

    private static final String TICKET = """
        <reg:argument>
            <tem:ServiceCheckResultArgument>
                <tem:ServiceCallID>%s</tem:ServiceCallID>
                <tem:VerificationCode>%s</tem:VerificationCode>
            </tem:ServiceCheckResultArgument>
        </reg:argument>
        """;

    private static final String NORMAL = "<tem:RequestProcessing/><tem:ResponseProcessing/>";

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(arguments[0]);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("row 28", call(plan, "consumer", plan.get("argument")));
        facts.put("stranger", call(plan, "stranger", plan.get("argument")));
        facts.put("wrong", call(plan, "consumer", plan.get("wrong")));
        facts.put("later", later(plan));
        facts.put("paper", exchange(plan, "consumer", "Execute", QUESTION.formatted(
            "<tem:RequestProcessing/><tem:ResponseProcessing>TransformToPDF</tem:ResponseProcessing>",
            plan.get("operation"), plan.get("argument"))));
        Plan.tell(facts);
    }

    private static Map<String, Object> call(Plan plan, String who, String argument) throws Exception {
        return exchange(plan, who, "Execute", QUESTION.formatted(NORMAL, plan.get("operation"), argument));
    }

    /** An asynchronous call from its acceptance to its end. */
    private static Map<String, Object> later(Plan plan) throws Exception {
        Map<String, Object> accepted = exchange(plan, "consumer", "Execute", QUESTION.formatted(
            "<tem:RequestProcessing>Asynchronous</tem:RequestProcessing><tem:ResponseProcessing/>",
            plan.get("operation"), plan.get("argument")));
        String ticket = TICKET.formatted(text(accepted, "ServiceCallID"), text(accepted, "VerificationCode"));
        Map<String, Object> answer = exchange(plan, "consumer", "CheckResult", ticket);
        for (int turn = 0; turn < 600 && "false".equals(text(answer, "IsReady")); turn++) {
            Thread.sleep(50);
            answer = exchange(plan, "consumer", "CheckResult", ticket);
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("number", text(accepted, "ServiceCallID"));
        facts.put("answer", answer);
        facts.put("acknowledged", exchange(plan, "consumer", "AcknowledgeResultReceived", ticket).get("status"));
        facts.put("gone", text(exchange(plan, "consumer", "CheckResult", ticket), "Error"));
        facts.put("unknown", exchange(plan, "consumer", "CheckResult", TICKET.formatted(plan.get("unknown"), "x")));
        return facts;
    }

    private static String text(Map<String, Object> facts, String name) throws Exception {
        NodeList found = read(((String) facts.get("octets")).getBytes(StandardCharsets.UTF_8), name);
        return found.getLength() == 0 ? null : found.item(0).getTextContent();
    }

    private static NodeList read(byte[] octets, String name) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new ByteArrayInputStream(octets)).getElementsByTagName(name);
    }

    private static Map<String, Object> exchange(Plan plan, String who, String method, String content) throws Exception {
        String envelope = TEMPLATE.formatted(method, content);
        HttpPost post = new HttpPost(plan.get("base") + "/RegiXEntryPointV2.svc/basic");
        post.addHeader("content-type", "text/xml; charset=utf-8");
        post.addHeader("SOAPAction", "http://egov.bg/RegiX/IRegiXEntryPointV2/" + method);
        // Of unknown length, therefore chunked.
        InputStreamEntity entity =
            new InputStreamEntity(new ByteArrayInputStream(envelope.getBytes(StandardCharsets.UTF_8)), -1);
        entity.setChunked(true);
        post.setEntity(entity);
        Map<String, Object> facts = new LinkedHashMap<>();
        try (CloseableHttpClient client = HttpClients.custom()
                .setSSLSocketFactory(new SSLConnectionSocketFactory(plan.tls(who))).build();
             CloseableHttpResponse answer = client.execute(post)) {
            byte[] octets = EntityUtils.toByteArray(answer.getEntity());
            facts.put("status", answer.getStatusLine().getStatusCode());
            facts.put("octets", new String(octets, StandardCharsets.UTF_8));
            NodeList found = read(octets, "Response");
            facts.put("json", found.getLength() == 0 ? null : keys((Element) found.item(0)));
        }
        return facts;
    }

    /** Node names become keys, as literally as they are written. */
    private static Object keys(Element element) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                found.put(inner.getNodeName(), keys(inner));
            }
        }
        return found.isEmpty() ? element.getTextContent() : found;
    }
}
