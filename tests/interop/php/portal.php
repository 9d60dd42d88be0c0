<?php
// PHP SoapClient with EgovService: the WSDL is read over TLS without a password, operations are called with one.

declare(strict_types=1);

require __DIR__ . '/plan.php';

ini_set('soap.wsdl_cache_enabled', '0');

const TYPES = 'urn:egov-gateway:portal:service-record:1';

function port(array $plan, string $version, string $user): SoapClient
{
    return new SoapClient($plan['wsdl'], [
        'soap_version' => $version === '12' ? SOAP_1_2 : SOAP_1_1,
        'location' => "{$plan['base']}/services/EgovService" . ($version === '12' ? '/soap12' : ''),
        'login' => $user,
        'password' => $plan['secret'],
        'stream_context' => stream_context_create(['ssl' => ['cafile' => "{$plan['certs']}/ca.pem"]]),
        'cache_wsdl' => WSDL_CACHE_NONE,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
}

function record(array $plan, int $number, string $eik, string $channel = '0006-000077'): array
{
    return [
        'ServiceKey' => ['ServiceNumber' => $number, 'SupplierEIK' => $eik],
        'Name' => [['_' => $plan['name'], 'lang' => 'bg'], ['_' => 'Address certificate', 'lang' => 'en']],
        'Description' => [['_' => '<p>По <b>искане</b></p>', 'lang' => 'bg']],
        'IsInternalAdminService' => false, 'HasCivilPurpose' => true, 'HasBusinessPurpose' => false,
        'LegalBasis' => [['ActName' => 'Закон за гражданската регистрация', 'Article' => '24']],
        'ProvisionBody' => 'Община Изпитна', 'ProvisionLevel' => 'SiteInfoOnly', 'SecurityLevel' => 'Substantial',
        'ApplicationMethod' => ['ApplicationAtDesk', 'ApplicationByMail'],
        'Channel' => [[
            'ChannelType' => ['Code' => $channel],
            'ProcessTime' => [[
                'TermType' => 'normalService', 'Unit' => 'workDays', 'Value' => 7,
                'Tax' => [['Amount' => '5.10', 'Currency' => 'EUR', 'ValidFrom' => '2026-01-01']],
            ]],
        ]],
        'ValidFrom' => '2026-01-01T00:00:00+02:00',
    ];
}

function done(object $answer): array
{
    $result = $answer->OperationResult;
    return ['result' => $result->Result, 'version' => $result->Version, 'status' => $result->PublicationStatus];
}

function fault(callable $call): array
{
    try {
        $call();
    } catch (SoapFault $fault) {
        $told = $fault->detail->EgovServiceFault;
        return ['code' => $told->Code, 'message' => $told->MessageBg, 'fields' => (array) $told->Field, 'retryable' => $told->Retryable === 'true'];
    }
    throw new RuntimeException('no fault');
}

$plan = plan();
$facts = [];
foreach (['11', '12'] as $version) {
    $number = (int) $plan['number'] + 10 * (int) $version;
    $client = port($plan, $version, $plan['user']);
    $request = sprintf('b3b0c2b6-6a8b-4a06-9d9c-%012d', $number);
    $client->__setSoapHeaders(new SoapHeader(TYPES, 'RequestContext', ['RequestId' => $request]));
    $added = $client->AddService(['ServiceRecord' => record($plan, $number, $plan['eik'])]);
    $again = $client->AddService(['ServiceRecord' => record($plan, $number, $plan['eik'])]);
    $client->__setSoapHeaders(null);
    $read = $client->GetService(['ServiceKey' => ['ServiceNumber' => $number, 'SupplierEIK' => $plan['eik']]]);
    $kept = $read->ServiceRecord;
    $kept->Keyword = ['адрес'];
    $updated = $client->UpdateService(['ServiceRecord' => $kept, 'ExpectedVersion' => 1]);
    $batch = $client->SaveServices([
        'ServiceRecord' => [record($plan, $number + 1, $plan['eik']), record($plan, $number + 2, $plan['eik'], '0006-999999')],
        'Mode' => 'BestEffort',
    ])->OperationResult;
    try {
        port($plan, $version, $plan['nobody'])->Ping();
        $denied = null;
    } catch (SoapFault $refused) {
        $denied = $refused->detail->EgovServiceFault->Code ?? $refused->getMessage();
    }
    $tax = $kept->Channel[0]->ProcessTime[0]->Tax[0];
    $facts[$version] = [
        'as' => $client->Ping()->AuthenticatedAs,
        'added' => done($added),
        'request' => $added->OperationResult->RequestId === $request,
        'again' => done($again),
        'updated' => done($updated),
        'conflict' => fault(fn() => $client->UpdateService(['ServiceRecord' => record($plan, $number, $plan['eik']), 'ExpectedVersion' => 1])),
        'read' => [
            'name' => $kept->Name[0]->_, 'language' => $kept->Name[0]->lang, 'amount' => $tax->Amount, 'from' => $tax->ValidFrom,
            'version' => $read->ServiceState->Version,
        ],
        'batch' => array_map(fn($row) => $row->Result, $batch),
        'batch_fault' => $batch[1]->Fault->Code,
        'foreign' => fault(fn() => $client->AddService(['ServiceRecord' => record($plan, $number, $plan['foreign'])])),
        'listed' => $client->ListServices(['SupplierEIK' => $plan['eik'], 'PageNumber' => 1, 'PageSize' => 200])->TotalCount >= 2,
        'codes' => array_map(fn($code) => $code->Code, $client->GetNomenclature(['DictionaryName' => 'Currency'])->Code),
        'denied' => $denied,
    ];
}
tell($facts);
