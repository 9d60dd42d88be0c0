import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tempuri.CallContext;
import org.tempuri.DataContainer;
import org.tempuri.IRegiXEntryPoint;
import org.tempuri.ServiceCheckResultArgument;
import org.tempuri.ServiceRequestData;
import org.tempuri.ServiceResultData;

/** The first entry point. */
final class First extends Calls {
    private final IRegiXEntryPoint port;

    First(Plan plan, IRegiXEntryPoint port) {
        super(plan, port);
        this.port = port;
    }

    @Override
    Map<String, Object> ask(String ask) throws Exception {
        return ask(request(ask));
    }

    Map<String, Object> ask(ServiceRequestData request) throws Exception {
        return orFault(() -> told(port.executeSynchronous(request)));
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

    ServiceRequestData request(String ask) throws Exception {
        CallContext context = new CallContext();
        context.setServiceURI("17-2026");
        context.setServiceType("Проверка");
        context.setLawReason("чл. 1 от пример");
        ServiceRequestData request = new ServiceRequestData();
        request.setOperation(operation(ask));
        request.setArgument(new ServiceRequestData.Argument());
        request.getArgument().setAny(argument(ask));
        request.setCallContext(context);
        request.setSignResult(signs(ask));
        request.setReturnAccessMatrix(ask.equals("matrix"));
        return request;
    }

    private Map<String, Object> told(ServiceResultData result) throws Exception {
        DataContainer data = value(result.getData());
        DataContainer.Matrix matrix = data == null ? null : value(data.getMatrix());
        List<String> names = matrix == null ? null : new ArrayList<>();
        if (matrix != null) {
            matrix.getProperties().getProperty().forEach(property -> names.add(property.getName()));
        }
        return told(answers, result.isIsReady(), result.isHasError(), value(result.getError()), result.getServiceCallID(), null,
            data == null || data.getRequest() == null ? null : data.getRequest().getAny(),
            data == null || data.getResponse() == null ? null : data.getResponse().getAny(),
            result.getSignature() != null, names);
    }
}
