// node-soap, generated from the served WSDL at run time: a client of all contracts, and a server to which an answer is pushed.
'use strict';

const fs = require('fs');
const https = require('https');
const soap = require('soap');
const { SignedXml } = require('xml-crypto');
const { agent, pem, plan, tell } = require('./facts');

const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
const ENTRIES = {
  v0: { name: 'RegiXService', actions: 'http://egov.bg/RegiX/IRegiXService/' },
  v1: { name: 'RegiXEntryPoint', actions: 'http://tempuri.org/IRegiXEntryPoint/' },
  v2: { name: 'RegiXEntryPointV2', actions: 'http://egov.bg/RegiX/IRegiXEntryPointV2/' },
};
const CONTEXT = { ServiceURI: '17-2026', ServiceType: 'Проверка', LawReason: 'чл. 1 от пример' };

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

/** The facts of a result of whichever contract. */
function told(result, octets) {
  const response = result.Data?.Response ?? result.Result;
  const properties = result.Data?.Matrix?.Properties?.Property;
  return {
    outcome: 'result',
    ready: result.IsReady ?? null,
    has_error: result.HasError,
    error: result.Error ?? null,
    call_id: String(result.ServiceCallID),
    code: result.VerificationCode ?? null,
    request: root(result.Data?.Request),
    response: root(response),
    first_name: response?.ValidPersonResponse?.FirstName ?? null,
    pdf: response?.BinaryArgument?.Binary ?? null,
    signed: Boolean(result.Signature),
    matrix: properties ? [].concat(properties).map((property) => property.Name) : null,
    verified: result.Signature ? verified(octets) : null,
    octets,
  };
}

/** One port of one contract, in one version of SOAP, as one caller. */
class Caller {
  static async open(wire, who) {
    const [entry, version] = wire.split('-');
    const caller = new Caller();
    Object.assign(caller, { entry, newer: version === '12' }, ENTRIES[entry]);
    const client = await soap.createClientAsync(`${plan.base}/${caller.name}.svc?singleWsdl`, {
      wsdl_options: { httpsAgent: agent() },
      forceSoap12Headers: caller.newer,
      handleNilAsNull: true,
    });
    client.setSecurity(new soap.ClientSSLSecurity(pem(`${who}-key`), pem(who), pem('ca')));
    caller.client = client;
    caller.port = client[caller.name][`${caller.newer ? 'WSHttpBinding' : 'BasicHttpBinding'}_I${caller.name}`];
    return caller;
  }

  request(ask) {
    const data = { Operation: plan.operation, Argument: { $xml: ask === 'wrong' ? plan.wrong : plan.argument } };
    if (this.entry === 'v0') return { ...data, CallContext: CONTEXT.LawReason };
    Object.assign(data, {
      CallContext: CONTEXT,
      SignResult: ['signed', 'later', 'paper', 'pushed'].includes(ask),
      ReturnAccessMatrix: ask === 'matrix',
    });
    // node-soap writes members in the order in which they are given.
    return this.entry === 'v1'
      ? data
      : { RequestProcessing: '', ResponseProcessing: ask === 'paper' ? 'TransformToPDF' : '', ...data };
  }

