import bg.egov.regix.IRegiXEntryPointV2;
import bg.egov.regix.signeddata.CallContext;
import bg.egov.regix.signeddata.DataContainer;
import bg.egov.regix.signeddata.ObjectFactory;
import bg.egov.regix.signeddata.RequestWrapper;
import bg.egov.regix.signeddata.ServiceCheckResultArgument;
import bg.egov.regix.signeddata.ServiceCheckResultWrapper;
import bg.egov.regix.signeddata.ServiceRequestData;
import bg.egov.regix.signeddata.ServiceResultData;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The second entry point. */
final class Second extends Calls {
    private final IRegiXEntryPointV2 port;

    Second(Plan plan, IRegiXEntryPointV2 port) {
        super(plan, port);
        this.port = port;
    }

    @Override
    Map<String, Object> ask(String ask) throws Exception {
        return execute(request(ask));
    }

    @Override
    Map<String, Object> accept(String ask, String callback) throws Exception {
        ServiceRequestData request = request(ask);
        request.getRequestProcessing().add("Asynchronous");
        if (callback != null) {
            request.setCallbackURL(new ObjectFactory().createServiceRequestDataCallbackURL(callback));
        }
        return execute(request);
    }

    @Override
    Map<String, Object> check(BigDecimal number, String code) throws Exception {
        return orFault(() -> told(answers, port.checkResult(about(number, code)).getServiceResultData()));
    }

    @Override
    Map<String, Object> acknowledge(BigDecimal number, String code) throws Exception {
        return orFault(() -> {
            port.acknowledgeResultReceived(about(number, code));
            return nothing();
        });
    }

    private Map<String, Object> execute(ServiceRequestData request) throws Exception {
        RequestWrapper wrapper = new RequestWrapper();
        wrapper.setServiceRequestData(request);
        return orFault(() -> told(answers, port.execute(wrapper).getServiceResultData()));
    }

    private ServiceRequestData request(String ask) throws Exception {
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
        if (ask.equals("paper")) {
            request.getResponseProcessing().add("TransformToPDF");
        }
        return request;
    }

    private static ServiceCheckResultWrapper about(BigDecimal number, String code) {
        ServiceCheckResultArgument argument = new ServiceCheckResultArgument();
        argument.setServiceCallID(number);
        argument.setVerificationCode(code);
        ServiceCheckResultWrapper wrapper = new ServiceCheckResultWrapper();
        wrapper.setServiceCheckResultArgument(argument);
        return wrapper;
    }

    /** The facts of a result that came in a message, as an answer or pushed. */
    static Map<String, Object> told(Keeper message, ServiceResultData result) throws Exception {
        DataContainer data = value(result.getData());
        DataContainer.Matrix matrix = data == null ? null : value(data.getMatrix());
        List<String> names = matrix == null ? null : new ArrayList<>();
        if (matrix != null) {
            matrix.getProperties().getProperty().forEach(property -> names.add(property.getName()));
        }
        return told(message, result.isIsReady(), result.isHasError(), value(result.getError()), result.getServiceCallID(),
            result.getVerificationCode(),
            data == null || data.getRequest() == null ? null : data.getRequest().getAny(),
            data == null || data.getResponse() == null ? null : data.getResponse().getAny(),
            result.getSignature() != null, names);
    }
}
