using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// What is unique over all groups: names and addresses. Written names are entered first, so that a made name gives way
/// to them and not the other way round.
/// </summary>
internal sealed class ResourceRegistry(MessageList messages, IReadOnlyList<MediumConfig> media)
{
    private readonly SortedDictionary<string, TomlPosition> _names = new(StringComparer.Ordinal);

    /// <summary>The last number given to a made name: ten thousand alike must not each count from the beginning.</summary>
    private readonly SortedDictionary<string, int> _suffixes = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, TomlPosition> _unnamed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TomlPosition> _addresses = new(StringComparer.Ordinal);

    public void EnterWrittenName(ResourceDraft draft)
    {
        if (draft.Name is not null && !_names.TryAdd(draft.Name, draft.At))
        {
            messages.Error(draft.At, $"resource name \"{Shown.Word(draft.Name)}\" is already used in "
                + $"{Line(_names[draft.Name])}; expected a name of its own");
        }
    }

    public ResourceConfig Finish(ResourceDraft draft)
    {
        ResourceConfig resource = draft.Resource;
        IPAddress? address = AddressOf(resource);
        if (address is not null)
        {
            EnterAddress(draft.At, address);
        }
        else if (draft.Name is null)
        {
            RefuseRepetition(draft);
        }

        return resource with { Name = draft.Name ?? MakeName(draft.At, resource, address) };
    }

    /// <summary>Null: it is no address agent.</summary>
    public static IPAddress? AddressOf(ResourceConfig resource) => !resource.IsAddress
        ? null
        : ResourceAddress.Find(
            new AgentWord(resource.Class, resource.Provider, resource.Type, resource.Arguments),
            resource.Parameters,
            out _);

    private void EnterAddress(TomlPosition at, IPAddress address)
    {
        if (!_addresses.TryAdd(address.ToString(), at))
        {
            messages.Error(at, $"address {address} is already a resource in {Line(_addresses[address.ToString()])}; "
                + "expected every address once");
        }

        foreach (MediumConfig medium in media)
        {
            if (medium is UcastConfig ucast
                && (ucast.Addresses[0].Equals(address) || ucast.Addresses[1].Equals(address)))
            {
                messages.Error(at, $"address {address} is the fixed address of a node in [[ucast]]; "
                    + "expected an address that can move");
            }
        }
    }

    /// <summary>The same agent with the same arguments twice is one thing managed by two.</summary>
    private void RefuseRepetition(ResourceDraft draft)
    {
        string identity = Identity(draft.Resource);
        if (!_unnamed.TryAdd(identity, draft.At))
        {
            messages.Error(draft.At, $"resource \"{Shown.Word(identity)}\" is already in {Line(_unnamed[identity])}; "
                + "expected every resource once, or a name for each");
        }
    }

    private string MakeName(TomlPosition at, ResourceConfig resource, IPAddress? address)
    {
        string? detail = address?.ToString();
        if (detail is null && resource.Arguments.Count > 0)
        {
            // A filesystem is known by where it is mounted, not by its device.
            bool mount = resource.Type == "Filesystem" && resource.Arguments.Count > 1;
            detail = resource.Arguments[mount ? 1 : 0];
        }

        string name = Names.Sanitise(detail is null ? resource.Type : resource.Type + "_" + detail.TrimStart('/'));
        name = name.Length > Limits.GroupNameChars - 8 ? name[..(Limits.GroupNameChars - 8)] : name;
        string unique = name;
        int suffix = _suffixes.GetValueOrDefault(name, 1);
        while (!_names.TryAdd(unique, at))
        {
            suffix++;
            unique = name + "_" + suffix.ToString(CultureInfo.InvariantCulture);
        }

        _suffixes[name] = suffix;
        return unique;
    }

    private static string Identity(ResourceConfig resource)
    {
        StringBuilder identity = new();
        if (resource.Class != AgentClass.Search)
        {
            identity.Append(resource.Class.ToString().ToUpperInvariant()).Append(':');
        }

        identity.Append(resource.Provider is null ? "" : resource.Provider + ":").Append(resource.Type);
        foreach (string argument in resource.Arguments)
        {
            identity.Append("::").Append(argument);
        }

        foreach (KeyValuePair<string, string> parameter in resource.Parameters)
        {
            identity.Append(' ').Append(parameter.Key).Append('=').Append(parameter.Value);
        }

        return identity.ToString();
    }

    private static string Line(TomlPosition at) => "line " + at.Line.ToString(CultureInfo.InvariantCulture);
}
