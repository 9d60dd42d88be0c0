"""A core as the existing one is: it drives an adapter host by the HTTP protocol and the generic WCF functions.

    core.py CHECK BASE-ADDRESS AUTHORITY [ARGUMENT...]

Each check is a function below; it ends with an error if the host does not do what the standard says. What it writes is
what .NET's HttpClientProxy and channel factory write; what it reads it reads as XmlSerializer does.
"""

import base64
import json
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

SD = "{http://egov.bg/RegiX/SignedData}"
TNS = "{http://tempuri.org/}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
DECLARED = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
NBD = "http://egov.bg/RegiX/GRAO/NBD/"
OGNYAN = "7605239965"

_, CHECK, BASE, AUTHORITY, *REST = sys.argv
CONTEXT = ssl.create_default_context(cafile=AUTHORITY) if AUTHORITY != "-" else None


def http(method, path, body=None, content_type="application/xml; charset=utf-8", headers=None):
    """Status, content type and body."""
    request = urllib.request.Request(BASE + path, data=body, method=method)
    request.add_header("Accept", "application/xml")
    if body is not None and content_type:
        request.add_header("Content-Type", content_type)
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, context=CONTEXT, timeout=30) as reply:
            return reply.status, reply.headers.get("Content-Type"), reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type"), error.read()


def document(reply):
    status, content_type, body = reply
    assert status == 200, (status, body.decode())
    assert content_type == "application/xml; charset=utf-8", content_type
    return ET.fromstring(body)


def text(reply, root="string"):
    element = document(reply)
    assert element.tag == root, element.tag
    return element.text or ""


def matrix(tree):
    """AMEntry of nested dictionaries: a property is open, with what is in it, or closed (False)."""

    def members(has_access, below):
        lines = "".join(
            f"<AccessMatrixElement><Key>{key}</Key><Value>{members(value is not False, value or {})}</Value></AccessMatrixElement>"
            for key, value in below.items()
        )
        return f"<HasAccess>{str(has_access).lower()}</HasAccess>{lines}"

    return f'<AMEntry xmlns="http://egov.bg/RegiX/ObjectMappingr">{members(True, tree)}</AMEntry>'


VALID_PERSON = dict.fromkeys(["FirstName", "SurName", "FamilyName", "BirthDate", "DeathDate"], {})


def parameters(sign=False, returned=False, call_id=77, ns=""):
    xmlns = f' xmlns="{ns}"' if ns is not None else ""
    return (
        f"<CallContext><ServiceURI>12-34</ServiceURI><ServiceType>Проверка</ServiceType><EmployeeIdentifier xsi:nil=\"true\" />"
        f"<LawReason>чл. 1</LawReason><Remark xsi:nil=\"true\" /></CallContext><CitizenEGN>{OGNYAN}</CitizenEGN>"
        f"<ClientIPAddress>10.1.2.3:4567</ClientIPAddress><OrganizationEIK>2.16.100.1.1.9</OrganizationEIK>"
        f"<OrganizationUnit>Община Капийци</OrganizationUnit>"
        f"<ReturnAccessMatrix>{str(returned).lower()}</ReturnAccessMatrix><SignResult>{str(sign).lower()}</SignResult>"
        f"<ApiServiceCallId>{call_id}</ApiServiceCallId><RequestProcessing /><ResponseProcessing /><ProcessingData />"
    )


def request(operation, argument, flags=("", "")):
    members = [
        ("RequestProcessing", flags[0]),
        ("ResponseProcessing", flags[1]),
        ("Operation", operation),
    ]
    leaves = "".join(f'<{name} xmlns="{SD[1:-1]}">{value}</{name}>' for name, value in members)
    nil = "".join(f'<{name} xsi:nil="true" xmlns="{SD[1:-1]}" />' for name in ("EIDToken", "CallbackURL", "EmployeeEGN", "CitizenEGN"))
    false = "".join(f'<{name} xmlns="{SD[1:-1]}">false</{name}>' for name in ("SignResult", "ReturnAccessMatrix"))
    argument = f'<Argument xmlns="{SD[1:-1]}">{argument}</Argument>' if argument else ""
    return leaves + argument + nil + false


