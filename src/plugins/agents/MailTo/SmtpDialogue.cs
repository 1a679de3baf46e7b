using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.MailTo;

/// <summary>A mail by plain SMTP (RFC 5321), every step within one deadline.</summary>
internal sealed class SmtpDialogue(long deadlineNs)
{
    /// <summary>RFC 5321, 4.5.3.1.5: 512 for a line of a reply; some servers say more.</summary>
    private const int ReplyBytesMax = 8192;

    private TcpStream? _stream;

    /// <summary>Null, or why the mail is not on its way.</summary>
    public string? Send(IPAddress server, int port, string host, string sender, IReadOnlyList<string> receivers, string message)
    {
        using TcpStream? stream = TcpStream.Connect(server, port, deadlineNs, out Errno error);
        if (stream is null)
        {
            return server + " port " + port.ToString(CultureInfo.InvariantCulture) + ": " + error;
        }

        _stream = stream;
        string? problem = Expect(2, null) ?? Expect(2, "EHLO " + host) ?? Expect(2, "MAIL FROM:<" + sender + ">");
        for (int i = 0; i < receivers.Count && problem is null; i++)
        {
            problem = Expect(2, "RCPT TO:<" + receivers[i] + ">");
        }

        problem ??= Expect(3, "DATA") ?? Expect(2, message + "\r\n.");

        // Whether the farewell is heard does not matter: the mail was taken, or was not.
        _ = stream.Send("QUIT\r\n"u8, deadlineNs);
        return problem;
    }

    /// <summary>Says a line and reads a reply of this class; null, or what came instead.</summary>
    private string? Expect(int kind, string? line)
    {
        if (line is not null)
        {
            Errno sent = _stream!.Send(Encoding.UTF8.GetBytes(line + "\r\n"), deadlineNs);
            if (sent.IsError)
            {
                return sent.ToString();
            }
        }

        StringBuilder reply = new();
        byte[] buffer = new byte[1024];
        while (!IsWhole(reply))
        {
            Errno error = _stream!.Receive(buffer, deadlineNs, out int bytes);
            if (error.IsError || bytes == 0 || reply.Length > ReplyBytesMax)
            {
                return error.IsError ? "no answer: " + error : bytes == 0 ? "the server has hung up" : "the answer has no end";
            }

            reply.Append(Encoding.ASCII.GetString(buffer, 0, bytes));
        }

        return reply[0] == (char)('0' + kind) ? null : "the server says " + reply.ToString().Trim();
    }

    /// <summary>The last line of a reply has a blank behind its three digits, the others a hyphen.</summary>
    internal static bool IsWhole(StringBuilder reply)
    {
        string text = reply.ToString();
        if (!text.EndsWith('\n'))
        {
            return false;
        }

        int start = text.LastIndexOf('\n', text.Length - 2 < 0 ? 0 : text.Length - 2) + 1;
        string last = text[start..].TrimEnd();
        return last.Length >= 3 && (last.Length == 3 || last[3] != '-');
    }
}
