using System;
using System.Text.Json;

namespace Hbd.Daemon.Control;

/// <summary>
/// Lines of JSON. A request is <c>{"command":"standby","selector":"all"}</c>; an answer is a status document or
/// <c>{"ok":false,"message":"…"}</c>. Reading never throws: what is wrong with a line is text for its sender.
/// </summary>
internal static class ControlProtocol
{
    /// <summary>The selector that names every group.</summary>
    public const string All = "all";

    /// <summary>File names below the run directory.</summary>
    public const string SocketName = "control";

    public const string LockName = "lock";

    private static readonly string[] s_names =
    [
        "status", "watch", "standby", "takeover", "failback", "cleanup", "stop", "fence", "fence_test", "fence_off", "fence_on",
        "fence_reboot", "fence_confirm", "agent_clear", "maintenance_on", "maintenance_off", "move", "move_end", "metrics", "reload", "upgrade",
        "compare", "clock", "comparison",
    ];

    public static string NameOf(ControlCommand command) => s_names[(int)command];

    /// <summary>Reads one line without its line feed; null, or why it was refused.</summary>
    public static string? Read(ReadOnlySpan<byte> line, out ControlCommand command, out string selector)
    {
        command = ControlCommand.Status;
        selector = "";
        ControlRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return "a request is one line of JSON, such as {\"command\":\"status\"}";
        }

        int index = request?.Command is { } name ? Array.IndexOf(s_names, name) : -1;
        if (index < 0)
        {
            return "no such command; there are " + string.Join(", ", s_names);
        }

        command = (ControlCommand)index;
        selector = request!.Selector ?? (TakesSelector(command) ? All : "");
        return TakesSelector(command) || command == ControlCommand.Upgrade || selector.Length == 0 ? null : s_names[index] + " takes no selector";
    }

    public static bool TakesSelector(ControlCommand command)
        => command is ControlCommand.Standby or ControlCommand.Takeover or ControlCommand.Failback or ControlCommand.Cleanup
            or ControlCommand.AgentClear || IsFencing(command) || Modes.ModeCommands.Is(command);

    /// <summary>Commands about the fencing of a node, which is their selector.</summary>
    public static bool IsFencing(ControlCommand command)
        => command is >= ControlCommand.FenceTest and <= ControlCommand.FenceConfirm;

    /// <summary>A request line with its line feed.</summary>
    public static byte[] WriteRequest(ControlCommand command, string selector)
        => Line(JsonSerializer.SerializeToUtf8Bytes(
            new ControlRequest(NameOf(command), selector.Length == 0 ? null : selector), ControlJson.Default.ControlRequest));

    public static byte[] WriteReply(CommandReply reply)
        => Line(JsonSerializer.SerializeToUtf8Bytes(new ControlReply(reply.Ok, reply.Message, Denied: false), ControlJson.Default.ControlReply));

    public static byte[] WriteDenied(string why)
        => Line(JsonSerializer.SerializeToUtf8Bytes(new ControlReply(false, why, Denied: true), ControlJson.Default.ControlReply));

    public static byte[] WriteStatus(StatusDocument status)
        => Line(JsonSerializer.SerializeToUtf8Bytes(status, ControlJson.Default.StatusDocument));

    public static byte[] WriteFencing(FenceDocument document)
        => Line(JsonSerializer.SerializeToUtf8Bytes(document, ControlJson.Default.FenceDocument));

    public static byte[] WriteComparison(ComparisonDocument document)
        => Line(JsonSerializer.SerializeToUtf8Bytes(document, ControlJson.Default.ComparisonDocument));

    /// <summary>A comparison, or the reply that says why there is none; neither when it is not understood.</summary>
    public static (ComparisonDocument? Comparison, ControlReply? Reply) ReadComparison(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.StartsWith("{\"ok\":"u8)
                ? (null, JsonSerializer.Deserialize(line, ControlJson.Default.ControlReply))
                : (JsonSerializer.Deserialize(line, ControlJson.Default.ComparisonDocument), null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    /// <summary>The answer to <see cref="ControlCommand.Fence"/>, or null when it is something else.</summary>
    public static FenceDocument? ReadFencing(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.StartsWith("{\"ok\":"u8) ? null : JsonSerializer.Deserialize(line, ControlJson.Default.FenceDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A line from the daemon: a status or a reply; neither when it is not understood.</summary>
    public static (StatusDocument? Status, ControlReply? Reply) ReadAnswer(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.StartsWith("{\"ok\":"u8)
                ? (null, JsonSerializer.Deserialize(line, ControlJson.Default.ControlReply))
                : (JsonSerializer.Deserialize(line, ControlJson.Default.StatusDocument), null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static byte[] Line(byte[] json)
    {
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }
}
