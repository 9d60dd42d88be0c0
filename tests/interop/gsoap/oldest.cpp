// gSOAP with classes generated from the served WSDL of the oldest contract: its names are those of V2 in the same namespace, so it
// is a program of its own.

#include "BasicHttpBinding_USCOREIRegiXService.nsmap"
#include "soapBasicHttpBinding_USCOREIRegiXServiceProxy.h"
// After the generated headers.
#include "shared.h"

using Proxy = BasicHttpBinding_USCOREIRegiXServiceProxy;

static old1__ServiceRequestData *request(soap *soap, const std::string &ask) {
    old1__ServiceRequestData *request = soap_new_old1__ServiceRequestData(soap);
    const char *argument = ask == "wrong" ? "wrong" : ask == "slow" ? "slow.argument" : "argument";
    request->Operation = plan[ask == "slow" ? "slow.operation" : "operation"];
    request->Argument.__any = soap_strdup(soap, plan[argument].c_str());
    *(request->CallContext = soap_new_std__string(soap)) = "чл. 1 от пример";
    return request;
}

static Facts told(const old1__ServiceResultData &result) {
    const char *response = result.Result ? result.Result->__any : nullptr;
    Facts facts;
    facts.add("outcome", quoted("result"));
    facts.add("ready", truth(result.IsReady));
    facts.add("has_error", truth(result.HasError));
    facts.add("error", quoted(result.Error));
    facts.add("response", name(response));
    facts.add("first_name", between(response, "<FirstName>", "</FirstName>"));
    return facts;
}

static Facts asked(const std::string &who, const std::string &ask) {
    return exchange(who, [&](soap *soap, Facts &facts) {
        Proxy proxy(soap);
        _old1__ExecuteSynchronous question;
        _old1__ExecuteSynchronousResponse answer;
        question.request = request(soap, ask);
        if (proxy.ExecuteSynchronous((plan["base"] + "/RegiXService.svc").c_str(), nullptr, &question, answer)) return false;
        facts = told(*answer.ExecuteSynchronousResult);
        return true;
    });
}

static Facts accepted(const std::string &who, const std::string &ask, Ticket &ticket) {
    return exchange(who, [&](soap *soap, Facts &facts) {
        Proxy proxy(soap);
        _old1__Execute question;
        _old1__ExecuteResponse answer;
        question.request = request(soap, ask);
        if (proxy.Execute((plan["base"] + "/RegiXService.svc").c_str(), nullptr, &question, answer)) return false;
        facts.add("has_error", truth(answer.ExecuteResult->HasError));
        facts.add("error", quoted(answer.ExecuteResult->Error));
        facts.add("call_id", quoted(answer.ExecuteResult->ServiceCallID));
        ticket.number = answer.ExecuteResult->ServiceCallID;
        return true;
    });
}

static Facts checked(const Ticket &ticket) {
    return exchange("consumer", [&](soap *soap, Facts &facts) {
        Proxy proxy(soap);
        _old1__CheckResult question;
        _old1__CheckResultResponse answer;
        question.argument = soap_new_old1__ServiceCheckResultArgument(soap);
        question.argument->ServiceCallID = ticket.number;
        if (proxy.CheckResult((plan["base"] + "/RegiXService.svc").c_str(), nullptr, &question, answer)) return false;
        facts = told(*answer.CheckResultResult);
        return true;
    });
}

int main(int count, char **arguments) {
    read_plan(count, arguments);
    Facts told, later, astray, all;
    Ticket ticket, slow, nobodys;
    told.add("unsigned", asked("consumer", "unsigned").json());
    told.add("wrong", asked("consumer", "wrong").json());
    told.add("stranger", asked("stranger", "stranger").json());
    later.add("accepted", accepted("consumer", "later", ticket).json());
    later.add("answer", until_ready([&] { return checked(ticket); }).json());
    told.add("later", later.json());
    accepted("consumer", "slow", slow);
    astray.add("pending", checked(slow).json());
    astray.add("unknown", checked({plan["unknown"], ""}).json());
    astray.add("refused", accepted("stranger", "unsigned", nobodys).json());
    told.add("astray", astray.json());
    all.add("v0-11", told.json());
    std::cout << all.json() << std::endl;
}
