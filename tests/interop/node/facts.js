// What the Node programs share: the plan, and printing of facts.
'use strict';

const fs = require('fs');
const https = require('https');

const plan = JSON.parse(fs.readFileSync(process.argv[process.argv.length - 1], 'utf8'));
const pem = (name) => fs.readFileSync(`${plan.certs}/${name}.pem`);

/** An agent that trusts the example authority and, if asked to, shows a certificate. */
exports.agent = (who) => new https.Agent(
  who ? { ca: pem('ca'), cert: pem(who), key: pem(`${who}-key`) } : { ca: pem('ca') },
);
exports.plan = plan;
exports.pem = pem;

/** Prints the facts that a promise brings; a failure of the program is a failure of the test. */
exports.tell = (work) => work.then(
  (facts) => process.stdout.write(`${JSON.stringify(facts, null, 1)}\n`),
  (error) => { console.error(error); process.exitCode = 1; },
);
