using System;
using System.IO;
using System.Linq;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>
/// Every file of bad/ must give exactly the lines of its .expected, in one run: the text of a message is part of the
/// product. Warnings follow the errors, marked as such. With HBD_REWRITE=DIR the found lines are written to DIR instead, to be
/// read as a difference by a person.
/// </summary>
public sealed class ConfigMessagesTests
{
    public static TheoryData<string> Cases() => [.. CaseFiles.Names("bad")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void SaysWhatIsWrongAndWhere(string name)
    {
        ConfigLoadResult result = ConfigLoader.Load(name + ".toml", CaseFiles.Bytes("bad", name + ".toml"));
        string found = string.Concat(result.Errors.Select(error => error + "\n"))
            + string.Concat(result.Warnings.Select(warning => "warning: " + warning + "\n"));
        if (Environment.GetEnvironmentVariable("HBD_REWRITE") is { Length: > 0 } directory)
        {
            File.WriteAllText(Path.Combine(directory, name + ".expected"), found);
            return;
        }

        Assert.Equal(CaseFiles.Text("bad", name + ".expected"), found);
        Assert.Equal(result.Errors.Count > 0, result.Config is null);
        Assert.DoesNotContain("\n\n", found, StringComparison.Ordinal);
    }
}
