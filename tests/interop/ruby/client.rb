# Ruby's Net::HTTP as in wild-clients row 34: a GET with a body, an unquoted SOAPAction, SignResult in no namespace, and an
# answer that is read as a hash by a literal path.
# frozen_string_literal: true

require 'json'
require 'net/http'
require 'openssl'
require 'active_support'
require 'active_support/core_ext/hash/conversions'

PLAN = JSON.parse(File.read(ARGV.last))

def envelope(method, content)
  <<~XML
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:reg="http://egov.bg/RegiX" xmlns:sig="http://egov.bg/RegiX/SignedData">
      <soapenv:Header/>
      <soapenv:Body>
        <reg:#{method}>
          #{content}
        </reg:#{method}>
      </soapenv:Body>
    </soapenv:Envelope>
  XML
end

def question(argument, sign, request_processing = '', response_processing = '')
  <<~XML
    <reg:request>
      <sig:ServiceRequestData>
        <sig:RequestProcessing>#{request_processing}</sig:RequestProcessing>
        <sig:ResponseProcessing>#{response_processing}</sig:ResponseProcessing>
        <sig:Operation>#{PLAN['operation']}</sig:Operation>
        <sig:Argument>
          #{argument}
        </sig:Argument>
        #{sign}
      </sig:ServiceRequestData>
    </reg:request>
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

def post(who, method, content)
  http, address = connection(who)
  request = Net::HTTP::Get.new(address.request_uri)
  request['Content-Type'] = 'text/xml;charset=UTF-8'
  request['Soapaction'] = "http://egov.bg/RegiX/IRegiXEntryPointV2/#{method}"
  request.body = envelope(method, content)
  answer = http.request(request)
  octets = answer.body.dup.force_encoding('UTF-8')
  facts = { method: request.method, status: answer.code, octets: octets }
  return facts unless answer.code == '200'

  response = Hash.from_xml(octets).dig('Envelope', 'Body', "#{method}Response")
  result = response&.dig("#{method}Result", 'ServiceResultData')
  return facts unless result

  facts.merge(
    ready: result['IsReady'],
    has_error: result['HasError'],
    error: result['Error'],
    call_id: result['ServiceCallID'],
    code: result['VerificationCode'],
    first_name: result.dig('Data', 'Response', 'ValidPersonResponse', 'FirstName'),
    pdf: result.dig('Data', 'Response', 'BinaryArgument', 'Binary'),
    signed: result.key?('Signature')
  )
end

def call(who, argument, sign)
  post(who, 'Execute', question(argument, sign))
end

def about(method, call_id, code)
  post('consumer', method, <<~XML)
    <reg:argument>
      <sig:ServiceCheckResultArgument>
        <sig:ServiceCallID>#{call_id}</sig:ServiceCallID>
        <sig:VerificationCode>#{code}</sig:VerificationCode>
      </sig:ServiceCheckResultArgument>
    </reg:argument>
  XML
end

def later(sign)
  accepted = post('consumer', 'Execute', question(PLAN['argument'], sign, 'Asynchronous'))
  ticket = accepted.values_at(:call_id, :code)
  answer = about('CheckResult', *ticket)
  600.times do
    break unless answer[:ready] == 'false'

    sleep 0.05
    answer = about('CheckResult', *ticket)
  end
  {
    accepted: accepted,
    answer: answer,
    wrong: about('CheckResult', ticket[0], 'x'),
    acknowledged: about('AcknowledgeResultReceived', *ticket),
    gone: about('CheckResult', *ticket),
    unknown: about('CheckResult', PLAN['unknown'], ticket[1])
  }
end

unqualified = '<SignResult>true</SignResult><ReturnAccessMatrix>false</ReturnAccessMatrix>'
qualified = '<sig:SignResult>true</sig:SignResult>'
puts JSON.pretty_generate(
  'row 34' => call('consumer', PLAN['argument'], unqualified),
  'signed' => call('consumer', PLAN['argument'], qualified),
  'stranger' => call('stranger', PLAN['argument'], unqualified),
  'wrong' => call('consumer', PLAN['wrong'], unqualified),
  'later' => later(qualified),
  'paper' => post('consumer', 'Execute', question(PLAN['argument'], qualified, '', 'TransformToPDF'))
)