def wrapper(operation, argument, tree, flags=("", ""), **facts):
    am = f"<AccessMatrix>\n    {matrix(tree)}</AccessMatrix>" if tree is not None else ""
    return (
        f'<?xml version="1.0"?>\n<RequestWrapper {DECLARED} xmlns="http://egov.bg/RegiX/DataContracts/RequestWrapper">\n'
        f"  <Request>{request(operation, argument, flags)}</Request>\n  {am}\n"
        f'  <AdditionalParameters><AdapterAdditionalParameters {DECLARED} xmlns="">{parameters(**facts)}'
        "</AdapterAdditionalParameters></AdditionalParameters>\n</RequestWrapper>"
    ).encode()


def valid_person(egn=OGNYAN):
    return f'<ValidPersonRequest {DECLARED} xmlns="{NBD}ValidPersonRequest"><EGN>{egn}</EGN></ValidPersonRequest>'


def execute(tree=VALID_PERSON, operation="TechnoLogica.RegiX.GraoNBDAdapter.AdapterService.INBDAdapter.ValidPersonSearch",
            argument=None, adapter="NBDAdapter", **facts):
    body = wrapper(operation, valid_person() if argument is None else argument, tree, **facts)
    return http("POST", f"/{adapter}/Execute", body)


def result(element):
    """The members in their order; a successful result gives its response document."""
    assert element.tag == SD + "ServiceResultData", element.tag
    names = [child.tag.removeprefix(SD) for child in element]
    value = {name: element[at] for at, name in enumerate(names)}
    assert value["HasError"].text == "false", value["Error"].text
    assert value["IsReady"].text == "true"
    assert value["Error"].get(XSI + "nil") == "true"
    data = value["Data"]
    assert data.get("id") == "data"
    assert [(child.tag, child.get("id")) for child in data][:2] == [(SD + "Request", "request"), (SD + "Response", "response")]
    return names, value, data


def response(reply):
    return result(document(reply))[2][1][0]


def error(reply, call_id="77"):
    element = document(reply)
    value = {child.tag.removeprefix(SD): child for child in element}
    assert value["HasError"].text == "true" and value["IsReady"].text == "false"
    assert value["Data"].get(XSI + "nil") == "true"
    assert value["ServiceCallID"].text == call_id, value["ServiceCallID"].text
    return value["Error"].text


def fields(element):
    return {child.tag.rsplit("}", 1)[1]: child.text for child in element}


# ---- checks ----


def check_execute():
    names, value, data = result(document(execute()))
    assert names == ["IsReady", "Data", "HasError", "Error", "ServiceCallID"], names
    assert value["ServiceCallID"].text == "77"
    assert data[0][0].tag == f"{{{NBD}ValidPersonRequest}}ValidPersonRequest"
    assert data[2].tag == SD + "Matrix" and data[2].get(XSI + "nil") == "true"
    assert fields(data[1][0]) == {"FirstName": "Огнян", "SurName": "Светлинов", "FamilyName": "Капийски", "BirthDate": "1976-05-23"}
    # The typed path and the transparent one name the operation differently; paths are matched in any case.
    api = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch"
    assert len(response(execute(operation=api, adapter="nbdadapter"))) == 4
    assert len(response(execute(operation=api, adapter="TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI"))) == 4


def check_matrix():
    assert fields(response(execute({"FirstName": {}}))) == {"FirstName": "Огнян"}
    assert fields(response(execute({"FirstName": {}, "SurName": False}))) == {"FirstName": "Огнян"}
    assert len(response(execute({}))) == 0, "no rows: an empty object, not an error"
    assert len(response(execute(None))) == 0, "no matrix at all opens nothing"
    assert len(response(execute({"Nothing": {}, "EGN": {}}))) == 0
    # Properties inside properties: a parent that is open does not open what is in it, one that is closed hides it.
    argument = f'<PersonDataRequest xmlns="{NBD}PersonDataRequest"><EGN>{OGNYAN}</EGN></PersonDataRequest>'
    person = lambda tree: below(response(execute(tree, "X.PersonDataSearch", argument)))
    names = {"FirstName": {}, "FamilyName": False}
    assert person({"PersonNames": names, "EGN": {}}) == ["PersonNames", "FirstName", "EGN"]
    assert person({"PersonNames": {}, "EGN": {}}) == ["PersonNames", "EGN"]
    assert person({"PersonNames": False, "EGN": {}}) == ["EGN"]
    # A list directly below the root, all items alike.
    argument = f'<RelationsRequestType xmlns="{NBD}RelationsRequest"><EGN>{OGNYAN}</EGN></RelationsRequestType>'
    relations = lambda tree: below(response(execute(tree, "X.RelationsSearch", argument)))
    shown = relations({"PersonRelations": {"RelationCode": {}, "Gender": {"GenderCode": {}}}})
    assert shown == ["PersonRelations", "RelationCode", "Gender", "GenderCode"] * 5, shown
    assert relations({"RelationCode": {}}) == []


