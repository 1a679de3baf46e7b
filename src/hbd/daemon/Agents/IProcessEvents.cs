using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>Told that a supervised program has ended.</summary>
internal interface IProcessEvents
{
    void OnProcessEnded(AgentProcess process, ExitStatus status, long nowNs);
}
