// gSOAP with classes generated from the served WSDL of both contracts.

#include "WSHttpBinding_USCOREIRegiXEntryPoint.nsmap"
#include "soapWSHttpBinding_USCOREIRegiXEntryPointProxy.h"
#include "soapWSHttpBinding_USCOREIRegiXEntryPointV2Proxy.h"
#include "soapWSHttpBinding_USCOREIRegiXEntryPointV2Service.h"
// After the generated headers.
#include "shared.h"

/// Signed are those that the suite says so of; slow is answered after seconds.
template <class Request, class Context> static void fill(soap *soap, Request &request, Context *context, const std::string &ask) {
    context->ServiceURI = "17-2026";
    context->ServiceType = "Проверка";
    context->LawReason = "чл. 1 от пример";
    const char *argument = ask == "wrong" ? "wrong" : ask == "slow" ? "slow.argument" : "argument";
    request.Operation = plan[ask == "slow" ? "slow.operation" : "operation"];
    request.Argument.__any = soap_strdup(soap, plan[argument].c_str());
    request.CallContext = context;
    request.SignResult = ask == "signed" || ask == "later" || ask == "paper" || ask == "pushed";
    request.ReturnAccessMatrix = ask == "matrix";
}

template <class Result> static Facts told(const Result &result, const std::string *code) {
    Facts facts;
    auto data = result.Data;
    const char *request = data && data->Request ? data->Request->__any : nullptr;
    const char *response = data && data->Response ? data->Response->__any : nullptr;
    facts.add("outcome", quoted("result"));
    facts.add("ready", truth(result.IsReady));
    facts.add("has_error", truth(result.HasError));
    facts.add("error", quoted(result.Error));
    facts.add("call_id", quoted(result.ServiceCallID));
    facts.add("code", quoted(code));
    facts.add("request", name(request));
    facts.add("response", name(response));
    facts.add("first_name", between(response, "<FirstName>", "</FirstName>"));
    facts.add("pdf", between(response, "<Binary>", "</Binary>"));
    facts.add("signed", truth(result.dsig__Signature));
    std::string matrix = "null";
    if (data && data->Matrix && data->Matrix->Properties) {
        matrix = "[";
        for (auto property : data->Matrix->Properties->Property)
            matrix += (matrix.size() > 1 ? ", " : "") + quoted(property->Name);
        matrix += "]";
    }
    facts.add("matrix", matrix);
    return facts;
}

/// Action, MessageID, anonymous ReplyTo and To.
static void address(soap *soap, const char *action, const std::string &to, int number) {
    soap_default_SOAP_ENV__Header(soap, soap->header = soap_new_SOAP_ENV__Header(soap));
    soap->header->wsa5__Action = soap_strdup(soap, action);
    soap->header->wsa5__To = soap_strdup(soap, to.c_str());
    std::string id = "urn:uuid:00000000-0000-4000-8000-" + std::to_string(100000000000 + number);
    soap->header->wsa5__MessageID = soap_strdup(soap, id.c_str());
    soap->header->wsa5__ReplyTo = soap_new_wsa5__EndpointReferenceType(soap);
    soap_default_wsa5__EndpointReferenceType(soap, soap->header->wsa5__ReplyTo);
    soap->header->wsa5__ReplyTo->Address = const_cast<char *>("http://www.w3.org/2005/08/addressing/anonymous");
}

/// The table of namespaces with SOAP 1.1 preferred; the generated one prefers SOAP 1.2.
static const Namespace *older() {
    static std::vector<Namespace> table;
    for (const Namespace *row = namespaces; table.empty() || table.back().id; ++row) {
        table.push_back(*row);
        if (row->in && row->id && !strncmp(row->id, "SOAP-", 5)) std::swap(table.back().ns, table.back().in);
    }
    return table.data();
}

/// One contract in one version of SOAP, as one caller; each exchange has a context of its own.
class Caller {
  public:
    Caller(const std::string &wire, const std::string &who) : first(wire.substr(0, 2) == "v1"), newer(wire.substr(3) == "12"), who(who) {}

    const bool first;

