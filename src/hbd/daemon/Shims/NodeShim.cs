using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_node</c>. The state of the peer is what the daemon knew when it began the action, told to agents of promotable resources; to others
/// it is not, and an agent that is told "member" would rely on it: then the list says "unknown", the partition has this node alone.
/// </summary>
internal static class NodeShim
{
    private const string Tool = "crm_node";

    private static readonly ShimOption[] s_options =
    [
        new('n', ShimArgument.None, "name"),
        new('N', ShimArgument.Required, "name-for-id"),
        new('i', ShimArgument.None, "cluster-id"),
        new('l', ShimArgument.None, "list"),
        new('p', ShimArgument.None, "partition"),
        new('q', ShimArgument.None, "quorum"),
        new('Q', ShimArgument.None, "quiet"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        switch (given.Last("nNilpq", '\0'))
        {
            case 'p' when context.PeerHere == true:
                context.Output.WriteLine(string.Join(' ', context.Nodes));
                return ShimExit.Ok;
            case 'n':
            case 'p':
                context.Output.WriteLine(context.Node);
                return ShimExit.Ok;
            case 'i':
                context.Output.WriteLine(Id(IndexOf(context)));
                return ShimExit.Ok;
            case 'N':
                return NameOf(given.Value('N')!, context);
            case 'l':
                for (int i = 0; i < context.Nodes.Count; i++)
                {
                    string state = context.IsMember(context.Nodes[i]) ? " member" : context.PeerHere is null ? " unknown" : " lost";
                    context.Output.WriteLine(Id(i) + " " + context.Nodes[i] + state);
                }

                return ShimExit.Ok;
            case 'q':
                // An agent runs only where hbd has decided that its resource belongs.
                context.Output.WriteLine("1");
                return ShimExit.Ok;
            default:
                return ShimProgram.Usage(
                    Tool, "expected one of --name, --name-for-id, --cluster-id, --list, --partition, --quorum", context);
        }
    }

    private static int NameOf(string id, ShimContext context)
    {
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number < 1 || number > context.Nodes.Count)
        {
            return ShimProgram.NotFound(Tool, "node id " + id, context);
        }

        context.Output.WriteLine(context.Nodes[number - 1]);
        return ShimExit.Ok;
    }

    private static int IndexOf(ShimContext context)
    {
        for (int i = 0; i < context.Nodes.Count; i++)
        {
            if (context.Nodes[i] == context.Node)
            {
                return i;
            }
        }

        return 0;
    }

    private static string Id(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
}
