namespace Hbd.Sys;

/// <summary>One step of <see cref="RealTimeMode"/> and what came of it.</summary>
public readonly record struct RealTimeStep(string What, Errno Error)
{
    public override string ToString() => Error.IsError ? What + ": " + Error : What;
}
