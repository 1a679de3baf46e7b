using System;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.DrbdDisk;

/// <summary>
/// Makes a DRBD resource primary on the node that runs the group, with drbdadm, as the script of heartbeat does: both primary and
/// secondary are tried again until the time is over, because a connection that is just being lost refuses them for a while.
/// </summary>
public sealed class DrbdDiskAgent(string program = "/usr/sbin/drbdadm") : DescribedAgent(s_description)
{
    private const long RetryNs = 1_000_000_000;

    private static readonly AgentDescription s_description = new(
        ["drbddisk"], "A DRBD resource, primary here",
        "drbdadm primary and drbdadm secondary for a resource in single-primary mode that is up already. The peer is not fenced by"
            + " this agent.",
        [new("resource", ParameterKind.Text, "Resource", "The name of the DRBD resource.", "all")],
        Positional: 1, Seconds: 60);

    protected override string? Check(AgentValues values)
        => values.Text("resource").StartsWith('-') || values.Text("resource").Length == 0
            ? "resource: \"" + values.Text("resource") + "\" is not the name of a DRBD resource"
            : null;

    protected override AgentResult Start(AgentCall call) => Become(call, "primary", AgentResult.Ok);

    protected override AgentResult Stop(AgentCall call) => Become(call, "secondary", AgentResult.NotRunning);

    protected override AgentResult Monitor(AgentCall call) => Role(call);

    private AgentResult Become(AgentCall call, string role, AgentResult wanted)
    {
        AgentResult now = Role(call);
        if (now == wanted || now == AgentResult.NotInstalled)
        {
            // Without drbdadm there is no primary that a stop could leave behind.
            return now == AgentResult.NotInstalled && wanted == AgentResult.Ok ? now : AgentResult.Ok;
        }

        while (true)
        {
            ProgramEnd end = ProgramCall.Run(call, program, role, call.Values.Text("resource"));
            if (end.Code == 0)
            {
                now = Role(call);
                return now == wanted ? AgentResult.Ok : call.Failed("drbdadm " + role + " ended well, but the role is another");
            }

            if (!call.Pause(RetryNs))
            {
                return call.TimedOut("drbdadm " + role + ": " + StonithText.LastLine(end.Text));
            }
        }
    }

    /// <summary>Ok: primary here; NotRunning: secondary, or not up.</summary>
    private AgentResult Role(AgentCall call)
    {
        _ = ProgramFile.Problem(program, out bool exists);
        if (!exists)
        {
            call.Reason("there is no " + program);
            return AgentResult.NotInstalled;
        }

        ProgramEnd end = ProgramCall.Run(call, program, "role", call.Values.Text("resource"));
        if (end.Code < 0)
        {
            return call.Failed("drbdadm role: " + end.Text);
        }

        // One line for each volume group of "all": role, or role/role of the peer (DRBD 8).
        int primary = 0;
        int other = 0;
        foreach (string line in end.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isPrimary = line.StartsWith("Primary", StringComparison.Ordinal);
            primary += isPrimary ? 1 : 0;
            other += !isPrimary && (line.StartsWith("Secondary", StringComparison.Ordinal) || line.StartsWith("Unknown", StringComparison.Ordinal)
                || line.StartsWith("Unconfigured", StringComparison.Ordinal)) ? 1 : 0;
        }

        if (primary > 0 && other > 0)
        {
            return call.Failed("some resources are primary here and some are not");
        }

        return primary > 0 ? AgentResult.Ok : other > 0 || end.Code == 10
            ? AgentResult.NotRunning
            : call.Failed("drbdadm role: " + StonithText.LastLine(end.Text));
    }
}
