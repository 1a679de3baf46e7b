namespace Hbd.Plugins.Sdk;

/// <summary>What an agent says besides its result.</summary>
public interface IAgentOutput
{
    /// <summary>Why: one line; the last one counts.</summary>
    void Reason(string text);

    /// <summary>The action found or left this address on this machine: hbd watches and announces it from now
    /// on.</summary>
    void Holds(HeldAddress address);

    /// <summary>hbd waits for this action no longer.</summary>
    bool IsGivenUp => false;
}
