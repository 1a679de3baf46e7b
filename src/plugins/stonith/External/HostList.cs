using System;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.External;

/// <summary>The nodes a device of cluster-glue says it controls: words, in one line or several.</summary>
internal static class HostList
{
    private static readonly char[] s_blanks = [' ', '\t', '\r', '\n'];

    public static StonithOutcome Judge(StonithRequest request, string output, out string text)
    {
        string[] hosts = output.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        bool listed = Array.Exists(hosts, h => h.Equals(request.Target, StringComparison.OrdinalIgnoreCase));
        text = listed ? "" : "it does not control " + request.Target + "; it lists "
            + (hosts.Length == 0 ? "nobody" : StonithText.Clean(string.Join(", ", hosts)));
        return listed ? StonithOutcome.Ok : StonithOutcome.Failed;
    }
}
