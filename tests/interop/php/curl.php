<?php
// PHP curl with a hand-written envelope (wild-clients row 36): the answer is cut out of the text with a regular expression.

declare(strict_types=1);

require __DIR__ . '/plan.php';

function post(array $plan, string $who, string $argument, string $extra): array
{
    $envelope = <<<XML
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:reg="http://egov.bg/RegiX" xmlns:sig="http://egov.bg/RegiX/SignedData">
       <soapenv:Header/>
       <soapenv:Body>
          <reg:Execute>
             <reg:request>
                <sig:ServiceRequestData>
                   <sig:Operation>{$plan['contracts.operation']}</sig:Operation>
                   <sig:Argument>
                      $argument
                   </sig:Argument>
                   $extra
                </sig:ServiceRequestData>
             </reg:request>
          </reg:Execute>
       </soapenv:Body>
    </soapenv:Envelope>
    XML;
    $curl = curl_init("{$plan['base']}/RegiXEntryPointV2.svc/basic");
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $envelope,
        CURLOPT_HTTPHEADER => [
            'Content-Type: text/xml; charset=utf-8',
            'SOAPAction: "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute"',
            'Content-Length: ' . strlen($envelope),
        ],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_SSL_VERIFYPEER => true,
        CURLOPT_CAINFO => "{$plan['certs']}/ca.pem",
        CURLOPT_SSLCERT => "{$plan['certs']}/$who.pem",
        CURLOPT_SSLKEY => "{$plan['certs']}/$who-key.pem",
        CURLOPT_TIMEOUT => 30,
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        return ['failure' => curl_error($curl)];
    }
    $text = html_entity_decode($answer);
    preg_match('/<EmploymentContractsResponse.*?<\/EmploymentContractsResponse>/s', $text, $found);
    return [
        'status' => curl_getinfo($curl, CURLINFO_RESPONSE_CODE),
        'response' => root_name($found[0] ?? null),
        'contracts' => isset($found[0]) ? substr_count($found[0], '<EContract ') : 0,
        'signed' => (bool) preg_match('/<([a-z]+:)?Signature[ >]/', $text),
        'octets' => $answer,
    ];
}

$plan = plan();
$argument = $plan['contracts.argument'];
$sign = '<sig:SignResult>true</sig:SignResult>';
tell([
    'row 36' => post($plan, 'consumer', $argument, '<SignResult>true</SignResult>'),
    'signed' => post($plan, 'consumer', $argument, $sign),
    'stranger' => post($plan, 'stranger', $argument, $sign),
    'wrong' => post($plan, 'consumer', $plan['argument'], $sign),
]);
