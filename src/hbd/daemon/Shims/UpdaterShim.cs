using System.Collections.Generic;

namespace Hbd.Daemon.Shims;

/// <summary><c>attrd_updater</c>: attributes that end with the boot. There is nothing to dampen: what is set is there at once.</summary>
internal static class UpdaterShim
{
    private const string Tool = "attrd_updater";

    private static readonly ShimOption[] s_options =
    [
        new('n', ShimArgument.Required, "name"),
        new('U', ShimArgument.Required, "update", "v", "B", "update-both"),
        new('Y', ShimArgument.None, "update-delay"),
        new('Q', ShimArgument.None, "query"),
        new('D', ShimArgument.None, "delete"),
        new('R', ShimArgument.None, "refresh"),
        new('A', ShimArgument.None, "all"),
        new('N', ShimArgument.Required, "node"),
        new('d', ShimArgument.Required, "delay"),
        new('l', ShimArgument.Required, "lifetime"),
        new('s', ShimArgument.Required, "set"),
        new('S', ShimArgument.Required, "section"),
        new('p', ShimArgument.None, "private"),
        new('q', ShimArgument.None, "quiet"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        char command = given.Last("UYQDR", '\0');
        if (command is 'Y' or 'R')
        {
            return ShimExit.Ok;
        }

        if (command == '\0' || given.Value('n') is not { } name)
        {
            return ShimProgram.Usage(
                Tool, command == '\0' ? "expected one of --update, --query, --delete" : "option --name is missing", context);
        }

        string node = given.Value('N') ?? context.Node;
        if (!context.IsNode(node))
        {
            return ShimProgram.NotFound(Tool, "node " + node, context);
        }

        AttributeStore store = new(context.TransientDirectory, node);
        switch (command)
        {
            case 'U':
                store.Set("status", name, given.Value('U')!);
                return ShimExit.Ok;
            case 'D':
                _ = store.Delete("status", name);
                return ShimExit.Ok;
            default:
                return Query(name, given.Has('A') ? context.Nodes : [node], context);
        }
    }

    private static int Query(string name, IReadOnlyList<string> nodes, ShimContext context)
    {
        bool found = false;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (new AttributeStore(context.TransientDirectory, nodes[i]).Get("status", name) is { } value)
            {
                found = true;
                context.Output.WriteLine($"name=\"{name}\" host=\"{nodes[i]}\" value=\"{value}\"");
            }
        }

        return found ? ShimExit.Ok : ShimProgram.NotFound(Tool, "attribute " + name, context);
    }
}
