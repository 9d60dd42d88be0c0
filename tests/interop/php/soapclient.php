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

/** One port of one contract, in one version of SOAP, as one caller. */
final class Caller
{
    private const PATHS = ['v0' => 'RegiXService', 'v1' => 'RegiXEntryPoint', 'v2' => 'RegiXEntryPointV2'];
    private const ACTIONS = [
        'v0' => 'http://egov.bg/RegiX/IRegiXService/',
        'v1' => 'http://tempuri.org/IRegiXEntryPoint/',
        'v2' => 'http://egov.bg/RegiX/IRegiXEntryPointV2/',
    ];
    private string $entry;
    private bool $newer;
    private string $address;
    public SoapClient $client;

    public function __construct(private array $plan, string $wire, string $who)
    {
        [$this->entry, $version] = explode('-', $wire);
        $this->newer = $version === '12';
        $this->address = $plan['base'] . '/' . self::PATHS[$this->entry] . '.svc';
        $this->client = client(
            $plan,
            "$this->address.singlewsdl.xml",
            $this->newer ? SOAP_1_2 : SOAP_1_1,
            $who,
            ['location' => $this->newer || $this->entry === 'v0' ? $this->address : "$this->address/basic"],
        );
    }

    public function request(string $ask): array
    {
        $request = [
            'Operation' => $this->plan['operation'],
            'Argument' => ['any' => $ask === 'wrong' ? $this->plan['wrong'] : $this->plan['argument']],
        ];
        if ($this->entry === 'v0') {
            return $request + ['CallContext' => 'чл. 1 от пример'];
        }
        $request += [
            'CallContext' => ['ServiceURI' => '17-2026', 'ServiceType' => 'Проверка', 'LawReason' => 'чл. 1 от пример'],
            'SignResult' => in_array($ask, ['signed', 'later', 'paper', 'pushed'], true),
            'ReturnAccessMatrix' => $ask === 'matrix',
        ];
        if ($this->entry === 'v2') {
            $request += ['RequestProcessing' => [], 'ResponseProcessing' => $ask === 'paper' ? ['TransformToPDF'] : []];
        }
        return $request;
    }

    /** The facts of a call, whatever it brings. */
    public function told(string $method, array $parameters): array
    {
        if ($this->newer) {
            $this->client->__setSoapHeaders(addressing(self::ACTIONS[$this->entry] . $method, $this->address));
        }
        try {
            $answer = $this->client->$method($parameters);
            $result = $answer->{"{$method}Result"} ?? null;
            if ($result === null) {
                return ['outcome' => 'nothing', 'members' => get_object_vars($answer)];
            }
            return result($result->ServiceResultData ?? $result) + ['octets' => $this->client->__getLastResponse()];
        } catch (SoapFault $fault) {
            return [
                'outcome' => 'fault',
                'code' => $fault->faultcode,
                'text' => $fault->faultstring,
                'has_detail' => isset($fault->detail),
                'detail' => $this->client->__getLastResponse() ?? '',
            ];
        }
    }

    public function ask(array $request): array
    {
        return $this->entry === 'v2'
            ? $this->told('Execute', ['request' => ['ServiceRequestData' => $request]])
            : $this->told('ExecuteSynchronous', ['request' => $request]);
    }

    /** Asks without waiting for the answer. */
    public function accept(array $request): array
    {
        return $this->entry === 'v2'
            ? $this->ask(['RequestProcessing' => ['Asynchronous']] + $request)
            : $this->told('Execute', ['request' => $request]);
    }

    public function about(string $method, array $ticket): array
    {
        $argument = $this->entry === 'v2' ? ['ServiceCheckResultArgument' => $ticket] : $ticket;
        return $this->told($method, ['argument' => $argument]);
    }

    private function ticket(array $accepted): array
    {
        $ticket = ['ServiceCallID' => $accepted['call_id']];
        return $this->entry === 'v2' ? $ticket + ['VerificationCode' => $accepted['code']] : $ticket;
    }

