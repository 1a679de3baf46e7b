using System;
using System.IO;

namespace Hbd.Daemon.Tests;

/// <summary>The checkout itself, not the copies beside the test assembly: what a test writes anew must not hide that the tree is old.</summary>
internal static class SourceTree
{
    public static string Top { get; } = Find();

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "hbd.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new DirectoryNotFoundException("no hbd.slnx above " + AppContext.BaseDirectory);
    }
}
