using System;
using System.CommandLine;

namespace Hbd.Sim;

/// <summary>hbd-sim trace: one seed, with everything that both nodes said and did.</summary>
internal static class TraceCommand
{
    public static Command Build()
    {
        Argument<ulong> seed = new("seed") { Description = "Which one." };
        SeedNeeds needs = new();
        Command command = new("trace", "Run one seed and print everything that happened.") { seed };
        needs.AddTo(command);
        command.Validators.Add(words =>
        {
            if (needs.Of(words).Arbiters)
            {
                words.AddError("the arbiters alone have no trace");
            }
        });
        command.SetAction(words =>
        {
            SeedResult result = SeedRun.Run(SimOptions.Draw(words.GetValue(seed), needs.Of(words.CommandResult)), Console.Out);
            Console.WriteLine(result.Violation is null ? "no violation" : "VIOLATION " + result.Violation);
            return result.Violation is null ? 0 : 1;
        });
        return command;
    }
}
