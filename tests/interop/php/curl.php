<?php
// PHP curl with a hand-written envelope (wild-clients row 36): the answer is cut out of the text with a regular expression.

declare(strict_types=1);

require __DIR__ . '/plan.php';

/** One exchange: the status and the text of the answer. */
function exchange(array $plan, string $who, string $method, string $content): array
{
    $envelope = <<<XML
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:reg="http://egov.bg/RegiX" xmlns:sig="http://egov.bg/RegiX/SignedData">
       <soapenv:Header/>
       <soapenv:Body>
          <reg:$method>
             $content
          </reg:$method>
       </soapenv:Body>
    </soapenv:Envelope>
    XML;
    $curl = curl_init("{$plan['base']}/RegiXEntryPointV2.svc/basic");
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $envelope,
        CURLOPT_HTTPHEADER => [
            'Content-Type: text/xml; charset=utf-8',
            "SOAPAction: \"http://egov.bg/RegiX/IRegiXEntryPointV2/$method\"",
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
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $answer];
}

function told(int $status, string $answer): array
{
    $text = html_entity_decode($answer);
    preg_match('/<EmploymentContractsResponse.*?<\/EmploymentContractsResponse>/s', $text, $found);
    return [
        'status' => $status,
        'response' => root_name($found[0] ?? null),
        'contracts' => isset($found[0]) ? substr_count($found[0], '<EContract ') : 0,
        'signed' => (bool) preg_match('/<([a-z]+:)?Signature[ >]/', $text),
        'octets' => $answer,
    ];
}

function asked(string $operation, string $argument, string $extra): string
{
    return <<<XML
    <reg:request>
                <sig:ServiceRequestData>
                   <sig:Operation>$operation</sig:Operation>
                   <sig:Argument>
                      $argument
                   </sig:Argument>
                   $extra
                </sig:ServiceRequestData>
             </reg:request>
    XML;
}

function post(array $plan, string $who, string $argument, string $extra): array
{
    return told(...exchange($plan, $who, 'Execute', asked($plan['contracts.operation'], $argument, $extra)));
}

/** What stands between the tags of the first element of this name. */
function between(string $name, string $text): ?string
{
    return preg_match("/<$name>(.*?)<\\/$name>/s", $text, $found) ? $found[1] : null;
}

/** An asynchronous call from its acceptance to its end, all of it by cutting texts. */
function later(array $plan): array
{
    $extra = '<sig:RequestProcessing>Asynchronous</sig:RequestProcessing><sig:SignResult>true</sig:SignResult>';
    $question = asked($plan['contracts.operation'], $plan['contracts.argument'], $extra);
    [, $accepted] = exchange($plan, 'consumer', 'Execute', $question);
    $number = between('ServiceCallID', $accepted);
    $code = between('VerificationCode', $accepted);
    $about = fn(string $code): string => <<<XML
    <reg:argument>
                <sig:ServiceCheckResultArgument>
                   <sig:ServiceCallID>$number</sig:ServiceCallID>
                   <sig:VerificationCode>$code</sig:VerificationCode>
                </sig:ServiceCheckResultArgument>
             </reg:argument>
    XML;
    for ($turn = 0; $turn < 600; $turn++) {
        [$status, $answer] = exchange($plan, 'consumer', 'CheckResult', $about($code));
        if (between('IsReady', $answer) !== 'false') {
            break;
        }
        usleep(50000);
    }
    [, $wrong] = exchange($plan, 'consumer', 'CheckResult', $about('x'));
    [$acknowledged] = exchange($plan, 'consumer', 'AcknowledgeResultReceived', $about($code));
    [, $gone] = exchange($plan, 'consumer', 'CheckResult', $about($code));
    return [
        'number' => $number,
        'code' => $code,
        'answer' => told($status, $answer),
        'wrong' => between('Error', $wrong),
        'acknowledged' => $acknowledged,
        'gone' => between('Error', $gone),
    ];
}

/** A file that is cut out of the text. */
function paper(array $plan): array
{
    $extra = '<sig:ResponseProcessing>TransformToPDF</sig:ResponseProcessing><sig:SignResult>true</sig:SignResult>';
    [$status, $answer] = exchange($plan, 'consumer', 'Execute', asked($plan['operation'], $plan['argument'], $extra));
    return ['status' => $status, 'pdf' => between('Binary', $answer), 'octets' => $answer];
}

$plan = plan();
$argument = $plan['contracts.argument'];
$sign = '<sig:SignResult>true</sig:SignResult>';
tell([
    'row 36' => post($plan, 'consumer', $argument, '<SignResult>true</SignResult>'),
    'signed' => post($plan, 'consumer', $argument, $sign),
    'stranger' => post($plan, 'stranger', $argument, $sign),
    'wrong' => post($plan, 'consumer', $plan['argument'], $sign),
    'later' => later($plan),
    'paper' => paper($plan),
]);
