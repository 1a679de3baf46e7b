using System;
using System.CommandLine;
using System.IO;

namespace Hbd.Sim;

/// <summary>hbd-sim scenario: told courses of events, and what the pair is to make of them.</summary>
internal static class ScenarioCommand
{
    public static Command Build()
    {
        Argument<FileInfo[]> files = new("file") { Description = "Scenario files.", Arity = ArgumentArity.OneOrMore };
        Option<bool> rewrite = new("--rewrite") { Description = "Write what happens into the files: read the difference afterwards." };
        files.AcceptExistingOnly();
        Command command = new("scenario", "Compare what the pair does with the traces in scenario files.") { files, rewrite };
        command.SetAction(words => Run(words.GetRequiredValue(files), words.GetValue(rewrite)));
        return command;
    }

    private static int Run(FileInfo[] files, bool rewrite)
    {
        int failed = 0;
        foreach (FileInfo file in files)
        {
            string? difference = Scenario.Run(file.FullName, rewrite);
            Console.WriteLine((difference is null ? "ok   " : "FAIL ") + Path.GetFileNameWithoutExtension(file.Name) + (difference ?? ""));
            failed += difference is null ? 0 : 1;
        }

        Console.WriteLine($"scenarios: {files.Length - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