    /// Asks and waits, or is accepted if `ticket` takes what the answer is fetched by; it goes to `callback` too, if there is one.
    Facts ask(const std::string &ask, Ticket *ticket = nullptr, const std::string &callback = "") {
        if (first) return ticket ? accept_first(ask, *ticket) : ask_first(ask);
        return exchange("Execute", [&](soap *soap, const char *to, const char *action, Facts &facts) {
            WSHttpBinding_USCOREIRegiXEntryPointV2Proxy proxy(soap);
            prefer(soap);
            _v2__Execute question;
            _v2__ExecuteResponse answer;
            sd__CallContext context;
            question.request = soap_new_sd__RequestWrapper(soap);
            sd__ServiceRequestData *request = question.request->ServiceRequestData = soap_new_sd__ServiceRequestData(soap);
            fill(soap, *request, &context, ask);
            if (ticket) request->RequestProcessing = sd__RequestProcessing__Asynchronous;
            if (ask == "paper") request->ResponseProcessing = sd__ResponseProcessing__TransformToPDF;
            std::string address = callback;
            if (!address.empty()) request->CallbackURL = &address;
            if (proxy.Execute(to, action, &question, answer)) return false;
            sd__ServiceResultData *result = answer.ExecuteResult->ServiceResultData;
            facts = told(*result, result->VerificationCode);
            if (ticket) *ticket = {result->ServiceCallID, result->VerificationCode ? *result->VerificationCode : ""};
            return true;
        });
    }

    /// An empty number is not sent.
    Facts check(const Ticket &ticket) {
        return exchange("CheckResult", [&](soap *soap, const char *to, const char *action, Facts &facts) {
            if (first) {
                WSHttpBinding_USCOREIRegiXEntryPointProxy proxy(soap);
                prefer(soap);
                _v1__CheckResult question;
                _v1__CheckResultResponse answer;
                question.argument = soap_new_v1__ServiceCheckResultArgument(soap);
                question.argument->ServiceCallID = ticket.number;
                if (proxy.CheckResult(to, action, &question, answer)) return false;
                facts = told(*answer.CheckResultResult, nullptr);
            } else {
                WSHttpBinding_USCOREIRegiXEntryPointV2Proxy proxy(soap);
                prefer(soap);
                _v2__CheckResult question;
                _v2__CheckResultResponse answer;
                question.argument = about(soap, ticket);
                if (proxy.CheckResult(to, action, &question, answer)) return false;
                sd__ServiceResultData *result = answer.CheckResultResult->ServiceResultData;
                facts = told(*result, result->VerificationCode);
            }
            return true;
        });
    }

    Facts acknowledge(const Ticket &ticket) {
        return exchange("AcknowledgeResultReceived", [&](soap *soap, const char *to, const char *action, Facts &facts) {
            WSHttpBinding_USCOREIRegiXEntryPointV2Proxy proxy(soap);
            prefer(soap);
            _v2__AcknowledgeResultReceived question;
            _v2__AcknowledgeResultReceivedResponse answer;
            question.argument = about(soap, ticket);
            if (proxy.AcknowledgeResultReceived(to, action, &question, answer)) return false;
            facts.add("outcome", quoted("nothing"));
            return true;
        });
    }

    Facts later() {
        Ticket ticket;
        Facts facts;
        facts.add("accepted", ask("later", &ticket).json());
        facts.add("answer", until_ready([&] { return check(ticket); }).json());
        if (first) return facts;
        facts.add("acknowledged", truth(acknowledge(ticket).is("outcome", quoted("nothing"))));
        facts.add("gone", check(ticket).json());
        return facts;
    }

    Facts astray(Caller stranger) {
        Ticket ticket, nobodys;
        Facts facts;
        ask("slow", &ticket);
        facts.add("pending", check(ticket).json());
        if (!first) {
            facts.add("unready", acknowledge(ticket).json());
            facts.add("code", check({ticket.number, "17.AAAA"}).json());
            facts.add("unnumbered", check({"", ticket.code}).json());
        }
        facts.add("unknown", check({plan["unknown"], ticket.code}).json());
        facts.add("refused", stranger.ask("unsigned", &nobodys).json());
        return facts;
    }

  private:
    const bool newer;
    const std::string who;

    template <class Talk> Facts exchange(const char *method, Talk talk) {
        static int number = 0;
        std::string to = plan["base"] + (first ? "/RegiXEntryPoint.svc" : "/RegiXEntryPointV2.svc") + (newer ? "" : "/basic");
        std::string action =
            std::string(first ? "http://tempuri.org/IRegiXEntryPoint/" : "http://egov.bg/RegiX/IRegiXEntryPointV2/") + method;
        return ::exchange(who, [&](soap *soap, Facts &facts) {
            if (newer) address(soap, action.c_str(), to, ++number);
            return talk(soap, to.c_str(), action.c_str(), facts);
        });
    }

    void prefer(soap *soap) const {
        if (!newer) soap_set_namespaces(soap, older());
    }

    Facts ask_first(const std::string &ask) {
        return exchange("ExecuteSynchronous", [&](soap *soap, const char *to, const char *action, Facts &facts) {
            WSHttpBinding_USCOREIRegiXEntryPointProxy proxy(soap);
            prefer(soap);
            _v1__ExecuteSynchronous question;
            _v1__ExecuteSynchronousResponse answer;
            v1__CallContext context;
            question.request = soap_new_v1__ServiceRequestData(soap);
            fill(soap, *question.request, &context, ask);
            if (proxy.ExecuteSynchronous(to, action, &question, answer)) return false;
            facts = told(*answer.ExecuteSynchronousResult, nullptr);
            return true;
        });
    }

