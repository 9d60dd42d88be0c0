import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** What the Java programs are given, their keys, and the facts they print. */
final class Plan {
    private final Properties values = new Properties();

    Plan(String file) throws Exception {
        try (var reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            values.load(reader);
        }
    }

    String get(String name) {
        return java.util.Objects.requireNonNull(values.getProperty(name), name);
    }

    /** Keys of a caller from a PKCS#12 file; nobody's for null. */
    KeyManager[] keys(String who) throws Exception {
        if (who == null) {
            return null;
        }
        char[] password = get("password").toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(get("forms") + "/" + who + ".p12")) {
            store.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    TrustManager[] trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", certificate("ca"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    X509Certificate certificate(String name) throws Exception {
        try (InputStream in = new FileInputStream(get("certs") + "/" + name + ".pem")) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** The context that all the Java consumers build. */
    SSLContext tls(String who) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(keys(who), trust(), null);
        return context;
    }

    static void tell(Object facts) {
        StringBuilder out = new StringBuilder();
        write(facts, out);
        new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8).println(out);
    }

    private static void write(Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String gap = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(gap);
                write(entry.getKey(), out);
                out.append(": ");
                write(entry.getValue(), out);
                gap = ",\n ";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String gap = "[";
            for (Object item : list) {
                out.append(gap);
                write(item, out);
                gap = ", ";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text) {
            out.append('"');
            text.chars().forEach(c -> {
                if (c < ' ' || c == '"' || c == '\\') {
                    out.append(String.format("\\u%04x", c));
                } else {
                    out.append((char) c);
                }
            });
            out.append('"');
        } else {
            out.append(value);
        }
    }
}
