using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>One address the keeper looks after.</summary>
internal sealed class AddressEntryState
{
    public AddressEntryState(int slot, HeldAddress held)
    {
        Slot = slot;
        Held = held;
    }

    public int Slot { get; }

    public HeldAddress Held { get; set; }

    public AnnounceFrames Frames { get; } = new();

    /// <summary>False from the moment it was found missing until it is back: what is not here is not
    /// announced.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>A worker is looking after it right now.</summary>
    public bool IsRestoring { get; set; }

    /// <summary>Something happened meanwhile: look again as soon as the worker is back.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>Rounds still to come at the short interval.</summary>
    public int RoundsLeft { get; set; }

    public long AnnounceNs { get; set; } = long.MaxValue;

    public long VerifyNs { get; set; } = long.MaxValue;

    public long RestoredNs { get; set; } = long.MinValue / 2;
}
