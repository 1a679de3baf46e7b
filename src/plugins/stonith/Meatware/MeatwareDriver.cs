using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.Meatware;

/// <summary>A person: neither program nor function. The daemon asks, and waits for <c>hbctl fence confirm NODE</c>.</summary>
internal sealed class MeatwareDriver : IStonithDriver
{
    public bool Can(StonithOperation operation) => operation is StonithOperation.Off or StonithOperation.Reset or StonithOperation.On;

    public string? Validate(StonithRequest request)
        => request.Parameters.Count == 0 || (request.Parameters.Count == 1 && request.Find("hostlist") is not null)
            ? null : "meatware takes no parameters";
}
