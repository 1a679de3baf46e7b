using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Hbd.Daemon.Cli;

/// <summary>Starting points for agents: the examples of src/plugins/examples, which the tests build, under another name.</summary>
internal static class AgentTemplate
{
    private const string Example = "WriteFile";
    private const string Prefix = "template/";

    public static int Write(string name, string language)
    {
        if (name.Length is 0 or > 60 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
        {
            Console.Error.WriteLine("hbctl agents new: \"" + name + "\" is no name; expected letters and digits, such as MyService");
            return ExitCode.Usage;
        }

        if (language is not ("c" or "csharp"))
        {
            Console.Error.WriteLine("hbctl agents new: no language \"" + language + "\"; there are c and csharp");
            return ExitCode.Usage;
        }

        if (Directory.Exists(name) || File.Exists(name))
        {
            Console.Error.WriteLine("hbctl agents new: " + name + " is there already; it was left alone");
            return ExitCode.Failed;
        }

        string from = Prefix + language + "/";
        Assembly assembly = typeof(AgentTemplate).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(from, StringComparison.Ordinal)))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            string path = Path.Combine(name, resource[from.Length..].Replace(Example, name, StringComparison.Ordinal));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, reader.ReadToEnd().Replace(Example, name, StringComparison.Ordinal));
            Console.Out.WriteLine(path);
        }

        return ExitCode.Ok;
    }
}
