namespace Hbd.Core.Config.Binding;

/// <summary>How long the actions of a resource may take.</summary>
internal readonly record struct ActionTimes(Duration Start, Duration Stop, Duration Monitor)
{
    /// <summary>
    /// Generous where an early end makes a failure of a slow start; OCF's usual 20 s where nothing is changed.
    /// </summary>
    public static readonly ActionTimes Default = new(
        Duration.FromSeconds(60), Duration.FromSeconds(60), Duration.FromSeconds(20));
}
