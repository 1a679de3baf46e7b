using System.Collections.Generic;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_standby</c>. Standby is not a state of a node here: <c>hbctl standby</c> gives its groups to the peer. So the answer is always
/// "off", and an agent cannot ask for it.
/// </summary>
internal static class StandbyShim
{
    private const string Tool = "crm_standby";

    private static readonly ShimOption[] s_options =
    [
        new('G', ShimArgument.None, "query", "get-value"),
        new('v', ShimArgument.Required, "update", "attr-value"),
        new('D', ShimArgument.None, "delete", "delete-attr"),
        new('N', ShimArgument.Required, "node", "U", "node-uname", "uname"),
        new('l', ShimArgument.Required, "lifetime"),
        new('i', ShimArgument.Required, "id", "attr-id"),
        new('q', ShimArgument.None, "quiet", "Q"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        string node = given.Value('N') ?? context.Node;
        if (!context.IsNode(node))
        {
            return ShimProgram.NotFound(Tool, "node " + node, context);
        }

        if (given.Last("GvD", 'G') == 'v')
        {
            return ShimProgram.Refuse(Tool, "groups are given to the peer by hbctl standby, not from an agent", context);
        }

        if (!given.Has('D'))
        {
            context.Output.WriteLine(given.Has('q') ? "off" : "scope=nodes  name=standby value=off");
        }

        return ShimExit.Ok;
    }
}
