using System;
using System.IO;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.WriteFile;

/// <summary>
/// A file that exists on the node that runs the group. What it holds decides whether it is ours; what was written last is
/// remembered besides, so that a stop after a change of the configuration still knows its own file.
/// </summary>
public sealed class WriteFileAgent(AgentStates states) : DescribedAgent(s_description)
{
    private const int BytesMax = 128 * 1024;

    private static readonly AgentDescription s_description = new(
        ["WriteFile"], "Writes a file",
        "Writes a file on the node that runs the group: synced, and whole from the moment it is there. Stop removes it when it holds what"
            + " was written; what somebody else has put there stays. A file that was there before is overwritten.",
        [
            new("path", ParameterKind.Path, "File", "The file, with an absolute path; its directory must exist.", Required: true),
            new("content", ParameterKind.Text, "Content", "What is in it; a line feed is added when there is none at its end.", ""),
            new("mode", ParameterKind.Text, "Mode", "Permissions, octal.", "0644"),
            new("owner", ParameterKind.Text, "Owner", "user, user:group or :group; local names or numbers. Default: that of hbd."),
            new("keep", ParameterKind.Boolean, "Keep the file", "Stop leaves the file where it is.", "false"),
        ],
        Positional: 4);

    protected override string? Check(AgentValues values)
    {
        if (Encoding.UTF8.GetByteCount(values.Text("content")) > BytesMax)
        {
            return "content: more than 128 KiB";
        }

        if (Mode(values) < 0)
        {
            return "mode: \"" + values.Text("mode") + "\" is not an octal number from 0 to 7777";
        }

        if (values.Text("path").EndsWith('/'))
        {
            return "path: \"" + values.Text("path") + "\" is a directory";
        }

        _ = OwnerName.Parse(values.Text("owner"), out string? problem);
        return problem;
    }

    protected override AgentResult Start(AgentCall call)
    {
        string path = call.Values.Text("path");
        OwnerName owner = OwnerName.Parse(call.Values.Text("owner"), out _)!.Value;
        byte[] content = Content(call.Values);
        using PlacedFile? file = PlacedFile.Prepare(
            path, content, Mode(call.Values), owner.User, owner.Group, out Errno error, out string what);
        if (file is null)
        {
            return Monitor(call) == AgentResult.Ok ? AgentResult.Ok : call.Failed(path + " cannot be written (" + what + ")", error);
        }

        if (call.IsLate)
        {
            return call.TimedOut("given up before " + path + " was in its place");
        }

        // Before the file is there: a crash in between must not leave a file that nobody knows.
        AgentStates.Remember(StatePath(call), Encoding.UTF8.GetString(content));
        if (!file.TryPlace(out error, out what))
        {
            if (Monitor(call) == AgentResult.Ok)
            {
                return AgentResult.Ok;
            }

            call.Reason("");
            error = file.Replace(out what);
        }

        return error.IsError ? call.Failed(path + " cannot be put in its place (" + what + ")", error) : AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        string path = call.Values.Text("path");
        byte[] content = Content(call.Values);
        byte[]? current = call.Values.Flag("keep") ? null : Current(path, content.Length);
        bool ours = current is not null && current.AsSpan().SequenceEqual(content);
        if (!ours)
        {
            PlacedFile.Forget(path);
        }

        if (current is not null)
        {
            ours = ours || HoldsWhatWasWritten(call, path);
            Errno error = ours ? PlacedFile.Remove(path) : Errno.None;
            if (error.IsError)
            {
                return call.Failed(path + " cannot be removed", error);
            }

            if (!ours)
            {
                call.Reason(path + " holds something else: left as it is");
            }
        }

        AgentStates.Remove(StatePath(call));
        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        string path = call.Values.Text("path");
        byte[] content = Content(call.Values);
        if (Current(path, content.Length) is not { } current
            || (call.Values.Flag("keep") && AgentStates.Recall(StatePath(call)) is null))
        {
            return AgentResult.NotRunning;
        }

        if (!current.AsSpan().SequenceEqual(content))
        {
            return call.NotRunning(path + " holds something else");
        }

        FileOwner found = FileOwner.Of(path);
        OwnerName owner = OwnerName.Parse(call.Values.Text("owner"), out _)!.Value;
        bool asConfigured = (found.Mode & 0xFFF) == Mode(call.Values)
            && (owner.User == PlacedFile.Unchanged || owner.User == found.Uid)
            && (owner.Group == PlacedFile.Unchanged || owner.Group == found.Gid);
        return asConfigured ? AgentResult.Ok : call.Failed(path + " has another mode or owner than configured");
    }

    /// <summary>Asked only when it does not hold what is configured now.</summary>
    private bool HoldsWhatWasWritten(AgentCall call, string path)
    {
        byte[] written = Encoding.UTF8.GetBytes(AgentStates.Recall(StatePath(call)) ?? "");
        return written.Length > 0 && Current(path, written.Length) is { } current && current.AsSpan().SequenceEqual(written);
    }

    private string StatePath(AgentCall call) => states.PathOf("WriteFile", call.Instance);

    /// <summary>What the file holds, up to one byte more than the longest that could be ours: that is enough to see that it is not. Null: no such file.</summary>
    private static byte[]? Current(string path, int longest)
    {
        byte[] buffer = new byte[longest + 1];
        Errno error = StateFile.Read(path, buffer, out int length);
        return error.Value switch
        {
            0 or Errno.EFBIG => buffer[..length],
            Errno.ENOENT => null,
            Errno.ELOOP or Errno.EISDIR => [],
            _ => throw new IOException(path + ": " + error),
        };
    }

    private static byte[] Content(AgentValues values)
    {
        string content = values.Text("content");
        return Encoding.UTF8.GetBytes(content.EndsWith('\n') ? content : content + "\n");
    }

    private static int Mode(AgentValues values)
    {
        int mode = 0;
        string text = values.Text("mode");
        foreach (char c in text)
        {
            if (c is < '0' or > '7' || mode > 0x1FF)
            {
                return -1;
            }

            mode = (mode * 8) + (c - '0');
        }

        return text.Length == 0 ? -1 : mode;
    }
}
