// axios and xml2js as in wild-clients row 32: the envelope is a template that begins with a newline, its only header block is
// a:Action, and the answer is read by literal keys.
'use strict';

const axios = require('axios');
const { parseStringPromise } = require('xml2js');
const { agent, plan, tell } = require('./facts');

const envelope = (method, content) => `
    <s:Envelope xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="http://www.w3.org/2003/05/soap-envelope">
        <s:Header>
            <a:Action s:mustUnderstand="1">http://tempuri.org/IRegiXEntryPoint/${method}</a:Action>
        </s:Header>
        <s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
            <${method} xmlns="http://tempuri.org/">
                ${content}
            </${method}>
        </s:Body>
    </s:Envelope>
`;

const question = (argument) => `<request>
                    <Operation>${plan.operation}</Operation>
                    <Argument>
                        ${argument}
                    </Argument>
                </request>`;

async function post(who, method, content) {
  const { status, data } = await axios.post(`${plan.base}/RegiXEntryPoint.svc`, envelope(method, content), {
    headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' },
    httpsAgent: agent(who),
  });
  const parsed = await parseStringPromise(data);
  return { status, parsed, result: parsed['s:Envelope']['s:Body'][0][`${method}Response`][0][`${method}Result`][0] };
}

/** An asynchronous call; V1 has no code and no acknowledgement. */
async function later() {
  const accepted = (await post('consumer', 'Execute', question(plan.argument))).result;
  const about = (number) => post('consumer', 'CheckResult', `<argument><ServiceCallID>${number}</ServiceCallID></argument>`);
  const number = accepted.ServiceCallID[0];
  let result;
  for (let turn = 0; turn < 600 && result?.IsReady[0] !== 'true'; turn += 1) {
    if (turn > 0) await new Promise((resolve) => { setTimeout(resolve, 50); });
    ({ result } = await about(number));
  }
  const unknown = await about(plan.unknown).catch((error) => error.response);
  return {
    number,
    has_error: accepted.HasError[0],
    first_name: result.Data[0].Response[0].ValidPersonResponse[0].FirstName[0],
    unknown: { status: unknown.status, text: unknown.data },
  };
}

async function call(who, argument) {
  try {
    const { status, parsed, result } = await post(who, 'ExecuteSynchronous', question(argument));
    const response = result.Data[0].Response?.[0].ValidPersonResponse[0];
    return {
      outcome: 'result',
      status,
      has_error: result.HasError[0] === 'true',
      error: result.Error[0],
      first_name: response?.FirstName[0] ?? null,
      signed: 'Signature' in result,
      relates_to: 'a:RelatesTo' in parsed['s:Envelope']['s:Header'][0],
    };
  } catch (error) {
    if (!error.response) throw error;
    return { outcome: 'failure', status: error.response.status, text: error.message, detail: error.response.data };
  }
}

async function main() {
  return {
    'row 32': await call('consumer', plan.argument),
    stranger: await call('stranger', plan.argument),
    wrong: await call('consumer', plan.wrong),
    later: await later(),
  };
}

tell(main());
