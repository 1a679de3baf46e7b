using Hbd.Core.Resources;

namespace Hbd.Daemon.Agents;

/// <summary>What the loop is told. Always on the loop thread, never from inside <c>Begin</c>.</summary>
internal interface IAgentEvents
{
    /// <summary>Exactly once per action that was begun.</summary>
    /// <param name="reason">Why it failed, or what an agent had to say; may be empty.</param>
    void OnAgentFinished(uint actionId, AgentResult result, string reason, long durationNs);

    /// <summary>A shared object runs as a program from now on.</summary>
    void OnAgentQuarantined(string agent, string why);

    /// <summary>A unit of systemd has ended without an action: its monitor should look now.</summary>
    void OnUnitEnded(int group, int resource);

    /// <summary>How units are asked about, in a sentence; reported once per change.</summary>
    void OnUnitBusChanged(string text, bool isProblem);

    /// <summary>Reported once per change.</summary>
    void OnAddressChanged(int group, int resource, AddressChange change, string detail);
}
