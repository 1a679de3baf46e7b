using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Shims;

namespace Hbd.Daemon.Agents;

/// <summary>
/// Arguments and environment of a program that is an agent: OCF Resource Agent API 1.0, what Pacemaker sets besides,
/// what the
/// shell library of resource-agents and heartbeat's own functions expect. Nothing of the daemon's environment is
/// passed on.
/// </summary>
internal static class AgentEnvironment
{
    /// <summary>The version of Pacemaker's rules that agents are told: one that has promotion scores without
    /// crm_master.</summary>
    private const string FeatureSet = "3.19.0";

    public static List<string> Arguments(AgentProgram program, ResourceConfig resource, AgentAction action)
    {
        if (program.Kind == ProgramKind.Systemd)
        {
            return SystemdUnit.Arguments(program, action);
        }

        List<string> arguments = new(resource.Arguments.Count + 2) { program.Path };
        arguments.AddRange(program.Before);
        if (program.Kind != ProgramKind.Ocf)
        {
            arguments.AddRange(resource.Arguments);
        }

        arguments.Add(Verb(program.Kind, action));
        if (program.ObjectName is not null)
        {
            arguments.AddRange(resource.Arguments);
        }

        return arguments;
    }

    /// <param name="check">Of a monitor; without meaning for other actions.</param>
    public static List<string> Variables(
        AgentTable table, AgentProgram program, ResourceConfig resource, AgentAction action, Duration timeout, in AgentCheck check,
        PairView? view = null)
    {
        bool shims = table.HasShims && program.Kind == ProgramKind.Ocf;
        List<string> variables = new(32 + resource.Parameters.Count)
        {
            (shims ? "PATH=" + table.Paths.ShimDirectory + ":" : "PATH=") + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            "LC_ALL=C",
            "LANG=C",
        };
        if (program.Kind is ProgramKind.Lsb or ProgramKind.Systemd)
        {
            // Set OCF variables would make some init scripts believe that they are called as agents.
            return variables;
        }

        Heartbeat(variables, table, resource);
        if (program.Kind == ProgramKind.Ocf)
        {
            Ocf(variables, table, resource, action, timeout, check);
            Shims(variables, table, resource, shims, check.Failures);
            if (view is not null)
            {
                PairVariables.Add(variables, resource, view);
            }
        }

        if (program.ObjectName is not null)
        {
            variables.Add(ObjectExec.StateVariable + "=" + PluginSearch.StateDirectory(table.Paths, resource.Name));
        }

        return variables;
    }

    private static void Heartbeat(List<string> variables, AgentTable table, ResourceConfig resource)
    {
        variables.Add("OCF_ROOT=" + table.Paths.OcfRoot);
        variables.Add("HA_RSCTMP=" + table.Paths.StateDirectory);
        variables.Add("HA_CURHOST=" + table.Node);
        variables.Add("HA_DIR=/etc/ha.d");
        variables.Add("HA_FUNCS=/etc/ha.d/shellfuncs");
        variables.Add("HA_LOGTAG=" + resource.Name);

        // No log daemon, no syslog, no files: what an agent says goes to its stderr, and that is read.
        variables.Add("HA_LOGD=no");
        variables.Add("HA_LOGFACILITY=none");
        variables.Add("HA_debug=0");
    }

    private static void Ocf(
        List<string> variables, AgentTable table, ResourceConfig resource, AgentAction action, Duration timeout, in AgentCheck check)
    {
        variables.Add("OCF_RA_VERSION_MAJOR=1");
        variables.Add("OCF_RA_VERSION_MINOR=0");
        variables.Add("OCF_RESOURCE_INSTANCE=" + resource.Name);
        variables.Add("OCF_RESOURCE_TYPE=" + resource.Type);
        variables.Add("OCF_RESOURCE_PROVIDER=" + (resource.Provider ?? "heartbeat"));
        variables.Add("OCF_CHECK_LEVEL=" + Text(check.Level));
        variables.Add("OCF_EXIT_REASON_PREFIX=" + ProgramResult.ReasonPrefix);
        variables.Add("OCF_RESKEY_crm_feature_set=" + FeatureSet);
        variables.Add("OCF_RESKEY_CRM_meta_timeout=" + Text(timeout.Milliseconds));
        variables.Add("OCF_RESKEY_CRM_meta_interval=" + Text(check.Interval.Milliseconds));
        variables.Add("OCF_RESKEY_CRM_meta_name=" + Verb(ProgramKind.Ocf, action));
        variables.Add("OCF_RESKEY_CRM_meta_on_node=" + table.Node);
        variables.Add("OCF_RESKEY_CRM_meta_on_node_uuid=" + Text(IdOf(table)));
        for (int i = 0; i < resource.Parameters.Count; i++)
        {
            variables.Add("OCF_RESKEY_" + resource.Parameters[i].Key + "=" + resource.Parameters[i].Value);
        }
    }

    /// <summary>What the stand-ins for Pacemaker's tools answer from.</summary>
    private static void Shims(List<string> variables, AgentTable table, ResourceConfig resource, bool shims, int failures)
    {
        variables.Add(ShimContext.NodesVariable + "=" + string.Join(' ', table.Nodes));
        variables.Add(ShimContext.TransientVariable + "=" + table.Paths.AttributeDirectory);
        variables.Add(ShimContext.PersistentVariable + "=" + table.Paths.PersistentAttributeDirectory);

        variables.Add(ShimContext.FailuresVariable + "=" + Text(failures));

        // These two look for sm-notify, clvmd and the tools of LVM there.
        if (shims && resource.Type is not ("nfsnotify" or "clvm"))
        {
            variables.Add("HA_SBIN_DIR=" + table.Paths.ShimDirectory);
        }
    }

    /// <summary>As crm_node -i says: the place in the configuration, from 1 on.</summary>
    private static int IdOf(AgentTable table)
    {
        for (int i = 0; i < table.Nodes.Count; i++)
        {
            if (table.Nodes[i] == table.Node)
            {
                return i + 1;
            }
        }

        return 1;
    }

    private static string Verb(ProgramKind kind, AgentAction action) => action switch
    {
        AgentAction.Start => "start",
        AgentAction.Stop => "stop",
        AgentAction.Monitor => kind == ProgramKind.Ocf ? "monitor" : "status",
        AgentAction.MetaData => "meta-data",
        AgentAction.Promote => "promote",
        AgentAction.Demote => "demote",
        AgentAction.Notify => "notify",
        _ => "validate-all",
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