def below(element):
    return [child.tag.rsplit("}", 1)[1] for child in element.iter()][1:]


def check_returned_matrix():
    data = result(document(execute({"FirstName": {}, "SurName": False}, returned=True)))[2]
    given = data[2]
    assert given.tag == SD + "Matrix" and given.get("id") == "AccessMatrix"
    assert [child.tag for child in given] == [SD + "HasAccess", SD + "Name", SD + "Properties"]
    lines = [(line[1].text, line[0].text) for line in given[2]]
    assert lines == [("FirstName", "true"), ("SurName", "false")], lines


def check_signed(file):
    reply = execute(sign=True)
    names, value, _ = result(document(reply))
    assert names == ["IsReady", "Data", "Signature", "HasError", "Error", "ServiceCallID"] or DS + "Signature" in [
        child.tag for child in document(reply)
    ]
    assert document(reply)[2].tag == DS + "Signature", "the signature follows Data"
    open(file, "wb").write(reply[2])


def check_unsigned_host():
    assert "key" in error(execute(sign=True))
    assert len(response(execute())) == 4
    assert http("GET", "/NBDAdapter/GetPublicKeyString")[0] == 500


def check_functions(key):
    assert text(http("GET", "/NBDAdapter/GetAdapterServiceName")) == "NBDAdapter"
    assert text(http("GET", "/NBDAdapter/GetAdapterServiceInterface")) == "TechnoLogica.RegiX.GraoNBDAdapter.AdapterService.INBDAdapter"
    assert text(http("GET", "/NBDAdapter/GetAdapterServiceType")) == "TechnoLogica.RegiX.GraoNBDAdapter.AdapterService.NBDAdapter"
    assert len(text(http("GET", "/NBDAdapter/GetAdapterVersion")).split(".")) == 4
    assert text(http("GET", "/NBDAdapter/GetHostMachineInfo")) == ""
    assert int(text(http("GET", "/NBDAdapter/GetAdapterUptime"), "unsignedInt")) < 3600
    assert int(text(http("GET", "/NBDAdapter/GetSystemUptime"), "unsignedInt")) > 0
    assert text(http("GET", "/NBDAdapter/GetPublicKeyString")) == key
    for octets in (b"\x01\x02\x03", b"", bytes(range(256))):
        sent = f"<base64Binary>{base64.b64encode(octets).decode()}</base64Binary>".encode()
        assert base64.b64decode(text(http("POST", "/NBDAdapter/Ping", sent), "base64Binary")) == octets


def check_health():
    functions = document(http("GET", "/TRAdapter/GetHealthCheckFunctions"))
    assert functions.tag == "HealthCheckFunctions"
    keys = [info.find("Key").text for info in functions.find("HealthInfosList")]
    assert keys == ["GetAdapterVersion", "CheckRegisterConnection", "GetHostMachineInfo", "GetAdapterUptime"], keys
    assert [child.tag for child in functions[0][0]] == ["Name", "Description", "Key"]
    ask = lambda key: http("POST", "/TRAdapter/CheckHealthFunction", f"<string>{key}</string>".encode())
    for key in keys:
        text(ask(key))
    assert text(ask("CheckRegisterConnection")) == "Connection is OK!"
    assert text(http("GET", "/TRAdapter/CheckRegisterConnection")) == "Connection is OK!"
    assert "TimeSpanValue:" in text(ask("GetAdapterUptime"))
    assert ask("NoSuchFunction")[0] == 500
    assert http("GET", "/hc")[2].strip() == b"Healthy"
    status, _, body = http("GET", "/hc-details")
    details = json.loads(body)
    assert status == 200 and details["status"] == "Healthy" and details["entries"]["TRAdapter"]["status"] == "Healthy"


