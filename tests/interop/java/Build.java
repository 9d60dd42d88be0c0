import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Generates classes from the served WSDL, compiles them with a program and runs it, all in one virtual machine.
 *
 * <p>Arguments: the tool (wsimport, wsdl2java or none), an empty folder, the sources (the last one has main) separated by commas,
 * the plan, then addresses of WSDL; "package=address" where two contracts would have one package.
 */
public final class Build {
    public static void main(String[] arguments) throws Throwable {
        PrintStream facts = System.out;
        System.setOut(System.err);
        String tool = arguments[0];
        Path folder = Path.of(arguments[1]);
        String[] sources = arguments[2].split(",");
        for (int i = 4; i < arguments.length; i++) {
            generate(tool, folder, arguments[i]);
        }
        compile(folder, sources);
        System.setOut(facts);
        run(folder, Path.of(sources[sources.length - 1]).getFileName().toString().replace(".java", ""), arguments[3]);
    }

    private static void generate(String tool, Path folder, String source) throws Throwable {
        Matcher named = Pattern.compile("(\\w+)=(.*)").matcher(source);
        String address = named.matches() ? named.group(2) : source;
        List<String> name = named.matches() ? List.of("-p", named.group(1)) : List.of();
        if (tool.equals("wsimport")) {
            // SOAP 1.2 ports are an extension for it, as for everybody who generates from WCF's files.
            String[] options = options(
                name, "-quiet", "-extension", "-Xnocompile", "-s", folder.toString(), "-d", folder.toString(), address);
            Object failed = Class.forName("com.sun.tools.ws.WsImport").getMethod("doMain", String[].class)
                .invoke(null, (Object) options);
            if (!failed.equals(0)) {
                throw new IllegalStateException("wsimport failed: " + address);
            }
        } else {
            String[] options = options(name, "-quiet", "-d", folder.toString(), address);
            Class<?> type = Class.forName("org.apache.cxf.tools.wsdlto.WSDLToJava");
            Class<?> context = Class.forName("org.apache.cxf.tools.common.ToolContext");
            Object made = type.getConstructor(String[].class).newInstance((Object) options);
            type.getMethod("run", context).invoke(made, context.getConstructor().newInstance());
        }
    }

    private static String[] options(List<String> name, String... others) {
        List<String> options = new ArrayList<>(name);
        options.addAll(List.of(others));
        return options.toArray(String[]::new);
    }

    private static void compile(Path folder, String[] sources) throws Exception {
        List<Path> files = new ArrayList<>();
        for (String source : sources) {
            files.add(Path.of(source));
        }
        try (var generated = Files.walk(folder)) {
            generated.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-nowarn", "-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
            if (!compiler.getTask(null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files)).call()) {
                throw new IllegalStateException("the program does not compile with the generated classes");
            }
        }
    }

    private static void run(Path folder, String program, String plan) throws Throwable {
        URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, Build.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        int code = 0;
        try {
            loader.loadClass(program).getMethod("main", String[].class).invoke(null, (Object) new String[] {plan});
        } catch (InvocationTargetException failed) {
            failed.getCause().printStackTrace();
            code = 1;
        }
        // Threads of connection pools and servers would keep the machine running.
        System.exit(code);
    }
}
