"""A RegiX consumer in Python: pip install zeep, then: python3 client.py https://localhost:8443"""
import pathlib
import sys

import requests
import zeep
from lxml import etree

base = sys.argv[1] if len(sys.argv) > 1 else "https://localhost:8443"
certs = pathlib.Path(__file__).resolve().parent / "certs"

session = requests.Session()
session.trust_env = False  # otherwise REQUESTS_CA_BUNDLE beats `verify`
session.verify = str(certs / "ca.pem")
session.cert = (str(certs / "consumer.pem"), str(certs / "consumer-key.pem"))

client = zeep.Client(base + "/RegiXEntryPointV2.svc?singleWsdl", transport=zeep.Transport(session=session))
service = client.bind("RegiXEntryPointV2", "BasicHttpBinding_IRegiXEntryPointV2")

argument = etree.fromstring(
    '<ValidPersonRequest xmlns="http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest"><EGN>7605239965</EGN></ValidPersonRequest>'
)
answer = service.Execute(
    {
        "ServiceRequestData": {
            "RequestProcessing": [],
            "ResponseProcessing": [],
            "Operation": "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch",
            "Argument": {"_value_1": argument},
            "CallContext": {"ServiceURI": "1", "ServiceType": "test", "LawReason": "zeep"},
            "SignResult": True,
            "ReturnAccessMatrix": False,
        }
    }
)
if answer.HasError:
    sys.exit(answer.Error)
for field in answer.Data.Response._value_1:
    print("%s: %s" % (etree.QName(field).localname, field.text))
print("call %s, %s" % (answer.ServiceCallID, "signed" if answer.Signature is not None else "not signed"))
