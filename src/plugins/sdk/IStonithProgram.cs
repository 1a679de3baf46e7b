namespace Hbd.Plugins.Sdk;

/// <summary>A driver that is a program of somebody else: how to call it and what its end means.</summary>
public interface IStonithProgram : IStonithDriver
{
    StonithCall Call(StonithRequest request);

    /// <param name="text">Why, in one line; may be empty on success.</param>
    StonithOutcome Judge(StonithRequest request, in StonithEnd end, out string text);
}
