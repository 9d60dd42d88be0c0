// What the .NET programs are given, and the facts they print.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;

sealed class Plan
{
    readonly Dictionary<string, string> values = new Dictionary<string, string>();

    public Plan(string file)
    {
        foreach (var line in File.ReadAllLines(file, Encoding.UTF8))
        {
            var at = line.IndexOf('=');
            values[line.Substring(0, at)] = line.Substring(at + 1);
        }
        ServicePointManager.SecurityProtocol = SecurityProtocolType.Tls12;
        ServicePointManager.DefaultConnectionLimit = 16;
        // As most of these consumers do.
        ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
    }

    public string this[string name] { get { return values[name]; } }

    public X509Certificate2 Certificate(string who)
    {
        return new X509Certificate2(this["forms"] + "/" + who + ".p12", this["password"]);
    }

    public XmlElement Argument(string ask)
    {
        var document = new XmlDocument();
        document.LoadXml(this[ask == "wrong" ? "wrong" : ask == "slow" ? "slow.argument" : "argument"]);
        return document.DocumentElement;
    }
}

sealed class Facts : Dictionary<string, object>
{
    public static Facts Result(bool ready, bool hasError, string error, decimal? callId, string code, XmlElement request,
        XmlElement response, bool signed, IEnumerable<string> matrix)
    {
        return new Facts
        {
            { "outcome", "result" }, { "ready", ready }, { "has_error", hasError }, { "error", error },
            { "call_id", callId == null ? null : callId.ToString() }, { "code", code },
            { "request", Name(request) }, { "response", Name(response) },
            { "first_name", Text(response, "FirstName") }, { "pdf", Text(response, "Binary") }, { "signed", signed },
            { "matrix", matrix == null ? null : matrix.ToArray() },
        };
    }

    public static Facts Accepted(decimal callId, bool hasError, string error)
    {
        return new Facts
        {
            { "outcome", "result" }, { "has_error", hasError }, { "error", error }, { "call_id", callId.ToString() }, { "code", null },
        };
    }

    public static Facts Fault(string code, string text, string detail)
    {
        return new Facts { { "outcome", "fault" }, { "code", code }, { "text", text }, { "detail", detail } };
    }

    static string Text(XmlElement document, string name)
    {
        var found = document == null ? null : document.GetElementsByTagName(name).Item(0);
        return found == null ? null : found.InnerText;
    }

    static string Name(XmlElement element)
    {
        return element == null ? null : "{" + element.NamespaceURI + "}" + element.LocalName;
    }

    public void Tell()
    {
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        Write(this, output);
        output.Flush();
    }

    static void Write(object value, TextWriter output)
    {
        var text = value as string;
        var list = value as string[];
        var facts = value as Facts;
        if (value == null) output.Write("null");
        else if (value is bool) output.Write((bool)value ? "true" : "false");
        else if (value is long) output.Write((long)value);
        else if (text != null) Quote(text, output);
        else if (list != null) Join("[", list, "]", item => Write(item, output), output);
        else Join("{", facts, "}", item => { Quote(item.Key, output); output.Write(": "); Write(item.Value, output); }, output);
    }

    static void Join<T>(string open, IEnumerable<T> items, string close, Action<T> write, TextWriter output)
    {
        var gap = open;
        foreach (var item in items)
        {
            output.Write(gap);
            write(item);
            gap = ",\n";
        }
        output.Write(gap == open ? open + close : close);
    }

    static void Quote(string text, TextWriter output)
    {
        output.Write('"');
        foreach (var c in text)
        {
            if (c < ' ' || c == '"' || c == '\\') output.Write("\\u{0:x4}", (int)c);
            else output.Write(c);
        }
        output.Write('"');
    }
}
