using System.Collections.Generic;
using System.Net;

namespace Hbd.Core.Config.Binding;

/// <summary>The address that an address agent moves, from its argument or from its named parameters.</summary>
internal static class ResourceAddress
{
    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static IPAddress? Find(
        AgentWord agent, IReadOnlyList<KeyValuePair<string, string>> parameters, out string? problem)
    {
        bool v6Only = agent.Type == "IPv6addr";
        string? named = Named(parameters);
        string? argument = agent.Arguments.Count == 0 ? null : agent.Arguments[0];
        if (argument is not null && named is not null)
        {
            problem = $"{agent.Type} has an address as argument and one as parameter; expected one of them";
            return null;
        }

        if ((argument ?? named) is not { } text)
        {
            problem = $"{agent.Type} has no address; expected " + (agent.Class == AgentClass.Ocf
                ? (v6Only ? "params = { ipv6addr = \"2001:db8::1\" }" : "params = { ip = \"10.0.0.100\" }")
                : $"{agent.Type}::{AddressArgument.Expected}");
            return null;
        }

        string wrong;
        IPAddress? address = argument is not null
            ? AddressArgument.Parse(text, v6Only, out wrong)
            : AddressArgument.ParseAddress(text, v6Only, out wrong);
        problem = address is null ? wrong : null;
        return address;
    }

    private static string? Named(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        foreach (KeyValuePair<string, string> parameter in parameters)
        {
            if (parameter.Key is "ip" or "ipv6addr")
            {
                return parameter.Value;
            }
        }

        return null;
    }
}
