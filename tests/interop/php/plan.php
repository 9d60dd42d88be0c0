<?php
// What the PHP programs share: the plan, and facts about an answer.

declare(strict_types=1);

const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
const RESPONSE = 'http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse';

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

function first_name(?string $xml): ?string
{
    if ($xml === null || $xml === '') {
        return null;
    }
    return (string) simplexml_load_string($xml)->FirstName;
}

function tell(array $facts): void
{
    echo json_encode($facts, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
}
