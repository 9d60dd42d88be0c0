// axios and xml2js as in wild-clients row 32: the envelope is a template that begins with a newline, its only header block is
// a:Action, and the answer is read by literal keys.
'use strict';

const axios = require('axios');
const { parseStringPromise } = require('xml2js');
const { agent, plan, tell } = require('./facts');

const envelope = (argument) => `
    <s:Envelope xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="http://www.w3.org/2003/05/soap-envelope">
        <s:Header>
            <a:Action s:mustUnderstand="1">http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous</a:Action>
        </s:Header>
        <s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
            <ExecuteSynchronous xmlns="http://tempuri.org/">
                <request>
                    <Operation>${plan.operation}</Operation>
                    <Argument>
                        ${argument}
                    </Argument>
                </request>
            </ExecuteSynchronous>
        </s:Body>
    </s:Envelope>
`;

async function call(who, argument) {
  try {
    const { status, data } = await axios.post(`${plan.base}/RegiXEntryPoint.svc`, envelope(argument), {
      headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' },
      httpsAgent: agent(who),
    });
    const parsed = await parseStringPromise(data);
    const result = parsed['s:Envelope']['s:Body'][0].ExecuteSynchronousResponse[0].ExecuteSynchronousResult[0];
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
  };
}

tell(main());
