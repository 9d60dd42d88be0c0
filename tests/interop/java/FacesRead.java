import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Classes of JAX-WS RI from each WSDL in a folder, compiled: arguments are the folder of the files and an empty one. */
public final class FacesRead {
    public static void main(String[] arguments) throws Throwable {
        List<Path> files = new ArrayList<>();
        try (var found = Files.list(Path.of(arguments[0]))) {
            found.sorted().forEach(files::add);
        }
        PrintStream facts = System.out;
        Map<String, String> failed = new LinkedHashMap<>();
        for (Path file : files) {
            Path folder = Path.of(arguments[1]).resolve(file.getFileName());
            Files.createDirectories(folder);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            System.setOut(new PrintStream(said));
            Object code = Class.forName("com.sun.tools.ws.WsImport").getMethod("doMain", String[].class).invoke(null, (Object)
                new String[] {"-quiet", "-extension", "-Xnocompile", "-s", folder.toString(), "-d", folder.toString(), file.toUri().toString()});
            if (!code.equals(0) || !compiles(folder)) {
                failed.put(file.getFileName().toString(), said.toString());
            }
        }
        facts.println(files.size());
        failed.forEach((file, said) -> facts.println(file + ": " + said.replace('\n', ' ')));
        System.exit(0);
    }

    private static boolean compiles(Path folder) throws Exception {
        List<Path> sources = new ArrayList<>();
        try (var generated = Files.walk(folder)) {
            generated.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-nowarn", "-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
            return compiler.getTask(null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources)).call();
        }
    }
}
