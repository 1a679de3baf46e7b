using System.Collections.Generic;
using Hbd.Sys;

namespace Hbd.Plugins.Stonith;

/// <summary>Finds the file of a fencing program and sets up what all of them get.</summary>
internal static class StonithPrograms
{
    private const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>
    /// The first file of this name that is there, with what is wrong with it. One that must not be run ends the search:
    /// going on would run something else under its name.
    /// </summary>
    public static string Find(IReadOnlyList<string> directories, string name, out string? problem)
    {
        foreach (string directory in directories)
        {
            string path = directory + "/" + name;
            problem = ProgramFile.Problem(path, out bool exists);
            if (exists)
            {
                return path;
            }
        }

        problem = "no " + name + " in " + string.Join(", ", directories);
        return "";
    }

    /// <summary>Nothing of the daemon's environment: a clean one, in the language the programs' texts are known in.</summary>
    public static List<string> Environment(string pathFirst = "")
        => ["PATH=" + (pathFirst.Length > 0 ? pathFirst + ":" : "") + Path, "HOME=/root", "LANG=C", "LC_ALL=C"];
}
