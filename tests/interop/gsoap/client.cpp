// gSOAP with classes generated from the served WSDL of both contracts.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "WSHttpBinding_USCOREIRegiXEntryPoint.nsmap"
#include "soapWSHttpBinding_USCOREIRegiXEntryPointProxy.h"
#include "soapWSHttpBinding_USCOREIRegiXEntryPointV2Proxy.h"

static std::map<std::string, std::string> plan;

/// What came over the connection of the last call, head and body.
static std::string received;
static size_t (*receive)(struct soap *, char *, size_t);

static size_t keep(struct soap *soap, char *buffer, size_t size) {
    size_t count = receive(soap, buffer, size);
    received.append(buffer, count);
    return count;
}

/// Facts in the order in which they are told; values are JSON already.
struct Facts {
    std::vector<std::pair<std::string, std::string>> values;

    void add(const std::string &name, const std::string &json) { values.emplace_back(name, json); }

    std::string json() const {
        std::string out = "{";
        for (const auto &value : values)
            out += (out.size() > 1 ? ",\n" : "") + ("\"" + value.first + "\": ") + value.second;
        return out + "}";
    }
};

static std::string quoted(const std::string &text) {
    std::string out = "\"";
    for (unsigned char c : text) {
        char escape[8];
        if (c < ' ' || c == '"' || c == '\\') {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            out += escape;
        } else {
            out += static_cast<char>(c);
        }
    }
    return out + "\"";
}

static std::string quoted(const char *text) { return text ? quoted(std::string(text)) : "null"; }

/// What may be absent is a pointer in one contract and a value in the other.
static std::string quoted(const std::string *text) { return text ? quoted(*text) : "null"; }

static std::string truth(bool value) { return value ? "true" : "false"; }

/// The text between two others, or null.
static std::string between(const char *xml, const std::string &before, const std::string &after) {
    if (!xml) return "null";
    std::string text(xml);
    size_t start = text.find(before);
    if (start == std::string::npos) return "null";
    start += before.size();
    return quoted(text.substr(start, text.find(after, start) - start));
}

/// `{namespace}local` of an element that is kept as text: unprefixed, with a default namespace of its own.
static std::string name(const char *xml) {
    if (!xml) return "null";
    std::string text(xml), local = text.substr(1, text.find_first_of(" />", 1) - 1);
    size_t start = text.find("xmlns=\"");
    if (start == std::string::npos) return quoted(local);
    start += 7;
    return quoted("{" + text.substr(start, text.find('"', start) - start) + "}" + local);
}

template <class Request, class Context> static void fill(soap *soap, Request &request, Context *context, const std::string &ask) {
    context->ServiceURI = "17-2026";
    context->ServiceType = "Проверка";
    context->LawReason = "чл. 1 от пример";
    request.Operation = plan["operation"];
    request.Argument.__any = soap_strdup(soap, plan[ask == "wrong" ? "wrong" : "argument"].c_str());
    request.CallContext = context;
    request.SignResult = ask == "signed";
    request.ReturnAccessMatrix = ask == "matrix";
}

template <class Result> static Facts told(const Result &result, bool is_signed) {
    Facts facts;
    auto data = result.Data;
    const char *request = data && data->Request ? data->Request->__any : nullptr;
    const char *response = data && data->Response ? data->Response->__any : nullptr;
    facts.add("outcome", quoted("result"));
    facts.add("ready", truth(result.IsReady));
    facts.add("has_error", truth(result.HasError));
    facts.add("error", quoted(result.Error));
    facts.add("call_id", quoted(result.ServiceCallID));
    facts.add("request", name(request));
    facts.add("response", name(response));
    facts.add("first_name", between(response, "<FirstName>", "</FirstName>"));
    facts.add("signed", truth(is_signed));
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

static Facts failed(soap *soap) {
    Facts facts;
    bool fault = soap->error == SOAP_FAULT || soap->error == SOAP_SVR_FAULT || soap->error == SOAP_CLI_FAULT;
    facts.add("outcome", quoted(fault ? "fault" : "failure"));
    facts.add("code", quoted(*soap_faultcode(soap)));
    facts.add("text", quoted(soap_fault_string(soap)));
    facts.add("detail", quoted(soap_fault_detail(soap) ? soap_fault_detail(soap) : ""));
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

static Facts call(const std::string &wire, const std::string &ask, int number) {
    struct soap *soap = soap_new1(SOAP_XML_INDENT | SOAP_C_UTFSTRING);
    std::string keys = plan["forms"] + (ask == "stranger" ? "/stranger.pem" : "/consumer.pem"), ca = plan["certs"] + "/ca.pem";
    if (soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, keys.c_str(), nullptr, ca.c_str(), nullptr, nullptr)) return failed(soap);
    bool first = wire.substr(0, 2) == "v1", newer = wire.substr(3) == "12";
    std::string to = plan["base"] + (first ? "/RegiXEntryPoint.svc" : "/RegiXEntryPointV2.svc") + (newer ? "" : "/basic");
    const char *action = first ? "http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous"
                               : "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute";
    if (newer) address(soap, action, to, number);
    received.clear();
    receive = soap->frecv;
    soap->frecv = keep;
    Facts facts;
    if (first) {
        WSHttpBinding_USCOREIRegiXEntryPointProxy proxy(soap);
        if (!newer) soap_set_namespaces(soap, older());
        _v1__ExecuteSynchronous question;
        _v1__ExecuteSynchronousResponse answer;
        v1__CallContext context;
        question.request = soap_new_v1__ServiceRequestData(soap);
        fill(soap, *question.request, &context, ask);
        facts = proxy.ExecuteSynchronous(to.c_str(), action, &question, answer) == SOAP_OK
            ? told(*answer.ExecuteSynchronousResult, answer.ExecuteSynchronousResult->dsig__Signature) : failed(proxy.soap);
    } else {
        WSHttpBinding_USCOREIRegiXEntryPointV2Proxy proxy(soap);
        if (!newer) soap_set_namespaces(soap, older());
        _v2__Execute question;
        _v2__ExecuteResponse answer;
        sd__CallContext context;
        question.request = soap_new_sd__RequestWrapper(soap);
        question.request->ServiceRequestData = soap_new_sd__ServiceRequestData(soap);
        fill(soap, *question.request->ServiceRequestData, &context, ask);
        facts = proxy.Execute(to.c_str(), action, &question, answer) == SOAP_OK
            ? told(*answer.ExecuteResult->ServiceResultData, answer.ExecuteResult->ServiceResultData->dsig__Signature)
            : failed(proxy.soap);
    }
    facts.add("octets", quoted(received.substr(received.find("\r\n\r\n") + 4)));
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
    return facts;
}

int main(int count, char **arguments) {
    std::ifstream lines(arguments[count - 1]);
    for (std::string line; std::getline(lines, line);)
        plan[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    soap_ssl_init();
    int number = 0;
    Facts all;
    for (const std::string wire : {"v1-11", "v1-12", "v2-11", "v2-12"}) {
        Facts told;
        for (const std::string ask : {"unsigned", "signed", "matrix", "wrong", "stranger"})
            told.add(ask, call(wire, ask, ++number).json());
        all.add(wire, told.json());
    }
    std::cout << all.json() << std::endl;
}
