import java.math.BigDecimal;
import java.util.Map;
import oldest.IRegiXService;
import oldest.ObjectFactory;
import oldest.ServiceCheckResultArgument;
import oldest.ServiceRequestData;
import oldest.ServiceResultData;

/** The oldest contract: free text as call context, a bare document as answer. */
final class Oldest extends Calls {
    private final IRegiXService port;

    Oldest(Plan plan, IRegiXService port) {
        super(plan, port);
        this.port = port;
    }

    @Override
    Map<String, Object> ask(String ask) throws Exception {
        return orFault(() -> told(port.executeSynchronous(request(ask))));
    }

    @Override
    Map<String, Object> accept(String ask, String callback) throws Exception {
        return orFault(() -> {
            var result = port.execute(request(ask));
            return accepted(result.getServiceCallID(), result.isHasError(), value(result.getError()));
        });
    }

    @Override
    Map<String, Object> check(BigDecimal number, String code) throws Exception {
        ServiceCheckResultArgument argument = new ServiceCheckResultArgument();
        argument.setServiceCallID(number);
        return orFault(() -> told(port.checkResult(argument)));
    }

    @Override
    Map<String, Object> acknowledge(BigDecimal number, String code) {
        return null;
    }

    private ServiceRequestData request(String ask) throws Exception {
        ServiceRequestData request = new ServiceRequestData();
        request.setOperation(operation(ask));
        request.setArgument(new ServiceRequestData.Argument());
        request.getArgument().setAny(argument(ask));
        request.setCallContext(new ObjectFactory().createServiceRequestDataCallContext("чл. 1 от пример"));
        return request;
    }

    private Map<String, Object> told(ServiceResultData result) throws Exception {
        return told(answers, result.isIsReady(), result.isHasError(), value(result.getError()), null, null, null,
            result.getResult() == null ? null : result.getResult().getAny(), false, null);
    }
}
