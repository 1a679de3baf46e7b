using System.Collections.Generic;

namespace Hbd.Plugins.Sdk;

/// <summary>One command to a device.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Plug">What the device calls it; null: nothing else.</param>
/// <param name="Parameters">With the secrets in clear: for the device alone, never for a log.</param>
/// <param name="DeadlineNs">On the monotonic clock.</param>
public sealed record StonithRequest(
    StonithOperation Operation,
    string Node,
    string? Plug,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    long DeadlineNs)
{
    /// <summary>The node as the device calls it.</summary>
    public string Target => Plug ?? Node;

    /// <summary>The first of these parameters that is there.</summary>
    public string? Find(params string[] names)
    {
        foreach (string name in names)
        {
            foreach (KeyValuePair<string, string> parameter in Parameters)
            {
                if (parameter.Key == name)
                {
                    return parameter.Value;
                }
            }
        }

        return null;
    }
}
