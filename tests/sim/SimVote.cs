using Hbd.Core;

namespace Hbd.Sim;

/// <summary>A third vote that faults take and give. What a real one needs time for, noticing, it does at once.</summary>
internal sealed class SimVote(bool configured) : IThirdVote
{
    public bool Configured => configured;

    public bool Lost { get; set; }
}
