using System;
using System.Collections.Generic;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// A built-in agent as a program: hbd under the agent's name (/usr/lib/ocf/resource.d/hbd/IPaddr) keeps the contract of OCF,
/// for a shell, for Pacemaker, for ocf-tester.
/// </summary>
internal static class BuiltInExec
{
    /// <summary>The built-in agent of this name; null: there is none.</summary>
    public static IResourceAgent? Find(string name)
    {
        // hbd and hbctl, which is nearly always: no agent is made for those.
        if (name.Length == 0 || name is "hbd" or "hbctl")
        {
            return null;
        }

        PacketSocket? packets = PacketSocket.Open(out _);
        foreach (IResourceAgent agent in BuiltInAgents.Create(packets, Environment.GetEnvironmentVariable("HA_RSCTMP") ?? BuiltInAgents.StateDirectory))
        {
            for (int i = 0; i < agent.Names.Count; i++)
            {
                if (agent.Names[i] == name)
                {
                    return agent;
                }
            }
        }

        packets?.Dispose();
        return null;
    }

    public static int Run(IResourceAgent agent, string[] args)
    {
        string verb = args.Length > 0 ? args[0] : "";
        if (verb is "usage" or "help")
        {
            Console.Out.WriteLine(Usage(agent));
            return (int)AgentResult.Ok;
        }

        if (args.Length == 0 || !ObjectExec.TryAction(verb, out AgentAction action))
        {
            Console.Error.WriteLine(Usage(agent));
            return args.Length == 0 ? (int)AgentResult.Arguments : (int)AgentResult.Unimplemented;
        }

        if (action == AgentAction.MetaData)
        {
            Console.Out.WriteLine(agent.MetaData.TrimEnd());
            return (int)AgentResult.Ok;
        }

        List<KeyValuePair<string, string>> parameters = ObjectExec.Parameters();
        AgentRequest request = new(
            action, Environment.GetEnvironmentVariable("OCF_RESOURCE_INSTANCE") ?? agent.Names[0], args[1..], parameters,
            ObjectExec.DeadlineNs());
        if (agent.Validate(request) is { } problem)
        {
            ObjectExec.Reason(problem);
            return (int)AgentResult.NotConfigured;
        }

        if (action == AgentAction.ValidateAll)
        {
            return (int)AgentResult.Ok;
        }

        agent.PrepareThread();
        return (int)agent.Run(request, new Output());
    }

    private static string Usage(IResourceAgent agent)
        => "usage: " + agent.Names[0] + " start|stop|monitor|validate-all|meta-data, with parameters as OCF_RESKEY_name=value";

    /// <summary>An address is announced by the start itself; nobody keeps it after that.</summary>
    private sealed class Output : IAgentOutput
    {
        public void Reason(string text) => ObjectExec.Reason(text);

        public void Holds(HeldAddress address)
        {
        }
    }
}
