# Ruby's Net::HTTP as in wild-clients row 34: a GET with a body, an unquoted SOAPAction, SignResult in no namespace, and an
# answer that is read as a hash by a literal path.
# frozen_string_literal: true

require 'json'
require 'net/http'
require 'openssl'
require 'active_support'
require 'active_support/core_ext/hash/conversions'

PLAN = JSON.parse(File.read(ARGV.last))

def envelope(argument, sign)
  <<~XML
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:reg="http://egov.bg/RegiX" xmlns:sig="http://egov.bg/RegiX/SignedData">
      <soapenv:Header/>
      <soapenv:Body>
        <reg:Execute>
          <reg:request>
            <sig:ServiceRequestData>
              <sig:RequestProcessing></sig:RequestProcessing>
              <sig:ResponseProcessing></sig:ResponseProcessing>
              <sig:Operation>#{PLAN['operation']}</sig:Operation>
              <sig:Argument>
                #{argument}
              </sig:Argument>
              #{sign}
            </sig:ServiceRequestData>
          </reg:request>
        </reg:Execute>
      </soapenv:Body>
    </soapenv:Envelope>
  XML
end

def connection(who)
  address = URI("#{PLAN['base']}/RegiXEntryPointV2.svc/basic")
  http = Net::HTTP.new(address.host, address.port)
  http.use_ssl = true
  http.verify_mode = OpenSSL::SSL::VERIFY_PEER
  http.ca_file = "#{PLAN['certs']}/ca.pem"
  http.cert = OpenSSL::X509::Certificate.new(File.read("#{PLAN['certs']}/#{who}.pem"))
  http.key = OpenSSL::PKey.read(File.read("#{PLAN['certs']}/#{who}-key.pem"))
  [http, address]
end

def call(who, argument, sign)
  http, address = connection(who)
  request = Net::HTTP::Get.new(address.request_uri)
  request['Content-Type'] = 'text/xml;charset=UTF-8'
  request['Soapaction'] = 'http://egov.bg/RegiX/IRegiXEntryPointV2/Execute'
  request.body = envelope(argument, sign)
  answer = http.request(request)
  octets = answer.body.dup.force_encoding('UTF-8')
  facts = { method: request.method, status: answer.code, octets: octets }
  return facts unless answer.code == '200'

  result = Hash.from_xml(octets).dig('Envelope', 'Body', 'ExecuteResponse', 'ExecuteResult', 'ServiceResultData')
  facts.merge(
    has_error: result['HasError'],
    error: result['Error'],
    first_name: result.dig('Data', 'Response', 'ValidPersonResponse', 'FirstName'),
    signed: result.key?('Signature')
  )
end

unqualified = '<SignResult>true</SignResult><ReturnAccessMatrix>false</ReturnAccessMatrix>'
qualified = '<sig:SignResult>true</sig:SignResult>'
puts JSON.pretty_generate(
  'row 34' => call('consumer', PLAN['argument'], unqualified),
  'signed' => call('consumer', PLAN['argument'], qualified),
  'stranger' => call('stranger', PLAN['argument'], unqualified),
  'wrong' => call('consumer', PLAN['wrong'], unqualified)
)
