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

    /// <summary>A person's word that came before it was asked for.</summary>
    public string? Word { get; set; }

    public long WordNs { get; set; }
}
