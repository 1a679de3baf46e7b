using System.Collections.Generic;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_resource</c>, as far as agents use it: where their own resource runs, and what a virtual machine uses of its host. Nothing can be
/// moved or cleaned up from here.
/// </summary>
internal static class ResourceShim
{
    private const string Tool = "crm_resource";

    private static readonly ShimOption[] s_options =
    [
        new('r', ShimArgument.Required, "resource"),
        new('N', ShimArgument.Required, "node"),
        new('z', ShimArgument.None, "utilization"),
        new('m', ShimArgument.None, "meta"),
        new('g', ShimArgument.Required, "get-parameter"),
        new('p', ShimArgument.Required, "set-parameter"),
        new('d', ShimArgument.Required, "delete-parameter"),
        new('v', ShimArgument.Required, "parameter-value"),
        new('O', ShimArgument.None, "list-operations"),
        new('W', ShimArgument.None, "locate"),
        new('Q', ShimArgument.None, "quiet"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        char command = given.Last("gpdOW", '\0');
        if (command == 'O')
        {
            return ShimExit.Ok;
        }

        if (command == '\0' || (given.Value('r') ?? context.Instance) is not { } resource)
        {
            return ShimProgram.Usage(
                Tool,
                command == '\0' ? "expected one of --locate, --get-parameter, --set-parameter, --delete-parameter" : "option --resource is missing",
                context);
        }

        if (command == 'W')
        {
            return Locate(resource, context);
        }

        if (!given.Has('z') && command != 'g')
        {
            return ShimProgram.Refuse(Tool, "the parameters of " + resource + " are those of hbd.toml; only --utilization is kept here", context);
        }

        AttributeStore store = new(context.PersistentDirectory, "_resources");
        string section = given.Has('z') ? "utilization " + resource : "parameter " + resource;
        switch (command)
        {
            case 'p':
                if (given.Value('v') is not { } value)
                {
                    return ShimProgram.Usage(Tool, "option --parameter-value is missing", context);
                }

                store.Set(section, given.Value('p')!, value);
                return ShimExit.Ok;
            case 'd':
                _ = store.Delete(section, given.Value('d')!);
                return ShimExit.Ok;
            default:
                string name = given.Value('g')!;
                if (store.Get(section, name) is not { } found)
                {
                    return ShimProgram.NotFound(Tool, "attribute " + name + " of " + resource, context);
                }

                context.Output.WriteLine(found);
                return ShimExit.Ok;
        }
    }

    /// <summary>
    /// Of the agent's own resource. ocf:linbit:drbd looks for "Master", the word of Pacemaker before 2.1: without it the agent takes every
    /// primary for one that the cluster knows nothing of.
    /// </summary>
    private static int Locate(string resource, ShimContext context)
    {
        if (resource != context.Instance)
        {
            return ShimProgram.NotFound(Tool, "resource " + resource, context);
        }

        foreach (string node in context.Runs)
        {
            context.Output.WriteLine("resource " + resource + " is running on: " + node + (node == context.Promoted ? " Master" : ""));
        }

        if (context.Runs.Count == 0)
        {
            context.Output.WriteLine("resource " + resource + " is NOT running");
        }

        return ShimExit.Ok;
    }
}
