namespace Hbd.Daemon.Fencing;

/// <summary>What is known about the fencing of one node.</summary>
internal sealed class FenceNode
{
    public FenceRun? Run { get; set; }

    /// <summary>Comes after it.</summary>
    public FenceRequest? Waiting { get; set; }

    /// <summary>When the last request failed; null after one that did not.</summary>
    public long? FailedNs { get; set; }

    /// <summary>A person's word that came before it was asked for.</summary>
    public string? Word { get; set; }

    public long WordNs { get; set; }
}
