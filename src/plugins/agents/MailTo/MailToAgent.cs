using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.MailTo;

/// <summary>
/// A mail whenever the group arrives or leaves. A mail server that does not answer is no reason to have no service: the action
/// succeeds, and says what went wrong.
/// </summary>
public sealed class MailToAgent(AgentStates states, string host) : DescribedAgent(s_description)
{
    /// <summary>All of the dialogue: the rest of the group waits for it.</summary>
    private const long DialogueNs = 5_000_000_000;

    private static readonly AgentDescription s_description = new(
        ["MailTo"], "Sends mail",
        "Sends a mail when the group starts and when it stops, to a mail server by SMTP, in at most five seconds. No TLS, no"
            + " password: meant for the server on this machine. A mail that cannot be sent does not fail the group.",
        [
            new("email", ParameterKind.Text, "Receiver", "An address, or several with blanks or commas between.", Required: true),
            new("subject", ParameterKind.Text, "Subject", "The beginning of the subject.", "Resource Group"),
            new("server", ParameterKind.Text, "Server", "The mail server: an address, with a port behind a colon; no host name.", "127.0.0.1:25"),
            new("sender", ParameterKind.Text, "Sender", "The address of the sender. Default: hbd at this host."),
        ],
        Positional: 2);

    protected override string? Check(AgentValues values)
    {
        foreach (string name in (string[])["email", "subject", "sender"])
        {
            foreach (char c in values.Text(name))
            {
                if (char.IsControl(c) || (name != "subject" && c is '<' or '>'))
                {
                    return name + ": contains a character that no mail may have there";
                }
            }
        }

        return TryServer(values.Text("server"), out _, out _)
            ? null
            : "server: \"" + values.Text("server") + "\" is not an address such as 127.0.0.1:25 or [::1]:25";
    }

    protected override AgentResult Start(AgentCall call)
    {
        if (Monitor(call) == AgentResult.Ok)
        {
            return AgentResult.Ok;
        }

        Mail(call, "Takeover in progress at ");
        AgentStates.Write(StatePath(call), "");
        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        if (Monitor(call) == AgentResult.Ok)
        {
            Mail(call, "Migrating resource away at ");
            AgentStates.Remove(StatePath(call));
        }

        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
        => File.Exists(StatePath(call)) ? AgentResult.Ok : AgentResult.NotRunning;

    private void Mail(AgentCall call, string happening)
    {
        AgentValues values = call.Values;
        string now = DateTime.UtcNow.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        string sender = values.Text("sender").Length > 0 ? values.Text("sender") : "hbd@" + host;
        string text = values.Text("subject") + " " + happening + now + " on " + host;
        string[] receivers = values.Text("email").Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries);
        string message = "Date: " + now + "\r\nFrom: " + sender + "\r\nTo: " + string.Join(", ", receivers) + "\r\nSubject: "
            + EncodedWord(text) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n" + Stuffed(text);
        _ = TryServer(values.Text("server"), out IPAddress server, out int port);
        long nowNs = MonotonicClock.NowNs();
        long leftNs = Math.Min(DialogueNs, (call.DeadlineNs - nowNs) / 2);
        string? problem = new SmtpDialogue(nowNs + leftNs).Send(server, port, host, sender, receivers, message);
        if (problem is not null)
        {
            call.Reason("no mail was sent: " + StonithText.Clean(problem));
        }
    }

    /// <summary>A leading dot would end the mail (RFC 5321, 4.5.2).</summary>
    private static string Stuffed(string text) => text.StartsWith('.') ? "." + text : text;

    /// <summary>RFC 2047 where there is more than ASCII.</summary>
    private static string EncodedWord(string text)
        => Ascii.IsValid(text) ? text : "=?utf-8?B?" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) + "?=";

    private static bool TryServer(string text, out IPAddress address, out int port)
    {
        port = 25;
        string plain = text;
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon);
        if (hasPort)
        {
            plain = text[..colon];
        }

        bool right = !hasPort
            || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536);
        plain = plain.StartsWith('[') && plain.EndsWith(']') ? plain[1..^1] : plain == "localhost" ? "127.0.0.1" : plain;
        bool parsed = IPAddress.TryParse(plain, out IPAddress? found);
        address = found ?? IPAddress.Loopback;
        return parsed && right;
    }

    private string StatePath(AgentCall call) => states.PathOf("MailTo", call.Instance);
}
