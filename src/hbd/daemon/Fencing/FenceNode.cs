using System.Collections.Generic;

namespace Hbd.Daemon.Fencing;

/// <summary>What is known about the fencing of one node.</summary>
internal sealed class FenceNode
{
    public FenceRun? Run { get; set; }

    /// <summary>Comes after it.</summary>
    public FenceRequest? Waiting { get; set; }

    /// <summary>An automatic request that has its proof from another one, and is told so in the next turn.</summary>
    public FenceRequest? Proven { get; set; }

    /// <summary>The last proof that it was off, from any request.</summary>
    public FenceProof? Proof { get; set; }

    /// <summary>When it was last heard.</summary>
    public long HeardNs { get; set; } = long.MinValue;

    /// <summary>When a life of it was last heard that was not known before.</summary>
    public long NewLifeNs { get; set; } = long.MinValue;

    /// <summary>When the last request failed; null after one that did not.</summary>
    public long? FailedNs { get; set; }

    /// <summary>When the last automatic request failed, after its delay or that of one before it; null after one that did not.</summary>
    public long? RaceNs { get; set; }

    /// <summary>What automatic requests that failed may have switched off, until the next one takes it over or none is to come.</summary>
    public List<FenceDevice> Owed { get; } = [];

    /// <summary>The last of them.</summary>
    public FenceRequest? OwedFor { get; set; }

    /// <summary>None is to come.</summary>
    public bool IsOwedNow { get; set; }

    /// <summary>Not before that: of an earlier life, whose last command may still be under way.</summary>
    public long OwedDueNs { get; set; }

    /// <summary>A person's word that came before it was asked for.</summary>
    public string? Word { get; set; }

    public long WordNs { get; set; }
}