def check_sick():
    """The register behind the adapter cannot be reached."""
    said = text(http("GET", "/NBDAdapter/CheckRegisterConnection"))
    assert said.startswith("Connection Error: "), said
    status, _, body = http("GET", "/hc-details")
    details = json.loads(body)
    assert status == 503 and details["status"] == "Unhealthy", details
    assert details["entries"]["NBDAdapter"]["status"] == "Unhealthy" and details["entries"]["TRAdapter"]["status"] == "Healthy"
    assert http("GET", "/hc")[0] == 200
    assert error(execute())


def listed(adapter):
    given = document(http("GET", f"/{adapter}/GetParameters"))
    assert given.tag == "Parameters"
    infos = given.find("ParameterList")
    assert all([child.tag for child in info] == ["Description", "Key", "CurrentValue"] for info in infos)
    return {info.find("Key").text: info.find("CurrentValue").text or "" for info in infos}


def set_parameter(adapter, key, value):
    query = urllib.parse.urlencode({"key": key, "value": value})
    return http("POST", f"/{adapter}/SetParameter?{query}", b"")


def set_parameters(adapter, values):
    infos = "".join(f"<ParameterInfo><Key>{k}</Key><CurrentValue>{escape(v)}</CurrentValue></ParameterInfo>" for k, v in values.items())
    return http("POST", f"/{adapter}/SetParameters", f"<ArrayOfParameterInfo {DECLARED}>{infos}</ArrayOfParameterInfo>".encode())


def check_parameters():
    """Behind the adapter stands a host with parameters of its own, one of them a secret."""
    before = listed("NBDAdapter")
    assert before["WebServiceUrl"] == "http://register.local/?a&b"
    assert before["ConnectionString"] == "********", "secrets are masked"
    assert before["RegisterTimeoutSeconds"] == "60" and before["Validation"] == "strict"
    status, _, body = set_parameter("NBDAdapter", "RegisterTimeoutSeconds", "45")
    assert (status, body) == (200, b"")
    assert set_parameter("NBDAdapter", "WebServiceUrl", "http://друг.local/?x=1&y=+")[0] == 200
    after = listed("NBDAdapter")
    assert (after["RegisterTimeoutSeconds"], after["WebServiceUrl"]) == ("45", "http://друг.local/?x=1&y=+")
    for key, value in [("RegisterTimeoutSeconds", "soon"), ("RegisterTimeoutSeconds", "0"), ("NoSuchKey", "1"), ("Validation", "none")]:
        assert set_parameter("NBDAdapter", key, value)[0] == 500, key
    # What was shown masked and comes back masked stays what it was; a new secret is taken and not shown.
    assert set_parameters("NBDAdapter", {"ConnectionString": "********", "RegisterTimeoutSeconds": "60"})[0] == 200
    assert set_parameters("NBDAdapter", {"ConnectionString": "нова <тайна>"})[0] == 200
    after = listed("NBDAdapter")
    assert (after["ConnectionString"], after["RegisterTimeoutSeconds"]) == ("********", "60")


def check_read_only():
    assert set_parameter("NBDAdapter", "RegisterTimeoutSeconds", "45")[0] == 500
    assert listed("NBDAdapter")["RegisterTimeoutSeconds"] == "60"


