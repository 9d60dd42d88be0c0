// The node-soap of wild-clients row 33, with its habits: WSDL kept as a file, wsa:Action and wsa:To but no MessageID,
// no call context, no SignResult, "Connection: close", "Accept-Encoding: none", ten seconds of patience.
'use strict';

const soap = require('soap-of-row-33');
const { pem, plan, tell } = require('./facts');

async function main() {
  const endpoint = `${plan.base}/RegiXEntryPoint.svc`;
  const client = await soap.createClientAsync(plan['wsdl.v1'], { endpoint, forceSoap12Headers: true });
  client.setSecurity(new soap.ClientSSLSecurity(pem('consumer-key'), pem('consumer'), { rejectUnauthorized: false }));
  const wsa = 'xmlns:wsa="http://www.w3.org/2005/08/addressing"';
  const argument = `\n  <!-- за кого -->\n  ${plan.argument.replace('><', '>\n    <')}\n`;
  const request = { Operation: plan.operation, Argument: { $xml: argument } };
  const call = async (method, parameters) => {
    client.clearSoapHeaders();
    client.addSoapHeader(
      `<wsa:Action ${wsa}>http://tempuri.org/IRegiXEntryPoint/${method}</wsa:Action><wsa:To ${wsa}>${endpoint}</wsa:To>`,
    );
    const [answer] = await client[`${method}Async`](parameters, { timeout: 10000 });
    return answer[`${method}Result`];
  };
  const result = await call('ExecuteSynchronous', { request });
  const facts = {
    version: require('soap-of-row-33/package.json').version,
    sent: client.lastRequest,
    headers: client.lastResponseHeaders,
    has_error: result.HasError,
    signed: Boolean(result.Signature),
    first_name: result.Data.Response.ValidPersonResponse.FirstName,
  };
  const accepted = await call('Execute', { request });
  let later;
  for (let turn = 0; turn < 600 && !later?.IsReady; turn += 1) {
    if (turn > 0) await new Promise((resolve) => { setTimeout(resolve, 50); });
    later = await call('CheckResult', { argument: { ServiceCallID: accepted.ServiceCallID } });
  }
  return {
    'row 33': facts,
    later: {
      accepted_with_error: accepted.HasError,
      has_error: later.HasError,
      first_name: later.Data.Response.ValidPersonResponse.FirstName,
    },
  };
}

tell(main());
