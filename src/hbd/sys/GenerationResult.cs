namespace Hbd.Sys;

/// <summary>A generation that is on the disk, or why there is none and what to do about it.</summary>
public readonly record struct GenerationResult(uint Value, string? Problem)
{
    public bool IsOk => Problem is null;
}
