// node-soap, generated from the served WSDL at run time.
'use strict';

const soap = require('soap');
const { SignedXml } = require('xml-crypto');
const { agent, pem, plan, tell } = require('./facts');

const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
const ENTRIES = {
  v1: {
    path: '/RegiXEntryPoint.svc', service: 'RegiXEntryPoint', method: 'ExecuteSynchronous',
    ports: { 11: 'BasicHttpBinding_IRegiXEntryPoint', 12: 'WSHttpBinding_IRegiXEntryPoint' },
    action: 'http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous',
  },
  v2: {
    path: '/RegiXEntryPointV2.svc', service: 'RegiXEntryPointV2', method: 'Execute',
    ports: { 11: 'BasicHttpBinding_IRegiXEntryPointV2', 12: 'WSHttpBinding_IRegiXEntryPointV2' },
    action: 'http://egov.bg/RegiX/IRegiXEntryPointV2/Execute',
  },
};

function request(ask, entry) {
  const data = {
    Operation: plan.operation,
    Argument: { $xml: ask === 'wrong' ? plan.wrong : plan.argument },
    CallContext: { ServiceURI: '17-2026', ServiceType: 'Проверка', LawReason: 'чл. 1 от пример' },
    SignResult: ask === 'signed',
    ReturnAccessMatrix: ask === 'matrix',
  };
  return entry === 'v1'
    ? { request: data }
    : { request: { ServiceRequestData: { RequestProcessing: '', ResponseProcessing: '', ...data } } };
}

/** The name of the only element in a container; node-soap forgets its namespace. */
function root(container) {
  return Object.keys(container ?? {}).find((key) => key !== 'attributes') ?? null;
}

/** The verdict of xml-crypto, trusting the signer's certificate alone. */
function verified(octets) {
  const signature = octets.match(/<(\w+:)?Signature [^]*<\/\1Signature>/)[0];
  const signed = new SignedXml({ publicCert: pem('signer') });
  signed.loadSignature(signature);
  return signed.checkSignature(octets);
}

function told(result, octets) {
  const response = result.Data?.Response;
  const properties = result.Data?.Matrix?.Properties?.Property;
  return {
    outcome: 'result',
    ready: result.IsReady,
    has_error: result.HasError,
    error: result.Error ?? null,
    call_id: String(result.ServiceCallID),
    request: root(result.Data?.Request),
    response: root(response),
    first_name: response?.ValidPersonResponse?.FirstName ?? null,
    signed: Boolean(result.Signature),
    matrix: properties ? [].concat(properties).map((property) => property.Name) : null,
    verified: result.Signature ? verified(octets) : null,
    octets,
  };
}

async function call(client, entry, version, ask) {
  const { service, ports, method } = ENTRIES[entry];
  try {
    const port = client[service][ports[version]];
    const answer = await new Promise((resolve, reject) => {
      port[method](request(ask, entry), (error, result) => (error ? reject(error) : resolve(result)));
    });
    const result = entry === 'v1' ? answer.ExecuteSynchronousResult : answer.ExecuteResult.ServiceResultData;
    return told(result, client.lastResponse);
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    if (!fault) throw error;
    const said = fault.faultstring ?? fault.Reason.Text;
    return {
      outcome: 'fault', status: error.response.status, text: said.$value ?? said, detail: error.body,
      has_detail: Boolean((fault.detail ?? fault.Detail)?.Problem),
    };
  }
}

async function main() {
  const facts = {};
  for (const [entry, { path, action }] of Object.entries(ENTRIES)) {
    for (const version of [11, 12]) {
      const wire = facts[`${entry}-${version}`] = {};
      for (const who of ['consumer', 'stranger']) {
        const client = await soap.createClientAsync(`${plan.base}${path}?singleWsdl`, {
          wsdl_options: { httpsAgent: agent() },
          forceSoap12Headers: version === 12,
          handleNilAsNull: true,
        });
        client.setSecurity(new soap.ClientSSLSecurity(pem(`${who}-key`), pem(who), pem('ca')));
        if (version === 12) {
          client.addSoapHeader(`<a:Action xmlns:a="${ADDRESSING}">${action}</a:Action>`);
        }
        for (const ask of who === 'stranger' ? ['stranger'] : ['unsigned', 'signed', 'matrix', 'wrong']) {
          wire[ask] = await call(client, entry, version, ask);
        }
      }
    }
  }
  return facts;
}

tell(main());
