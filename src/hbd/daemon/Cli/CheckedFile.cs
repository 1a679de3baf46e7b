using System;
using Hbd.Core.Config;

namespace Hbd.Daemon.Cli;

/// <summary>A configuration for a command that works on files.</summary>
internal static class CheckedFile
{
    /// <summary>Null where the file cannot be read or is wrong; every error is on stderr then.</summary>
    public static ClusterConfig? Load(string path)
    {
        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            Console.Error.WriteLine(problem);
            return null;
        }

        ConfigLoadResult result = ConfigLoader.Load(path, text);
        foreach (ConfigMessage error in result.Errors)
        {
            Console.Error.WriteLine(error.ToString());
        }

        return result.Config;
    }
}
