namespace Hbd.Plugins.Sdk;

/// <summary>A driver that is a function call. May block up to the deadline of the request.</summary>
public interface IStonithFunction : IStonithDriver
{
    /// <param name="text">Why, in one line; may be empty on success.</param>
    StonithOutcome Run(StonithRequest request, out string text);
}
