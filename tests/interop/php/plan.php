<?php
// What the PHP programs share: the plan, and facts about an answer.

declare(strict_types=1);

const ADDRESSING = 'http://www.w3.org/2005/08/addressing';

// Warnings as failures: a client that complains has noticed a difference.
set_error_handler(function (int $level, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $level, $file, $line);
});

function plan(): array
{
    global $argv;
    return json_decode(file_get_contents(end($argv)), true, 64, JSON_THROW_ON_ERROR);
}

function root_name(?string $xml): ?string
{
    if ($xml === null || $xml === '') {
        return null;
    }
    $root = simplexml_load_string($xml);
    $names = $root->getNamespaces();
    return '{' . ($names[''] ?? '') . '}' . $root->getName();
}

/** The text of a child of a document. */
function member(?string $xml, string $name): ?string
{
    $found = $xml === null || $xml === '' ? null : simplexml_load_string($xml)->$name;
    return $found === null || count($found) === 0 ? null : (string) $found;
}

/** What a deserialised result says, of whichever contract. */
function result(object $result): array
{
    $data = $result->Data ?? null;
    $payload = $data->Response->any ?? $result->Result->any ?? null;
    $matrix = $data->Matrix->Properties->Property ?? null;
    return [
        'outcome' => 'result',
        'ready' => $result->IsReady ?? null,
        'has_error' => $result->HasError,
        'error' => $result->Error ?? null,
        'call_id' => isset($result->ServiceCallID) ? (string) $result->ServiceCallID : null,
        'code' => $result->VerificationCode ?? null,
        'request' => root_name($data->Request->any ?? null),
        'response' => root_name($payload),
        'first_name' => member($payload, 'FirstName'),
        'pdf' => member($payload, 'Binary'),
        'signed' => isset($result->Signature),
        'matrix' => $matrix === null ? null : array_map(fn($p) => $p->Name, is_array($matrix) ? $matrix : [$matrix]),
    ];
}

function tell(array $facts): void
{
    echo json_encode($facts, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
}
