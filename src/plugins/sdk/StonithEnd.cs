namespace Hbd.Plugins.Sdk;

/// <summary>How a program ended and what it said.</summary>
/// <param name="Signal">That ended it; 0: it ended by itself.</param>
public readonly record struct StonithEnd(int Signal, int Code, string Output, string Errors);
