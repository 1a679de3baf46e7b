using Hbd.Core.Fencing;

namespace Hbd.Daemon.Fencing;

/// <summary>Names of results and actions for people and JSON, and what the core makes of a result.</summary>
internal static class FenceWords
{
    public static string Of(FenceResult result) => result switch
    {
        FenceResult.Failed => "failed",
        FenceResult.Assumed => "assumed",
        FenceResult.Proven => "proven",
        FenceResult.CalledOff => "called off",
        _ => "braked",
    };

    public static string Of(FenceAction action) => action switch
    {
        FenceAction.Reboot => "reboot",
        FenceAction.Off => "off",
        _ => "on",
    };

    /// <summary>A node that was braked is off like any other.</summary>
    public static FenceOutcome Outcome(FenceResult result) => result switch
    {
        FenceResult.Failed or FenceResult.CalledOff => FenceOutcome.Failed,
        FenceResult.Assumed => FenceOutcome.Assumed,
        _ => FenceOutcome.Proven,
    };
}
