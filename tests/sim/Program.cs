using System;
using System.CommandLine;

namespace Hbd.Sim;

internal static class Program
{
    /// <summary>Exit code of a command line, or a file of seeds, that says nothing that can be done.</summary>
    public const int UsageError = 2;

    private static int Main(string[] args)
    {
        RootCommand root = new("""
            Two nodes of the pair on a virtual clock, with every fault there is, and an oracle that judges them: doc/simulator.md.
            Exit code: 0 nothing found, 1 a violation or a difference, 2 wrong usage.
            """)
        {
            RunCommand.Build(), TraceCommand.Build(), ScenarioCommand.Build(), PartitionTable.Build(), Explore.ExploreCommand.Build(), Soak.Build(),
        };
        ParseResult parsed = root.Parse(args);
        int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? UsageError : code;
    }
}