    public function later(): array
    {
        $accepted = $this->accept($this->request('later'));
        $ticket = $this->ticket($accepted);
        for ($turn = 0; $turn < 600; $turn++) {
            $answer = $this->about('CheckResult', $ticket);
            if ($answer['ready']) {
                break;
            }
            usleep(50000);
        }
        $facts = ['accepted' => $accepted, 'answer' => $answer];
        if ($this->entry === 'v2') {
            $nothing = $this->about('AcknowledgeResultReceived', $ticket);
            $facts['acknowledged'] = $nothing === ['outcome' => 'nothing', 'members' => []];
            $facts['gone'] = $this->about('CheckResult', $ticket);
        }
        return $facts;
    }

    public function astray(Caller $stranger): array
    {
        $slow = ['Operation' => $this->plan['slow.operation'], 'Argument' => ['any' => $this->plan['slow.argument']]];
        $ticket = $this->ticket($this->accept($slow + $this->request('unsigned')));
        $facts = ['pending' => $this->about('CheckResult', $ticket)];
        if ($this->entry === 'v2') {
            $facts['unready'] = $this->about('AcknowledgeResultReceived', $ticket);
            $facts['code'] = $this->about('CheckResult', ['VerificationCode' => '17.AAAA'] + $ticket);
            $facts['unnumbered'] = $this->about('CheckResult', ['VerificationCode' => $ticket['VerificationCode']]);
        }
        $facts['unknown'] = $this->about('CheckResult', ['ServiceCallID' => $this->plan['unknown']] + $ticket);
        $facts['refused'] = $stranger->accept($stranger->request('unsigned'));
        return $facts;
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
$facts = [];
foreach (['v0-11', 'v1-11', 'v1-12', 'v2-11', 'v2-12'] as $wire) {
    $consumer = new Caller($plan, $wire, 'consumer');
    $stranger = new Caller($plan, $wire, 'stranger');
    $asks = ['v0' => ['unsigned', 'wrong'], 'v1' => ['unsigned', 'signed', 'matrix', 'wrong']];
    $asks['v2'] = [...$asks['v1'], 'paper'];
    foreach ($asks[substr($wire, 0, 2)] as $ask) {
        $facts[$wire][$ask] = $consumer->ask($consumer->request($ask));
    }
    $facts[$wire]['stranger'] = $stranger->ask($stranger->request('stranger'));
    $facts[$wire]['later'] = $consumer->later();
    $facts[$wire]['astray'] = $consumer->astray($stranger);
}

// The answer to this one is pushed: receiver.php reads it.
$consumer = new Caller($plan, 'v2-11', 'consumer');
$address = "https://localhost:{$plan['receiver.php']}/callback";
$facts['pushed'] = $consumer->accept(['CallbackURL' => $address] + $consumer->request('pushed'));

// Row 35: the WSDL from the lower-case path, the POST where the WSDL says, To the root address, everything asked for.
$client = client($plan, "$base/regix/RegiXEntryPoint.svc?singleWsdl", SOAP_1_2, 'consumer');
$client->__setSoapHeaders(addressing('http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous', "$base/"));
$request = (new Caller($plan, 'v1-12', 'consumer'))->request('unsigned');
$answer = $client->ExecuteSynchronous(['request' => ['SignResult' => true, 'ReturnAccessMatrix' => true] + $request]);
$facts['row 35'] = result($answer->ExecuteSynchronousResult) + ['octets' => $client->__getLastResponse()];
$facts['row 35']['sent'] = $client->__getLastRequest();

// Row 37: SOAP 1.1 with a WSDL kept as a file, aimed where the WSDL says.
$client = client($plan, $plan['wsdl.v1'], SOAP_1_1, 'consumer');
$facts['row 37'] = result($client->ExecuteSynchronous(['request' => $request])->ExecuteSynchronousResult);

tell($facts);
