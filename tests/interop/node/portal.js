// node-soap with EgovService: the WSDL is read without a password, operations are called with one.
'use strict';

const soap = require('soap');
const { agent, plan, tell } = require('./facts');

const TYPES = 'urn:egov-gateway:portal:service-record:1';

async function port(version, user) {
  const client = await soap.createClientAsync(plan.wsdl, {
    wsdl_options: { httpsAgent: agent() },
    forceSoap12Headers: version === '12',
    endpoint: `${plan.base}/services/EgovService${version === '12' ? '/soap12' : ''}`,
  });
  client.setSecurity(new soap.BasicAuthSecurity(user, plan.secret, { httpsAgent: agent() }));
  return client;
}

const record = (number, eik, channel = '0006-000077') => ({
  ServiceKey: { ServiceNumber: number, SupplierEIK: eik },
  Name: [{ attributes: { lang: 'bg' }, $value: plan.name }, { attributes: { lang: 'en' }, $value: 'Address certificate' }],
  Description: [{ attributes: { lang: 'bg' }, $value: '<p>По <b>искане</b></p>' }],
  IsInternalAdminService: false,
  HasCivilPurpose: true,
  HasBusinessPurpose: false,
  LegalBasis: [{ ActName: 'Закон за гражданската регистрация', Article: '24' }],
  ProvisionBody: 'Община Изпитна',
  ProvisionLevel: 'SiteInfoOnly',
  SecurityLevel: 'Substantial',
  ApplicationMethod: ['ApplicationAtDesk', 'ApplicationByMail'],
  Channel: [{
    ChannelType: { Code: channel },
    ProcessTime: [{
      TermType: 'normalService',
      Unit: 'workDays',
      Value: 7,
      Tax: [{ Amount: '5.10', Currency: 'EUR', ValidFrom: '2026-01-01' }],
    }],
  }],
  ValidFrom: '2026-01-01T00:00:00+02:00',
});

const done = ({ Result, Version, PublicationStatus }) => ({ result: Result, version: Number(Version), status: PublicationStatus });

/** The declared fault in the detail, in either version of SOAP. */
function told(error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (!fault) {
    throw error;
  }
  return (fault.detail ?? fault.Detail).EgovServiceFault;
}

const fault = (call) => call.then(
  () => { throw new Error('no fault'); },
  (error) => {
    const { Code, MessageBg, Field, Retryable } = told(error);
    return { code: Code, message: MessageBg, fields: [Field].flat(), retryable: String(Retryable) === 'true' };
  },
);

/** What is read has its attributes and texts as they are written. */
const one = (value) => [value].flat()[0];

async function main() {
  const facts = {};
  for (const version of ['11', '12']) {
    const number = Number(plan.number) + 10 * Number(version);
    const client = await port(version, plan.user);
    const request = `b3b0c2b6-6a8b-4a06-9d9c-${String(number).padStart(12, '0')}`;
    client.addSoapHeader({ RequestContext: { attributes: { xmlns: TYPES }, RequestId: request } });
    const [added] = await client.AddServiceAsync({ ServiceRecord: record(number, plan.eik) });
    const [again] = await client.AddServiceAsync({ ServiceRecord: record(number, plan.eik) });
    client.clearSoapHeaders();
    const [read] = await client.GetServiceAsync({ ServiceKey: { ServiceNumber: number, SupplierEIK: plan.eik } });
    const kept = read.ServiceRecord;
    const tax = one(one(one(kept.Channel).ProcessTime).Tax);
    const [updated] = await client.UpdateServiceAsync(
      { ServiceRecord: { ...record(number, plan.eik), IsRegime: false }, ExpectedVersion: 1 },
    );
    const [saved] = await client.SaveServicesAsync(
      { ServiceRecord: [record(number + 1, plan.eik), record(number + 2, plan.eik, '0006-999999')], Mode: 'BestEffort' },
    );
    const wrong = await port(version, plan.nobody);
    const denied = await wrong.PingAsync({}).then(() => null, (error) => error.response?.status ?? told(error).Code);
    const [ping] = await client.PingAsync({});
    const [list] = await client.ListServicesAsync({ SupplierEIK: plan.eik, PageNumber: 1, PageSize: 200 });
    const [codes] = await client.GetNomenclatureAsync({ DictionaryName: 'Currency' });
    facts[version] = {
      as: ping.AuthenticatedAs,
      added: done(added.OperationResult),
      request: added.OperationResult.RequestId === request,
      again: done(again.OperationResult),
      updated: done(updated.OperationResult),
      conflict: await fault(client.UpdateServiceAsync({ ServiceRecord: record(number, plan.eik), ExpectedVersion: 1 })),
      read: {
        name: one(kept.Name).$value,
        language: one(kept.Name).attributes.lang,
        amount: String(tax.Amount),
        from: tax.ValidFrom instanceof Date ? tax.ValidFrom.toISOString().slice(0, 10) : tax.ValidFrom,
        version: Number(read.ServiceState.Version),
      },
      batch: saved.OperationResult.map((row) => row.Result),
      batch_fault: saved.OperationResult[1].Fault.Code,
      foreign: await fault(client.AddServiceAsync({ ServiceRecord: record(number, plan.foreign) })),
      listed: Number(list.TotalCount) >= 2,
      codes: codes.Code.map((code) => code.Code),
      denied,
    };
  }
  return facts;
}

tell(main());
