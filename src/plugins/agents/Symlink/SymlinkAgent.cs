using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Agents.Symlink;

/// <summary>A symbolic link on the node that runs the group, as ocf:heartbeat:symlink makes it.</summary>
public sealed class SymlinkAgent() : DescribedAgent(s_description)
{
    private static readonly AgentDescription s_description = new(
        ["symlink", "Symlink"], "A symbolic link",
        "Makes a symbolic link. Something else in its place is an error, or is moved aside when there is a backup_suffix, and"
            + " moved back by stop. A link to something else is never replaced without a backup_suffix either.",
        [
            new("link", ParameterKind.Path, "Link", "The link, with an absolute path.", Required: true),
            new("target", ParameterKind.Text, "Target", "What the link points at; need not exist.", Required: true),
            new("backup_suffix", ParameterKind.Text, "Suffix of a backup", "Appended to the name of what is moved aside."),
        ],
        Positional: 3);

    protected override string? Check(AgentValues values)
        => values.Text("backup_suffix").Contains('/') ? "backup_suffix: contains a slash" : null;

    protected override AgentResult Start(AgentCall call)
    {
        string link = call.Values.Text("link");
        if (IsOurs(call))
        {
            return AgentResult.Ok;
        }

        if (IsThere(link))
        {
            string suffix = call.Values.Text("backup_suffix");
            if (suffix.Length == 0)
            {
                return call.Failed(link + " is there already and no backup_suffix is set: not replaced");
            }

            if (IsThere(link + suffix))
            {
                return call.Failed(link + suffix + " is there already: the backup would overwrite it");
            }

            Move(link, link + suffix);
        }

        _ = File.CreateSymbolicLink(link, call.Values.Text("target"));
        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        string link = call.Values.Text("link");
        if (!IsOurs(call))
        {
            return AgentResult.Ok;
        }

        File.Delete(link);
        string suffix = call.Values.Text("backup_suffix");
        if (suffix.Length > 0 && IsThere(link + suffix))
        {
            Move(link + suffix, link);
        }

        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        string link = call.Values.Text("link");
        if (IsOurs(call))
        {
            return AgentResult.Ok;
        }

        // With a backup_suffix start can put it right; without, a start would fail as well, which a probe should not say.
        return IsThere(link) ? call.NotRunning(link + " is there, but is not the link to " + call.Values.Text("target")) : AgentResult.NotRunning;
    }

    private static bool IsOurs(AgentCall call)
        => new FileInfo(call.Values.Text("link")).LinkTarget == call.Values.Text("target");

    /// <summary>A link that leads nowhere is there too.</summary>
    private static bool IsThere(string path)
        => File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from) && new FileInfo(from).LinkTarget is null)
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }
}
