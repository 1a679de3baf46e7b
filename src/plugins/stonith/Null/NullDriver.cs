using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.Null;

/// <summary>Says yes and does nothing: for tests.</summary>
internal sealed class NullDriver : IStonithFunction
{
    public bool Can(StonithOperation operation)
        => operation is not (StonithOperation.Status or StonithOperation.Hosts or StonithOperation.MetaData);

    public string? Validate(StonithRequest request) => null;

    public StonithOutcome Run(StonithRequest request, out string text)
    {
        text = "nothing was done";
        return StonithOutcome.Ok;
    }
}