  /** The facts of a call, whatever it brings. */
  async told(method, parameters) {
    if (this.newer) {
      this.client.clearSoapHeaders();
      this.client.addSoapHeader(`<a:Action xmlns:a="${ADDRESSING}">${this.actions}${method}</a:Action>`);
    }
    try {
      const answer = await new Promise((resolve, reject) => {
        this.port[method](parameters, (error, result) => (error ? reject(error) : resolve(result)));
      });
      const result = answer?.[`${method}Result`];
      if (!result) return { outcome: 'nothing', members: Object.keys(answer ?? {}) };
      return told(result.ServiceResultData ?? result, this.client.lastResponse);
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

  ask(request) {
    return this.entry === 'v2'
      ? this.told('Execute', { request: { ServiceRequestData: request } })
      : this.told('ExecuteSynchronous', { request });
  }

  /** Asks without waiting for the answer. */
  accept(request) {
    return this.entry === 'v2'
      ? this.ask({ ...request, RequestProcessing: 'Asynchronous' })
      : this.told('Execute', { request });
  }

  about(method, ticket) {
    return this.told(method, { argument: this.entry === 'v2' ? { ServiceCheckResultArgument: ticket } : ticket });
  }

  ticket({ call_id: ServiceCallID, code: VerificationCode }) {
    return this.entry === 'v2' ? { ServiceCallID, VerificationCode } : { ServiceCallID };
  }

  async later() {
    const accepted = await this.accept(this.request('later'));
    const ticket = this.ticket(accepted);
    let answer;
    for (let turn = 0; turn < 600 && !answer?.ready; turn += 1) {
      if (turn > 0) await new Promise((resolve) => { setTimeout(resolve, 50); });
      answer = await this.about('CheckResult', ticket);
    }
    const facts = { accepted, answer };
    if (this.entry === 'v2') {
      const { outcome, members } = await this.about('AcknowledgeResultReceived', ticket);
      facts.acknowledged = outcome === 'nothing' && members.length === 0;
      facts.gone = await this.about('CheckResult', ticket);
    }
    return facts;
  }

  async astray(stranger) {
    const slow = { Operation: plan['slow.operation'], Argument: { $xml: plan['slow.argument'] } };
    const ticket = this.ticket(await this.accept({ ...this.request('unsigned'), ...slow }));
    const facts = { pending: await this.about('CheckResult', ticket) };
    if (this.entry === 'v2') {
      const { VerificationCode } = ticket;
      facts.unready = await this.about('AcknowledgeResultReceived', ticket);
      facts.code = await this.about('CheckResult', { ...ticket, VerificationCode: '17.AAAA' });
      facts.unnumbered = await this.about('CheckResult', { VerificationCode });
    }
    facts.unknown = await this.about('CheckResult', { ...ticket, ServiceCallID: plan.unknown });
    facts.refused = await stranger.accept(stranger.request('unsigned'));
    return facts;
  }
}

/** A server made from the served WSDL; an answer is pushed to it and read. */
async function pushed() {
  const port = Number(plan['receiver.node']);
  const server = https.createServer({
    cert: pem('server'), key: pem('server-key'), ca: pem('ca'), requestCert: true, rejectUnauthorized: true,
  });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  let octets;
  const came = new Promise((resolve) => {
    const ExecuteCallback = ({ request }, answer, headers, message) => {
      resolve({ received: told(request.ServiceResultData, octets), caller: message.socket.getPeerCertificate().subject.CN });
      return {};
    };
    const path = '/RegiXEntryPointV2.svc/basic';
    soap.listen(server, {
      path,
      services: { RegiXEntryPointV2: { BasicHttpBinding_IRegiXEntryPointV2: { ExecuteCallback } } },
      xml: fs.readFileSync(plan['wsdl.v2'], 'utf8'),
      handleNilAsNull: true,
    }).log = (type, data) => { if (type === 'received') octets = data; };
  });
  const consumer = await Caller.open('v2-11', 'consumer');
  const accepted = await consumer.accept({
    ...consumer.request('pushed'), CallbackURL: `https://localhost:${port}/RegiXEntryPointV2.svc/basic`,
  });
  const facts = { accepted, ...(await came) };
  // After the reply has been sent.
  await new Promise((resolve) => { server.close(resolve); server.closeIdleConnections(); });
  return facts;
}

async function main() {
  const facts = { pushed: await pushed() };
  for (const wire of ['v0-11', 'v1-11', 'v1-12', 'v2-11', 'v2-12']) {
    const told = facts[wire] = {};
    const consumer = await Caller.open(wire, 'consumer');
    const stranger = await Caller.open(wire, 'stranger');
    const asks = { v0: ['unsigned', 'wrong'], v1: ['unsigned', 'signed', 'matrix', 'wrong'] };
    asks.v2 = [...asks.v1, 'paper'];
    for (const ask of asks[consumer.entry]) told[ask] = await consumer.ask(consumer.request(ask));
    told.stranger = await stranger.ask(stranger.request('stranger'));
    told.later = await consumer.later();
    told.astray = await consumer.astray(stranger);
  }
  return facts;
}

tell(main());
