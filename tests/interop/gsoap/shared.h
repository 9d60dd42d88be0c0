// What both gSOAP programs share: the plan, facts, a context for each exchange. The generated headers come before.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

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

    bool is(const std::string &name, const std::string &json) const {
        return std::find(values.begin(), values.end(), std::make_pair(name, json)) != values.end();
    }

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

static Facts failed(soap *soap) {
    Facts facts;
    bool fault = soap->error == SOAP_FAULT || soap->error == SOAP_SVR_FAULT || soap->error == SOAP_CLI_FAULT;
    facts.add("outcome", quoted(fault ? "fault" : "failure"));
    facts.add("code", quoted(*soap_faultcode(soap)));
    facts.add("text", quoted(soap_fault_string(soap)));
    facts.add("detail", quoted(soap_fault_detail(soap) ? soap_fault_detail(soap) : ""));
    return facts;
}

/// By which an answer is fetched.
struct Ticket {
    std::string number, code;
};

/// One exchange as somebody, in a context of its own; `talk` calls the proxy and tells what it brought, or that it failed.
template <class Talk> static Facts exchange(const std::string &who, Talk talk) {
    struct soap *soap = soap_new1(SOAP_XML_INDENT | SOAP_C_UTFSTRING);
    std::string keys = plan["forms"] + "/" + who + ".pem", ca = plan["certs"] + "/ca.pem";
    if (soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, keys.c_str(), nullptr, ca.c_str(), nullptr, nullptr)) return failed(soap);
    received.clear();
    receive = soap->frecv;
    soap->frecv = keep;
    Facts facts;
    if (!talk(soap, facts)) facts = failed(soap);
    facts.add("octets", quoted(received.substr(received.find("\r\n\r\n") + 4)));
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
    return facts;
}

/// Asks again until the answer is there.
template <class Check> static Facts until_ready(Check check) {
    Facts answer = check();
    for (int turn = 0; turn < 600 && !answer.is("ready", "true"); ++turn) {
        usleep(50000);
        answer = check();
    }
    return answer;
}

/// Reads the plan that the program is given.
static void read_plan(int count, char **arguments) {
    std::ifstream lines(arguments[count - 1]);
    for (std::string line; std::getline(lines, line);)
        plan[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    soap_ssl_init();
}
