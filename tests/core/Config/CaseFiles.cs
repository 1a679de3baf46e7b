using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Hbd.Core.Tests.Config;

/// <summary>The files next to the tests, copied into the output folder.</summary>
internal static class CaseFiles
{
    public static IEnumerable<string> Names(string folder, string suffix = ".toml") =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Config", folder), "*" + suffix)
            .Select(file => Path.GetFileName(file)[..^suffix.Length])
            .Order(StringComparer.Ordinal);

    public static byte[] Bytes(string folder, string file) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Config", folder, file));

    public static string Text(string folder, string file) => Encoding.UTF8.GetString(Bytes(folder, file));

    public static byte[] Sample(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "etc", file));
}
