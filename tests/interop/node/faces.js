// node-soap with typed contracts: arguments and answers are objects, generated from the WSDL at run time.
'use strict';

const fs = require('fs');
const path = require('path');
const soap = require('soap');
const { agent, pem, plan, tell } = require('./facts');

const CONTEXT = { ServiceURI: '17-2026', LawReason: 'чл. 1 от пример' };

async function face(contract, version, who) {
  const client = await soap.createClientAsync(`${plan.base}/adapters/${contract}?wsdl`, {
    wsdl_options: { httpsAgent: agent() },
    forceSoap12Headers: version === '12',
    endpoint: `${plan.base}/adapters/${contract}${version === '12' ? '/soap12' : ''}`,
  });
  client.setSecurity(new soap.ClientSSLSecurity(pem(`${who}-key`), pem(who), pem('ca')));
  return client;
}

/** The detail of a fault, in either version of SOAP. */
function problem(error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (!fault) {
    throw error;
  }
  return (fault.detail ?? fault.Detail).Problem;
}

async function asked(client, EGN, more) {
  try {
    const [answer, octets] = await client.ValidPersonSearchAsync(
      { Argument: { ValidPersonRequest: { EGN } }, CallContext: CONTEXT, ...more },
    );
    const person = answer.Data.Response.ValidPersonResponse;
    const fields = answer.Data.Matrix?.Properties?.Property;
    return {
      first_name: person.FirstName,
      birth_date: person.BirthDate,
      echo: answer.Data.Request.ValidPersonRequest.EGN,
      call_id: Number(answer.ServiceCallID),
      matrix: fields ? fields.map((field) => field.Name) : null,
      signed: answer.Signature !== undefined,
      octets,
    };
  } catch (error) {
    const told = problem(error);
    const place = [told.Place].flat()[0];
    return {
      code: told.Code, message: told.MessageBg, hint: told.HintEn ?? null, retryable: told.Retryable, path: place?.Path ?? null,
    };
  }
}

async function later(client) {
  const [accepted] = await client.GetExtractAsync({ Argument: { ExtractRequest: { Number: '17' } }, CallContext: CONTEXT });
  const ticket = { ServiceCallID: accepted.ServiceCallID, VerificationCode: accepted.VerificationCode };
  const end = Date.now() + 30000;
  let answer;
  do {
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    [answer] = await client.GetExtractResultAsync(ticket);
  } while (!answer.IsReady && Date.now() < end);
  await client.GetExtractReceivedAsync(ticket);
  const gone = await client.GetExtractResultAsync(ticket).then(() => null, (error) => problem(error).Code);
  return { title: answer.Data.Response.ExtractResponse.Title, gone };
}

async function main() {
  const facts = {};
  for (const version of ['11', '12']) {
    const client = await face('RegiX.GraoNBDAdapter', version, 'consumer');
    facts[version] = {
      signed: await asked(client, plan.number, { SignResult: true }),
      matrix: await asked(client, plan.number, { ReturnAccessMatrix: true }),
      wrong: await asked(client, '1'),
      stranger: await asked(await face('RegiX.GraoNBDAdapter', version, 'stranger'), plan.number),
      later: await later(await face('Archive', version, 'consumer')),
    };
  }
  // The WSDL of every package of the corpus.
  facts.read = {};
  for (const file of fs.readdirSync(plan.wsdls)) {
    const client = await soap.createClientAsync(path.join(plan.wsdls, file));
    const ports = Object.values(Object.values(client.describe())[0]);
    facts.read[path.basename(file, '.wsdl')] = Object.keys(ports[0]).length;
  }
  return facts;
}

tell(main());
