using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Daemon.Shims;

/// <summary><c>crm_failcount</c>: how often the resource that asks has failed on this node. It is reset by <c>hbctl cleanup</c>, not from here.</summary>
internal static class FailcountShim
{
    private const string Tool = "crm_failcount";

    private static readonly ShimOption[] s_options =
    [
        new('G', ShimArgument.None, "query"),
        new('D', ShimArgument.None, "delete"),
        new('r', ShimArgument.Required, "resource"),
        new('N', ShimArgument.Required, "node"),
        new('n', ShimArgument.Required, "operation"),
        new('I', ShimArgument.Required, "interval"),
        new('q', ShimArgument.None, "quiet", "Q"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        if (given.Last("GD", 'G') == 'D')
        {
            return ShimProgram.Refuse(Tool, "failures are forgotten after failure_timeout, or by hbctl cleanup GROUP", context);
        }

        string? resource = given.Value('r') ?? context.Instance;
        if (resource is null || resource != context.Instance || (given.Value('N') ?? context.Node) != context.Node)
        {
            return resource is null
                ? ShimProgram.Usage(Tool, "no resource: neither an option nor OCF_RESOURCE_INSTANCE names one", context)
                : ShimProgram.NotFound(Tool, "failures of " + resource + " on " + (given.Value('N') ?? context.Node), context);
        }

        string count = context.Failures.ToString(CultureInfo.InvariantCulture);
        context.Output.WriteLine(given.Has('q') ? count : "scope=status  name=fail-count-" + resource + " value=" + count);
        return ShimExit.Ok;
    }
}
