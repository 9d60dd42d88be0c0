<?php
// PHP SoapClient, generated from the served WSDL, with SOAP 1.1 and 1.2 (wild-clients rows 35 and 37).

declare(strict_types=1);

require __DIR__ . '/plan.php';

ini_set('soap.wsdl_cache_enabled', '0');

function client(array $plan, string $wsdl, int $version, string $who, array $more = []): SoapClient
{
    $context = stream_context_create(['ssl' => ['cafile' => "{$plan['certs']}/ca.pem"]]);
    return new SoapClient($wsdl, [
        'soap_version' => $version,
        'local_cert' => "{$plan['forms']}/$who.pem",
        'stream_context' => $context,
        'cache_wsdl' => WSDL_CACHE_NONE,
        'trace' => true,
        'exceptions' => true,
    ] + $more);
}

function request(array $plan, string $ask): array
{
    return [
        'Operation' => $plan['operation'],
        'Argument' => ['any' => $ask === 'wrong' ? $plan['wrong'] : $plan['argument']],
        'CallContext' => ['ServiceURI' => '17-2026', 'ServiceType' => 'Проверка', 'LawReason' => 'чл. 1 от пример'],
        'SignResult' => $ask === 'signed',
        'ReturnAccessMatrix' => $ask === 'matrix',
    ];
}

/** What the deserialised result says. */
function result(object $result, SoapClient $client): array
{
    $data = $result->Data ?? null;
    $payload = $data->Response->any ?? null;
    $matrix = $data->Matrix->Properties->Property ?? null;
    return [
        'outcome' => 'result',
        'ready' => $result->IsReady,
        'has_error' => $result->HasError,
        'error' => $result->Error ?? null,
        'call_id' => (string) $result->ServiceCallID,
        'request' => root_name($data->Request->any ?? null),
        'response' => root_name($payload),
        'first_name' => first_name($payload),
        'signed' => isset($result->Signature),
        'matrix' => $matrix === null ? null : array_map(fn($p) => $p->Name, is_array($matrix) ? $matrix : [$matrix]),
        'octets' => $client->__getLastResponse(),
    ];
}

function call(SoapClient $client, string $wire, array $request): array
{
    try {
        if (str_starts_with($wire, 'v1')) {
            return result($client->ExecuteSynchronous(['request' => $request])->ExecuteSynchronousResult, $client);
        }
        $request += ['RequestProcessing' => [], 'ResponseProcessing' => []];
        $answer = $client->Execute(['request' => ['ServiceRequestData' => $request]]);
        return result($answer->ExecuteResult->ServiceResultData, $client);
    } catch (SoapFault $fault) {
        return [
            'outcome' => 'fault',
            'code' => $fault->faultcode,
            'text' => $fault->faultstring,
            'has_detail' => isset($fault->detail),
            'detail' => $client->__getLastResponse() ?? '',
        ];
    }
}

/** Header blocks as row 35 sends them: mustUnderstand written "true", and a To that is not the address of the request. */
function addressing(string $action, string $to): array
{
    return array_map(
        fn(string $name, string $value) => new SoapHeader(ADDRESSING, $name, $value, true),
        ['Action', 'To'],
        [$action, $to],
    );
}

$plan = plan();
$base = $plan['base'];
$actions = [
    'v1' => 'http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous',
    'v2' => 'http://egov.bg/RegiX/IRegiXEntryPointV2/Execute',
];
$paths = ['v1' => '/RegiXEntryPoint.svc', 'v2' => '/RegiXEntryPointV2.svc'];
$facts = [];
foreach (['v1-11', 'v1-12', 'v2-11', 'v2-12'] as $wire) {
    [$entry, $version] = explode('-', $wire);
    foreach (['consumer', 'stranger'] as $who) {
        $address = $base . $paths[$entry];
        $client = client(
            $plan,
            "$address.singlewsdl.xml",
            $version === '12' ? SOAP_1_2 : SOAP_1_1,
            $who,
            ['location' => $version === '12' ? $address : "$address/basic"],
        );
        if ($version === '12') {
            $client->__setSoapHeaders(addressing($actions[$entry], $address));
        }
        foreach ($who === 'stranger' ? ['stranger'] : ['unsigned', 'signed', 'matrix', 'wrong'] as $ask) {
            $facts[$wire][$ask] = call($client, $wire, request($plan, $ask));
        }
    }
}

// Row 35: the WSDL from the lower-case path, the POST where the WSDL says, To the root address, everything asked for.
$client = client($plan, "$base/regix/RegiXEntryPoint.svc?singleWsdl", SOAP_1_2, 'consumer');
$client->__setSoapHeaders(addressing($actions['v1'], "$base/"));
$facts['row 35'] = call($client, 'v1', ['SignResult' => true, 'ReturnAccessMatrix' => true] + request($plan, 'unsigned'));
$facts['row 35']['sent'] = $client->__getLastRequest();

// Row 37: SOAP 1.1 with a WSDL kept as a file, aimed where the WSDL says.
$client = client($plan, $plan['wsdl.v1'], SOAP_1_1, 'consumer');
$facts['row 37'] = call($client, 'v1', request($plan, 'unsigned'));

tell($facts);