    Facts accept_first(const std::string &ask, Ticket &ticket) {
        return exchange("Execute", [&](soap *soap, const char *to, const char *action, Facts &facts) {
            WSHttpBinding_USCOREIRegiXEntryPointProxy proxy(soap);
            prefer(soap);
            _v1__Execute question;
            _v1__ExecuteResponse answer;
            v1__CallContext context;
            question.request = soap_new_v1__ServiceRequestData(soap);
            fill(soap, *question.request, &context, ask);
            if (proxy.Execute(to, action, &question, answer)) return false;
            facts.add("has_error", truth(answer.ExecuteResult->HasError));
            facts.add("error", quoted(answer.ExecuteResult->Error));
            facts.add("call_id", quoted(answer.ExecuteResult->ServiceCallID));
            ticket.number = answer.ExecuteResult->ServiceCallID;
            return true;
        });
    }

    static sd__ServiceCheckResultWrapper *about(soap *soap, const Ticket &ticket) {
        sd__ServiceCheckResultWrapper *wrapper = soap_new_sd__ServiceCheckResultWrapper(soap);
        sd__ServiceCheckResultArgument *argument = soap_new_sd__ServiceCheckResultArgument(soap);
        wrapper->ServiceCheckResultArgument = argument;
        if (!ticket.number.empty()) *(argument->ServiceCallID = soap_new_std__string(soap)) = ticket.number;
        *(argument->VerificationCode = soap_new_std__string(soap)) = ticket.code;
        return wrapper;
    }
};

/// The consumer's end of the second contract, served by gSOAP itself.
class Receiver : public WSHttpBinding_USCOREIRegiXEntryPointV2Service {
  public:
    Facts facts;

    Receiver(struct soap *soap) : WSHttpBinding_USCOREIRegiXEntryPointV2Service(soap) {}

    int ExecuteCallback(_v2__ExecuteCallback *pushed, _v2__ExecuteCallbackResponse &) override {
        sd__ServiceResultData *result = pushed->request->ServiceResultData;
        Facts read = told(*result, result->VerificationCode);
        read.add("octets", quoted(received.substr(received.find("\r\n\r\n") + 4)));
        facts.add("received", read.json());
        char name[64] = "";
        X509 *shown = SSL_get_peer_certificate(soap->ssl);
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
        X509_free(shown);
        facts.add("caller", quoted(name));
        return SOAP_OK;
    }

    int ExecuteCallback_(_v2__ExecuteCallback *pushed, _v2__ExecuteCallbackResponse &reply) override { return ExecuteCallback(pushed, reply); }
};

/// An answer that is pushed to a server of gSOAP with the certificate for localhost.
static Facts pushed() {
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    std::string keys = plan["forms"] + "/server.pem", ca = plan["certs"] + "/ca.pem", port = plan["receiver.gsoap"];
    soap->accept_timeout = soap->recv_timeout = 30;
    soap->bind_flags = SO_REUSEADDR;
    if (soap_ssl_server_context(
            soap, SOAP_SSL_REQUIRE_CLIENT_AUTHENTICATION, keys.c_str(), nullptr, ca.c_str(), nullptr, nullptr, nullptr, "callback")
        || !soap_valid_socket(soap_bind(soap, "localhost", std::stoi(port), 8)))
        return failed(soap);
    Ticket ticket;
    std::string accepted = Caller("v2-11", "consumer").ask("pushed", &ticket, "https://localhost:" + port + "/callback").json();
    received.clear();
    receive = soap->frecv;
    soap->frecv = keep;
    Receiver receiver(soap);
    if (!soap_valid_socket(soap_accept(soap)) || soap_ssl_accept(soap) || receiver.serve()) return failed(soap);
    receiver.facts.add("accepted", accepted);
    soap_destroy(soap);
    soap_end(soap);
    soap_done(soap);
    return receiver.facts;
}

int main(int count, char **arguments) {
    read_plan(count, arguments);
    Facts all;
    for (const std::string wire : {"v1-11", "v1-12", "v2-11", "v2-12"}) {
        Facts told;
        Caller consumer(wire, "consumer"), stranger(wire, "stranger");
        for (const std::string ask : {"unsigned", "signed", "matrix", "wrong", "paper"})
            if (!consumer.first || ask != "paper") told.add(ask, consumer.ask(ask).json());
        told.add("stranger", stranger.ask("stranger").json());
        told.add("later", consumer.later().json());
        told.add("astray", consumer.astray(stranger).json());
        all.add(wire, told.json());
    }
    all.add("pushed", pushed().json());
    std::cout << all.json() << std::endl;
}
