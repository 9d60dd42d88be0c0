// EgovService with gSOAP: one proxy generated from the served WSDL, for either version of SOAP.

#include "EgovServiceSoap11.nsmap"
#include "soapEgovServiceSoap11Proxy.h"
// After the generated headers.
#include "shared.h"

/// The table of namespaces with this version of SOAP preferred.
static const Namespace *preferring(const std::string &version) {
    static std::map<std::string, std::vector<Namespace>> tables;
    auto &table = tables[version];
    const std::string wanted = version == "12" ? "http://www.w3.org/2003/05/" : "http://schemas.xmlsoap.org/soap/";
    for (const Namespace *row = namespaces; table.empty() || table.back().id; ++row) {
        table.push_back(*row);
        bool of_soap = row->id && !strncmp(row->id, "SOAP-", 5);
        if (of_soap && strncmp(row->ns, wanted.c_str(), wanted.size())) std::swap(table.back().ns, table.back().in);
    }
    return table.data();
}

/// One version of SOAP, as one user.
class Client {
  public:
    Client(const std::string &version, const std::string &user) : number(std::stoll(plan["number"]) + 10 * std::stoll(version)), user(user) {
        soap = proxy.soap;
        soap_set_mode(soap, SOAP_C_UTFSTRING);
        soap_set_namespaces(soap, preferring(version));
        std::string ca = plan["certs"] + "/ca.pem";
        if (soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, nullptr, nullptr, ca.c_str(), nullptr, nullptr)) fail();
        address = plan["base"] + "/services/EgovService" + (version == "12" ? "/soap12" : "");
        proxy.soap_endpoint = address.c_str();
    }

    const long long number;

    t__ServiceRecord *record(long long number, const std::string &eik, const std::string &code = "0006-000077") {
        auto record = soap_new_t__ServiceRecord(soap);
        record->ServiceKey = key(number, eik);
        for (auto text : {std::make_pair(plan["name"], "bg"), std::make_pair(std::string("Address certificate"), "en")}) {
            auto name = soap_new_t__Name(soap);
            name->__item = text.first;
            name->lang = text.second;
            record->Name.push_back(name);
        }
        auto description = soap_new_t__Description(soap);
        description->__item = "<p>По <b>искане</b></p>";
        record->Description.push_back(description);
        record->HasCivilPurpose = true;
        auto basis = soap_new_t__LegalBasis(soap);
        basis->ActName = "Закон за гражданската регистрация";
        basis->Article = one<std::string>("24");
        record->LegalBasis.push_back(basis);
        record->ProvisionBody = "Община Изпитна";
        record->ProvisionLevel = t__ProvisionLevel__SiteInfoOnly;
        record->SecurityLevel = t__SecurityLevel__Substantial;
        record->ApplicationMethod = {t__ApplicationMethod__ApplicationAtDesk, t__ApplicationMethod__ApplicationByMail};
        auto tax = soap_new_t__Tax(soap);
        tax->Amount = "5.10";
        tax->Currency = "EUR";
        tax->ValidFrom = "2026-01-01";
        auto time = soap_new_t__ProcessTime(soap);
        time->TermType = t__TermType__normalService;
        time->Unit = one(t__TermUnit__workDays);
        time->Value = one(7);
        time->Tax.push_back(tax);
        auto channel = soap_new_t__Channel(soap);
        channel->ChannelType = soap_new_t__CodedValue(soap);
        channel->ChannelType->Code = code;
        channel->ProcessTime.push_back(time);
        record->Channel.push_back(channel);
        record->ValidFrom = 1767218400; // 2026-01-01T00:00:00+02:00
        return record;
    }

    t__OperationResult *add(t__ServiceRecord *record, const std::string &request = "") {
        _t__AddService asked;
        _t__AddServiceResponse answer;
        asked.ServiceRecord = record;
        say_who(request);
        if (proxy.AddService(&asked, answer)) return nullptr;
        return answer.OperationResult;
    }

    t__OperationResult *update(t__ServiceRecord *record, LONG64 expected) {
        _t__UpdateService asked;
        _t__UpdateServiceResponse answer;
        asked.ServiceRecord = record;
        asked.ExpectedVersion = &expected;
        say_who();
        if (proxy.UpdateService(&asked, answer)) return nullptr;
        return answer.OperationResult;
    }

    _t__GetServiceResponse read() {
        _t__GetService asked;
        _t__GetServiceResponse answer;
        asked.ServiceKey = key(number, plan["eik"]);
        say_who();
        if (proxy.GetService(&asked, answer)) fail();
        return answer;
    }

    std::vector<t__OperationResult *> save(std::vector<t__ServiceRecord *> records) {
        _t__SaveServices asked;
        _t__SaveServicesResponse answer;
        asked.ServiceRecord = records;
        asked.Mode = t__SaveMode__BestEffort;
        say_who();
        if (proxy.SaveServices(&asked, answer)) fail();
        return answer.OperationResult;
    }

    LONG64 listed() {
        _t__ListServices asked;
        _t__ListServicesResponse answer;
        asked.SupplierEIK = one(plan["eik"]);
        asked.PageNumber = 1;
        asked.PageSize = 200;
        say_who();
        if (proxy.ListServices(&asked, answer)) fail();
        return answer.TotalCount;
    }

    std::string codes() {
        _t__GetNomenclature asked;
        _t__GetNomenclatureResponse answer;
        asked.DictionaryName = "Currency";
        say_who();
        if (proxy.GetNomenclature(&asked, answer)) fail();
        std::string codes;
        for (auto code : answer.Code) codes += (codes.empty() ? "[" : ", ") + quoted(code->Code);
        return codes + "]";
    }

    /// The user, or why there is none: the status of HTTP, or the code of the fault.
    std::string ping() {
        _t__Ping asked;
        _t__PingResponse answer;
        say_who();
        if (!proxy.Ping(&asked, answer)) return quoted(answer.AuthenticatedAs);
        auto detail = declared();
        return detail ? quoted(detail->Code) : std::to_string(soap->status ? soap->status : soap->error);
    }

    /// The declared fault of the last call, as its generated class.
    std::string fault() {
        auto detail = declared();
        if (!detail) fail();
        std::string fields;
        for (auto field : detail->Field) fields += (fields.empty() ? "" : ", ") + quoted(field);
        Facts facts;
        facts.add("code", quoted(detail->Code));
        facts.add("message", quoted(detail->MessageBg));
        facts.add("fields", "[" + fields + "]");
        facts.add("retryable", truth(detail->Retryable));
        return facts.json();
    }

    std::string done(t__OperationResult *result) {
        if (!result) fail();
        Facts facts;
        facts.add("result", quoted(soap_t__Outcome2s(soap, result->Result)));
        facts.add("version", std::to_string(result->Version));
        facts.add("status", quoted(soap_t__PublicationStatus2s(soap, result->PublicationStatus)));
        return facts.json();
    }

    void fail() {
        soap_stream_fault(soap, std::cerr);
        exit(1);
    }

  private:
    t__ServiceKey *key(long long number, const std::string &eik) {
        auto key = soap_new_t__ServiceKey(soap);
        key->ServiceNumber = number;
        key->SupplierEIK = eik;
        return key;
    }

    /// User, password and request identifier of the next call.
    void say_who(const std::string &request = "") {
        secret = plan["secret"];
        soap->userid = user.c_str();
        soap->passwd = secret.c_str();
        soap->header = nullptr;
        if (request.empty()) return;
        soap_header(soap);
        soap->header->t__RequestContext = soap_new__t__RequestContext(soap);
        soap->header->t__RequestContext->RequestId = one(request);
    }

    t__ServiceFault *declared() {
        auto fault = soap->fault;
        auto detail = fault ? (fault->detail ? fault->detail : fault->SOAP_ENV__Detail) : nullptr;
        return detail ? detail->t__EgovServiceFault : nullptr;
    }

    template <class Value> Value *one(Value value) {
        auto *kept = static_cast<Value *>(values.emplace_back(new Value(value), [](void *value) { delete static_cast<Value *>(value); }).get());
        return kept;
    }

    EgovServiceSoap11Proxy proxy;
    struct soap *soap;
    std::string user, secret, address;
    std::vector<std::shared_ptr<void>> values;
};

