using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Binding;

namespace Hbd.Daemon.Export;

/// <summary>Names that XML takes for an id, each given once.</summary>
internal sealed class Identifiers
{
    private readonly HashSet<string> _used = [];

    public string New(string prefix, string name)
    {
        string id = Names.Sanitise(prefix + name);
        id = char.IsAsciiLetter(id[0]) || id[0] == '_' ? id : "r_" + id;
        string unique = id;
        for (int i = 2; !_used.Add(unique); i++)
        {
            unique = id + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }
}
