import bg.egov.regix.IRegiXEntryPointV2;
import bg.egov.regix.signeddata.RequestWrapper;
import bg.egov.regix.signeddata.ResultWrapper;
import bg.egov.regix.signeddata.ServiceCheckResultWrapper;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.jws.WebService;

/** The consumer's end of the second contract, to which answers are pushed; each stack publishes it in its own way. */
@WebService(endpointInterface = "bg.egov.regix.IRegiXEntryPointV2", targetNamespace = "http://egov.bg/RegiX",
    serviceName = "RegiXEntryPointV2", portName = "BasicHttpBinding_IRegiXEntryPointV2")
public final class Receiver implements IRegiXEntryPointV2 {
    private final Keeper message;
    private final Supplier<Principal> caller;
    private final CompletableFuture<Map<String, Object>> came = new CompletableFuture<>();

    Receiver(Keeper message, Supplier<Principal> caller) {
        this.message = message;
        this.caller = caller;
    }

    /** Asks so that the answer is pushed to the address, and waits for it. */
    Map<String, Object> pushedTo(String address, Calls consumer) throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("accepted", consumer.accept("pushed", address));
        facts.putAll(came.get(30, TimeUnit.SECONDS));
        return facts;
    }

    @Override
    public void executeCallback(ResultWrapper request) {
        try {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("received", Second.told(message, request.getServiceResultData()));
            facts.put("caller", caller.get().getName().replaceAll("^.*CN=([^,]*).*$", "$1"));
            came.complete(facts);
        } catch (Exception error) {
            came.completeExceptionally(error);
        }
    }

    @Override
    public ResultWrapper execute(RequestWrapper request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResultWrapper checkResult(ServiceCheckResultWrapper argument) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void acknowledgeResultReceived(ServiceCheckResultWrapper argument) {
        throw new UnsupportedOperationException();
    }
}