static std::string told(const std::string &version) {
    Client client(version, plan["user"]);
    char request[40];
    snprintf(request, sizeof request, "b3b0c2b6-6a8b-4a06-9d9c-%012lld", client.number);
    auto added = client.add(client.record(client.number, plan["eik"]), request);
    Facts facts;
    facts.add("added", client.done(added));
    facts.add("request", truth(added->RequestId == request));
    facts.add("again", client.done(client.add(client.record(client.number, plan["eik"]), request)));
    auto read = client.read();
    auto kept = read.ServiceRecord;
    auto tax = kept->Channel.at(0)->ProcessTime.at(0)->Tax.at(0);
    Facts seen;
    seen.add("name", quoted(kept->Name.at(0)->__item));
    seen.add("language", quoted(kept->Name.at(0)->lang));
    seen.add("amount", quoted(tax->Amount));
    seen.add("from", quoted(tax->ValidFrom));
    seen.add("version", std::to_string(read.ServiceState->Version));
    facts.add("read", seen.json());
    kept->Keyword = {"адрес"};
    kept->PublicationStatus = nullptr;
    facts.add("updated", client.done(client.update(kept, 1)));
    if (client.update(client.record(client.number, plan["eik"]), 1)) return "null";
    facts.add("conflict", client.fault());
    auto batch = client.save({client.record(client.number + 1, plan["eik"]), client.record(client.number + 2, plan["eik"], "0006-999999")});
    std::string results;
    for (auto row : batch) results += (results.empty() ? "[" : ", ") + quoted(soap_t__Outcome2s(nullptr, row->Result));
    facts.add("batch", results + "]");
    facts.add("batch_fault", quoted(batch.at(1)->Fault->Code));
    if (client.add(client.record(client.number, plan["foreign"]))) return "null";
    facts.add("foreign", client.fault());
    facts.add("listed", truth(client.listed() >= 2));
    facts.add("codes", client.codes());
    facts.add("as", client.ping());
    facts.add("denied", Client(version, plan["nobody"]).ping());
    return facts.json();
}

int main(int count, char **arguments) {
    read_plan(count, arguments);
    Facts all;
    for (const std::string version : {"11", "12"}) all.add(version, told(version));
    std::cout << all.json() << std::endl;
}
