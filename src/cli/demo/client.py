"""A RegiX consumer in Python: pip install zeep, then: python3 client.py https://localhost:8443"""
import pathlib
import sys

import requests
import zeep
from lxml import etree

base = sys.argv[1] if len(sys.argv) > 1 else "https://localhost:8443"
certs = pathlib.Path(__file__).resolve().parent / "certs"

session = requests.Session()
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
            "Operation": "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch",
            "Argument": {"_value_1": argument},
            "CallContext": {"LawReason": "zeep"},
            "SignResult": True,
            "ReturnAccessMatrix": False,
        }
    }
)
print(answer)
