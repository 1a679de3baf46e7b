using System.Collections.Generic;

namespace Hbd.Plugins.Stonith.Fence;

/// <summary>What hbd wants to know of a fence agent: its parameters and actions, from its metadata.</summary>
internal sealed record FenceMetaData
{
    private readonly SortedSet<string> _parameters = new(System.StringComparer.Ordinal);
    private readonly SortedSet<string> _required = new(System.StringComparer.Ordinal);
    private readonly SortedSet<string> _actions = new(System.StringComparer.Ordinal);

    /// <summary>Some action has to run on the node it is for: not after that node is dead.</summary>
    public bool OnTarget { get; private set; }

    /// <summary>"on" has to be called when the node boots, by the node: a switch or disk, not power.</summary>
    public bool Automatic { get; private set; }

    /// <summary>Its "off" cuts the node off, and the node itself has to say "on" when it has booted.</summary>
    public bool Unfences => OnTarget || Automatic;

    public bool HasParameter(string name) => _parameters.Contains(name);

    public bool Requires(string name) => _required.Contains(name);

    public bool HasAction(string name) => _actions.Contains(name);

    /// <summary>Null when the text names no action at all: then it is no metadata.</summary>
    public static FenceMetaData? Read(string xml)
    {
        FenceMetaData data = new();
        XmlTags tags = new(xml);
        while (tags.Next())
        {
            if (tags.Name is "parameter" && tags.Attribute("name") is { } parameter)
            {
                data._parameters.Add(parameter);
                if (tags.Attribute("required") == "1")
                {
                    data._required.Add(parameter);
                }
            }
            else if (tags.Name is "action" && tags.Attribute("name") is { } action)
            {
                data._actions.Add(action);
                bool isOn = action == "on";
                data.OnTarget |= isOn && tags.Attribute("on_target") == "1";
                data.Automatic |= isOn && tags.Attribute("automatic") == "1";
            }
        }

        return data._actions.Count > 0 ? data : null;
    }
}
