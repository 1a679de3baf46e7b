using System;
using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Plugins.Sdk;

/// <summary>The parameters of one resource, checked against what its agent takes.</summary>
public sealed class AgentValues
{
    private readonly AgentDescription _description;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private AgentValues(AgentDescription description) => _description = description;

    /// <summary>Null with the first mistake, in a sentence.</summary>
    /// <param name="arguments">As in a haresources line; what is named as well is an error.</param>
    public static AgentValues? Read(
        AgentDescription description, IReadOnlyList<string> arguments, IReadOnlyList<KeyValuePair<string, string>> parameters,
        out string? problem)
    {
        AgentValues values = new(description);
        problem = arguments.Count > description.Positional
            ? description.Names[0] + " takes at most " + Text(description.Positional) + " arguments, not " + Text(arguments.Count)
            : null;
        for (int i = 0; i < arguments.Count && problem is null; i++)
        {
            // An empty one holds the place of a default.
            problem = arguments[i].Length == 0 ? null : values.Set(description.Parameters[i].Name, arguments[i]);
        }

        for (int i = 0; i < parameters.Count && problem is null; i++)
        {
            problem = values.Set(parameters[i].Key, parameters[i].Value);
        }

        for (int i = 0; i < description.Parameters.Count && problem is null; i++)
        {
            AgentParameter parameter = description.Parameters[i];
            if (parameter.Required && string.IsNullOrEmpty(values.Text(parameter.Name)))
            {
                problem = "the parameter " + parameter.Name + " is missing: " + parameter.Short;
            }
        }

        return problem is null ? values : null;
    }

    public bool IsGiven(string name) => _values.ContainsKey(name);

    /// <summary>As given, else the default, else empty.</summary>
    public string Text(string name)
        => _values.TryGetValue(name, out string? value) ? value : _description.Find(name)?.Default ?? "";

    public int Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out int value) ? value : 0;

    public bool Flag(string name) => IsTrue(Text(name));

    private string? Set(string name, string value)
    {
        if (_description.Find(name) is not { } parameter)
        {
            return "no parameter \"" + name + "\"; there are " + string.Join(", ", NamesOf(_description));
        }

        if (!_values.TryAdd(name, value))
        {
            return "the parameter " + name + " is given twice";
        }

        return parameter.Kind switch
        {
            ParameterKind.Path when !IsPath(value) => name + ": \"" + value + "\" is not an absolute path",
            ParameterKind.Integer when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int _)
                => name + ": \"" + value + "\" is not a number",
            ParameterKind.Boolean when !IsTrue(value) && !IsFalse(value) => name + ": \"" + value + "\" is neither true nor false",
            _ => null,
        };
    }

    private static bool IsPath(string value)
        => value.StartsWith('/') && value.Length is > 1 and < 4096 && !value.Contains('\0', StringComparison.Ordinal);

    private static bool IsTrue(string value) => value.ToLowerInvariant() is "true" or "yes" or "on" or "1" or "y";

    private static bool IsFalse(string value) => value.ToLowerInvariant() is "false" or "no" or "off" or "0" or "n";

    private static List<string> NamesOf(AgentDescription description)
    {
        List<string> names = [];
        foreach (AgentParameter parameter in description.Parameters)
        {
            names.Add(parameter.Name);
        }

        return names;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
