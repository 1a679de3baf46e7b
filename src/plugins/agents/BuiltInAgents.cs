using System.Collections.Generic;
using System;
using Hbd.Plugins.Agents.AudibleAlarm;
using Hbd.Plugins.Agents.Delay;
using Hbd.Plugins.Agents.DrbdDisk;
using Hbd.Plugins.Agents.Dummy;
using Hbd.Plugins.Agents.Filesystem;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Agents.IPsrcaddr;
using Hbd.Plugins.Agents.LinuxSCSI;
using Hbd.Plugins.Agents.MailTo;
using Hbd.Plugins.Agents.PortBlock;
using Hbd.Plugins.Agents.Raid1;
using Hbd.Plugins.Agents.Route;
using Hbd.Plugins.Agents.SendArp;
using Hbd.Plugins.Agents.Symlink;
using Hbd.Plugins.Agents.Sysctl;
using Hbd.Plugins.Agents.WriteFile;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents;

/// <summary>The agents that are linked into the binary.</summary>
public static class BuiltInAgents
{
    /// <summary>HA_RSCTMP of the OCF shell library.</summary>
    public const string StateDirectory = "/run/resource-agents";

    /// <param name="packets">For announcements; null where there is none.</param>
    /// <param name="stateDirectory">Where agents remember what they have done.</param>
    public static IReadOnlyList<IResourceAgent> Create(PacketSocket? packets, string stateDirectory = StateDirectory)
    {
        AgentStates states = new(stateDirectory);
        return
        [
            new IPaddrAgent(packets),
            new WriteFileAgent(states),
            new SymlinkAgent(),
            new DummyAgent(states),
            new DelayAgent(states),
            new SysctlAgent(states),
            new RouteAgent(),
            new IPsrcaddrAgent(states),
            new SendArpAgent(packets, states),
            new PortBlockAgent(states),
            new FilesystemAgent(),
            new LinuxScsiAgent(),
            new Raid1Agent(),
            new MailToAgent(states, Environment.MachineName),
            new AudibleAlarmAgent(states, Environment.MachineName),
            new DrbdDiskAgent(),
        ];
    }
}
