<?php
// PHP SoapClient with typed contracts: the WSDL is read over TLS, arguments and answers are objects.

declare(strict_types=1);

require __DIR__ . '/plan.php';

ini_set('soap.wsdl_cache_enabled', '0');

const VERSIONS = ['11' => SOAP_1_1, '12' => SOAP_1_2];
const CONTEXT = ['LawReason' => 'чл. 1 от пример', 'ServiceURI' => '17-2026'];

function face(array $plan, string $package, string $version, string $who): SoapClient
{
    $location = "{$plan['base']}/adapters/$package" . ($version === '12' ? '/soap12' : '');
    return new SoapClient("{$plan['base']}/adapters/$package?wsdl", [
        'soap_version' => VERSIONS[$version],
        'location' => $location,
        'local_cert' => "{$plan['forms']}/$who.pem",
        'stream_context' => stream_context_create(['ssl' => ['cafile' => "{$plan['certs']}/ca.pem"]]),
        'cache_wsdl' => WSDL_CACHE_NONE,
        'trace' => true,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
}

/** What a call brings: a typed answer or a typed fault. */
function asked(SoapClient $client, string $number, array $more = []): array
{
    try {
        $answer = $client->ValidPersonSearch(
            ['Argument' => ['ValidPersonRequest' => ['EGN' => $number]], 'CallContext' => CONTEXT] + $more
        );
    } catch (SoapFault $fault) {
        $problem = $fault->detail->Problem;
        $places = $problem->Place ?? [];
        return [
            'code' => $problem->Code, 'message' => $problem->MessageBg, 'hint' => $problem->HintEn ?? null,
            'retryable' => $problem->Retryable, 'path' => (is_array($places) ? $places[0] ?? null : $places)?->Path,
        ];
    }
    $person = $answer->Data->Response->ValidPersonResponse;
    $fields = $answer->Data->Matrix->Properties->Property ?? null;
    return [
        'first_name' => $person->FirstName,
        'birth_date' => $person->BirthDate,
        'echo' => $answer->Data->Request->ValidPersonRequest->EGN,
        'call_id' => (int) $answer->ServiceCallID,
        'matrix' => $fields === null ? null : array_map(fn($field) => $field->Name, $fields),
        'signed' => isset($answer->Signature),
        'octets' => $client->__getLastResponse(),
    ];
}

function later(SoapClient $client): array
{
    $accepted = $client->GetExtract(['Argument' => ['ExtractRequest' => ['Number' => '17']], 'CallContext' => CONTEXT]);
    $ticket = ['ServiceCallID' => $accepted->ServiceCallID, 'VerificationCode' => $accepted->VerificationCode];
    $end = microtime(true) + 30;
    do {
        usleep(50_000);
        $answer = $client->GetExtractResult($ticket);
    } while (!$answer->IsReady && microtime(true) < $end);
    $client->GetExtractReceived($ticket);
    try {
        $client->GetExtractResult($ticket);
        $gone = null;
    } catch (SoapFault $fault) {
        $gone = $fault->detail->Problem->Code;
    }
    return ['title' => $answer->Data->Response->ExtractResponse->Title, 'gone' => $gone];
}

$plan = plan();
$facts = [];
foreach (array_keys(VERSIONS) as $version) {
    $version = (string) $version;
    $client = face($plan, 'RegiX.GraoNBDAdapter', $version, 'consumer');
    $facts[$version] = [
        'signed' => asked($client, $plan['number'], ['SignResult' => true]),
        'matrix' => asked($client, $plan['number'], ['ReturnAccessMatrix' => true]),
        'wrong' => asked($client, '1'),
        'stranger' => asked(face($plan, 'RegiX.GraoNBDAdapter', $version, 'stranger'), $plan['number']),
        'later' => later(face($plan, 'Archive', $version, 'consumer')),
    ];
}
// The WSDL of every package of the corpus.
$facts['read'] = [];
foreach (glob("{$plan['wsdls']}/*.wsdl") as $file) {
    $facts['read'][basename($file, '.wsdl')] = count((new SoapClient($file, ['cache_wsdl' => WSDL_CACHE_NONE]))->__getFunctions());
}
tell($facts);
