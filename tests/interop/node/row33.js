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
  client.addSoapHeader(
    `<wsa:Action ${wsa}>http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous</wsa:Action><wsa:To ${wsa}>${endpoint}</wsa:To>`,
  );
  const argument = `\n  <!-- за кого -->\n  ${plan.argument.replace('><', '>\n    <')}\n`;
  const [answer] = await client.ExecuteSynchronousAsync(
    { request: { Operation: plan.operation, Argument: { $xml: argument } } },
    { timeout: 10000 },
  );
  const result = answer.ExecuteSynchronousResult;
  return {
    'row 33': {
      version: require('soap-of-row-33/package.json').version,
      sent: client.lastRequest,
      headers: client.lastResponseHeaders,
      has_error: result.HasError,
      signed: Boolean(result.Signature),
      first_name: result.Data.Response.ValidPersonResponse.FirstName,
    },
  };
}

tell(main());
