<?php
// PHP SoapServer, made from the served WSDL: reads a pushed answer from standard input and writes its reply to standard output,
// and what it read to a file. The HTTPS server around it is another's.

declare(strict_types=1);

require __DIR__ . '/plan.php';

final class Service
{
    public function __construct(private string $told)
    {
    }

    public function ExecuteCallback(object $parameters): object
    {
        $facts = result($parameters->request->ServiceResultData);
        file_put_contents($this->told, json_encode($facts, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR));
        return new stdClass();
    }
}

ini_set('soap.wsdl_cache_enabled', '0');
// Its headers are for a web server.
ob_start();
$server = new SoapServer(plan()['wsdl.v2'], ['soap_version' => SOAP_1_1]);
$server->setObject(new Service($argv[1]));
$server->handle(file_get_contents('php://stdin'));
