import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.w3c.dom.ls.LSInput;
import org.w3c.dom.ls.LSResourceResolver;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** Verdicts of the Xerces of the JDK, one JSON job in a line of input and one answer in a line of output (worker.py says more). */
public final class Verdicts {
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The parser writes some of its complaints there itself.
        System.setErr(new PrintStream(java.io.OutputStream.nullOutputStream()));
        for (String line; (line = in.readLine()) != null; ) {
            int middle = line.indexOf("\"documents\"");
            out.println(answer(texts(line.substring(0, middle)), texts(line.substring(middle + 11))));
        }
    }

    private static String answer(List<String> schemas, List<String> documents) {
        Schema schema;
        try {
            schema = load(schemas.get(schemas.size() - 1));
        } catch (Throwable error) {
            return "{\"schema\":" + quoted(error) + ",\"documents\":[]}";
        }
        var verdicts = new StringBuilder();
        for (String document : documents) {
            verdicts.append(verdicts.length() == 0 ? "" : ",");
            try {
                Validator validator = schema.newValidator();
                validator.setErrorHandler(new Strict());
                validator.validate(new StreamSource(new File(document)));
                verdicts.append("null");
            } catch (Throwable error) {
                verdicts.append(quoted(error));
            }
        }
        return "{\"schema\":null,\"documents\":[" + verdicts + "]}";
    }

    private static Schema load(String path) throws Exception {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, false);
        factory.setFeature("http://apache.org/xml/features/validation/schema-full-checking", true);
        factory.setErrorHandler(new Strict());
        factory.setResourceResolver(new Offline());
        return factory.newSchema(new Source[] {new StreamSource(new File(path))});
    }

    private static List<String> texts(String json) {
        var found = new ArrayList<String>();
        for (Matcher matcher = TEXT.matcher(json); matcher.find(); ) {
            if (!matcher.group(1).equals("schemas")) {
                found.add(matcher.group(1).replace("\\\"", "\"").replace("\\\\", "\\"));
            }
        }
        return found;
    }

    private static String quoted(Throwable error) {
        String text = error instanceof SAXParseException ? error.getMessage() : error.toString();
        var out = new StringBuilder("\"");
        for (char c : String.valueOf(text).toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c < ' ' || Character.isSurrogate(c) ? ' ' : c);
            }
        }
        return out.append('"').toString();
    }

    private static final class Strict implements ErrorHandler {
        public void warning(SAXParseException warning) {}

        public void error(SAXParseException error) throws SAXParseException {
            throw error;
        }

        public void fatalError(SAXParseException error) throws SAXParseException {
            throw error;
        }
    }

    /** What lies on the network cannot be found. */
    private static final class Offline implements LSResourceResolver {
        public LSInput resolveResource(String type, String namespace, String publicId, String systemId, String base) {
            if (systemId == null || !systemId.matches("(?s)[A-Za-z][A-Za-z0-9+.-]+:.*") || systemId.startsWith("file:")) {
                return null;
            }
            return new Nowhere();
        }
    }

    private static final class Nowhere implements LSInput {
        public java.io.Reader getCharacterStream() { return null; }
        public void setCharacterStream(java.io.Reader reader) {}
        public java.io.InputStream getByteStream() { return null; }
        public void setByteStream(java.io.InputStream stream) {}
        public String getStringData() { return null; }
        public void setStringData(String data) {}
        public String getSystemId() { return "file:///nowhere/at/all.xsd"; }
        public void setSystemId(String id) {}
        public String getPublicId() { return null; }
        public void setPublicId(String id) {}
        public String getBaseURI() { return null; }
        public void setBaseURI(String uri) {}
        public String getEncoding() { return null; }
        public void setEncoding(String encoding) {}
        public boolean getCertifiedText() { return false; }
        public void setCertifiedText(boolean certified) {}
    }
}
