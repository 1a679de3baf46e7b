using System;
using System.Globalization;
using System.Net;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.Nut;

/// <summary>
/// A UPS through upsd of Network UPS Tools. Off is load.off, proven by OFF in ups.status; a cycle is shutdown.return.
/// The server is an address and no name: a fencing must not wait for DNS.
/// </summary>
internal sealed class NutDriver : IStonithFunction
{
    private const int PortDefault = 3493;
    private const int CommandsMax = 1_000;

    public bool Can(StonithOperation operation)
        => operation is not (StonithOperation.Hosts or StonithOperation.MetaData);

    public string? Validate(StonithRequest request)
    {
        if (request.Find("ups") is not { } ups || HasBlank(ups))
        {
            return "expected ups = \"name\", as upsd calls it";
        }

        if (Address(request) is null)
        {
            return "server \"" + request.Find("server") + "\" is no address; expected one such as \"127.0.0.1\"";
        }

        if (request.Find("username") is not { } user || HasBlank(user) || request.Find("password") is null)
        {
            return "expected username = \"…\" and password_file = \"…\" of a user in upsd.users who may use these commands";
        }

        return Port(request) is null ? "port \"" + request.Find("port") + "\" is out of range; expected 1 to 65535" : null;
    }

    public StonithOutcome Run(StonithRequest request, out string text)
    {
        using UpsdClient? client = UpsdClient.Connect(Address(request)!, Port(request)!.Value, request.DeadlineNs, out text);
        if (client is null)
        {
            return StonithOutcome.Failed;
        }

        string ups = request.Find("ups")!;
        if (request.Operation == StonithOperation.Status)
        {
            return Status(client, ups, out text);
        }

        if (!Say(client, "USERNAME " + request.Find("username"), "USERNAME", out text)
            || !Say(client, "PASSWORD " + request.Find("password"), "PASSWORD", out text))
        {
            return StonithOutcome.Failed;
        }

        if (request.Operation == StonithOperation.Monitor)
        {
            return Monitor(client, ups, Command(request, StonithOperation.Off), out text);
        }

        string command = "INSTCMD " + ups + " " + Command(request, request.Operation);
        return Say(client, command, command, out text) ? StonithOutcome.Ok : StonithOutcome.Failed;
    }

    /// <param name="shown">What may stand in a log of this line.</param>
    private static bool Say(UpsdClient client, string line, string shown, out string text)
    {
        if (!client.Ask(line, out UpsdReply reply, out text))
        {
            return false;
        }

        text = reply.IsOk ? "" : "upsd to " + shown + ": " + StonithText.Clean(reply.Word + " " + reply.Value);
        return reply.IsOk;
    }

    private static StonithOutcome Status(UpsdClient client, string ups, out string text)
    {
        if (!client.Ask("GET VAR " + ups + " ups.status", out UpsdReply reply, out text))
        {
            return StonithOutcome.Failed;
        }

        if (reply.Kind != "VAR")
        {
            text = "upsd: " + StonithText.Clean(reply.Kind + " " + reply.Word);
            return StonithOutcome.Failed;
        }

        text = "ups.status " + StonithText.Clean(reply.Value);
        return Array.IndexOf(reply.Value.Split(' '), "OFF") >= 0 ? StonithOutcome.IsOff : StonithOutcome.IsOn;
    }

    /// <summary>Not only that it answers: that it has the command which will be needed.</summary>
    private static StonithOutcome Monitor(UpsdClient client, string ups, string command, out string text)
    {
        if (!client.Ask("LIST CMD " + ups, out UpsdReply reply, out text))
        {
            return StonithOutcome.Failed;
        }

        bool found = false;
        for (int i = 0; i < CommandsMax && reply.Kind is "BEGIN" or "CMD"; i++)
        {
            found |= reply.Kind == "CMD" && reply.Word == command;
            if (!client.Read(out reply, out text))
            {
                return StonithOutcome.Failed;
            }
        }

        text = reply.IsError ? "upsd: " + StonithText.Clean(reply.Word) : found ? "" : ups + " has no command " + command;
        return text.Length == 0 ? StonithOutcome.Ok : StonithOutcome.Failed;
    }

    private static string Command(StonithRequest request, StonithOperation operation) => operation switch
    {
        StonithOperation.Off => request.Find("off_command") ?? "load.off",
        StonithOperation.On => request.Find("on_command") ?? "load.on",
        _ => request.Find("cycle_command") ?? "shutdown.return",
    };

    private static IPAddress? Address(StonithRequest request)
    {
        string text = request.Find("server") ?? "127.0.0.1";
        return IPAddress.TryParse(text == "localhost" ? "127.0.0.1" : text, out IPAddress? address) ? address : null;
    }

    private static int? Port(StonithRequest request)
    {
        if (request.Find("port") is not { } text)
        {
            return PortDefault;
        }

        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        return valid && port is >= 1 and <= 65_535 ? port : null;
    }

    private static bool HasBlank(string text) => text.Length == 0 || text.Contains(' ', StringComparison.Ordinal);
}