def check_errors():
    assert error(execute(operation="X.NoSuchOperation")) == "Operation with name:'NoSuchOperation' could not be found!"
    said = error(execute(argument=valid_person("76")))
    assert "cvc-" in said and "76" not in said.replace("ValidPerson", ""), said
    assert "Other" in error(execute(argument="<Other xmlns='urn:o'/>"))
    assert error(execute(argument=""))
    for flags in [("Decrypt", ""), ("Verify", ""), ("", "Encrypt")]:
        assert "not offered" in error(execute(flags=flags))
    assert len(response(execute(flags=("Asynchronous", "")))) == 4, "the flag is not interpreted (adapter-standard §5)"
    # What cannot be read ends as a failed execution, with no call number.
    for body in [b"nonsense", b"<Other/>", b"", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>']:
        assert error(http("POST", "/NBDAdapter/Execute", body), "0")
    twice = wrapper("X.ValidPersonSearch", valid_person(), {}).replace(
        b"</AMEntry>", b"<AccessMatrixElement><Key>A</Key><Value/></AccessMatrixElement>" * 2 + b"</AMEntry>"
    )
    assert error(http("POST", "/NBDAdapter/Execute", twice), "0")
    assert http("POST", "/NBDAdapter/Ping", b"<base64Binary>???</base64Binary>")[0] == 400
    assert http("POST", "/NBDAdapter/Execute", b"{}", "application/json")[0] == 415
    assert http("GET", "/NBDAdapter/Execute")[0] == 405
    assert http("POST", "/NBDAdapter/GetAdapterVersion", b"")[0] == 405
    for path in ["/", "/NoAdapter/Execute", "/NBDAdapter/NoFunction", "/NoAdapter.svc", "/NBDAdapter/../x", "/a/b/c"]:
        assert http("GET", path)[0] == 404, path
    check = b"<ServiceCheckResultArgument><ServiceCallID>9</ServiceCallID><VerificationCode>9.x</VerificationCode></ServiceCheckResultArgument>"
    said = error(http("POST", "/NBDAdapter/CheckResult", check), "9")
    assert said == "There is no operation known with the provided id: 9", said
    assert http("POST", "/NBDAdapter/AcknowledgeResultReceived", check)[0] == 500


def check_pdf():
    data = result(document(execute(flags=("", "TransformToPDF"), sign=True)))[2]
    binary = data[1][0]
    assert binary.tag == "{http://egov.bg/RegiX/BinaryArgument}BinaryArgument"
    assert base64.b64decode(binary[0].text).startswith(b"%PDF-")


def soap(function, inside, version="1.1", adapter="NBDAdapter"):
    ns = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}[version]
    action = f"http://tempuri.org/IAdapterService/{function}"
    header = ""
    if version == "1.2":
        wsa = "http://www.w3.org/2005/08/addressing"
        header = f'<s:Header><a:Action s:mustUnderstand="1" xmlns:a="{wsa}">{action}</a:Action><a:MessageID xmlns:a="{wsa}">urn:uuid:7</a:MessageID></s:Header>'
    envelope = (
        f'<s:Envelope xmlns:s="{ns}">{header}<s:Body {DECLARED}><{function} xmlns="http://tempuri.org/">{inside}</{function}></s:Body></s:Envelope>'
    ).encode()
    media_type = "text/xml" if version == "1.1" else "application/soap+xml"
    headers = {"SOAPAction": f'"{action}"'} if version == "1.1" else {}
    status, content_type, body = http("POST", f"/{adapter}.svc", envelope, f"{media_type}; charset=utf-8", headers)
    assert content_type == f"{media_type}; charset=utf-8", (status, content_type, body)
    answer = ET.fromstring(body).find(f"{{{ns}}}Body")[0]
    if status == 500:
        assert answer.tag == f"{{{ns}}}Fault"
        return None
    assert status == 200 and answer.tag == f"{TNS}{function}Response", (status, answer.tag)
    return answer.find(f"{TNS}{function}Result")


def check_wcf():
    for version in ("1.1", "1.2"):
        inside = lambda tree, name: (
            f"<request>{request('A.' + name, valid_person())}</request><accessMatrix>{matrix(tree)}</accessMatrix>"
            f"<additionalParameters>{parameters(sign=True)}</additionalParameters>"
        )
        given = soap("Execute", inside({"FirstName": {}}, "ValidPersonSearch"), version)
        given.tag = SD + "ServiceResultData"
        assert given[2].tag == DS + "Signature"
        assert fields(result(given)[2][1][0]) == {"FirstName": "Огнян"}
        assert soap("Execute", inside({}, "NoSuchOperation"), version) is None, "a failed execution is a fault"
        assert soap("Ping", "<data>AQID</data>", version).text == "AQID"
        assert soap("CheckRegisterConnection", "", version).text == "Connection is OK!"
        assert soap("CheckHealthFunction", "<key>GetHostMachineInfo</key>", version).text is None
        parameters_list = soap("GetParameters", "", version).find(TNS + "ParameterList")
        assert "Validation" in [info.find(TNS + "Key").text for info in parameters_list]
        assert soap("ValidPersonSearch", "", version) is None, "typed operations are not of the generic contract"
        assert soap("GetAdapterServiceName", "", version) is None


globals()["check_" + CHECK](*REST)
print("ok", CHECK)
