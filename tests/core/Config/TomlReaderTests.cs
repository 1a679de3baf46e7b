using System.Linq;
using Hbd.Core.Config.Toml;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>
/// Every file of toml/valid must give the tree in its .json, every file of toml/invalid exactly the errors in its
/// .expected, in one run.
/// </summary>
public sealed class TomlReaderTests
{
    public static TheoryData<string> Valid() => [.. CaseFiles.Names("toml/valid")];

    public static TheoryData<string> Invalid() => [.. CaseFiles.Names("toml/invalid")];

    [Theory]
    [MemberData(nameof(Valid))]
    public void ReadsWhatTheFileSays(string name)
    {
        TomlDocument document = TomlReader.Read(CaseFiles.Bytes("toml/valid", name + ".toml"));
        Assert.Empty(document.Errors);
        Assert.Equal(CaseFiles.Text("toml/valid", name + ".json"), TomlJson.Write(document.Root));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void ReportsEveryErrorWithItsPlace(string name)
    {
        TomlDocument document = TomlReader.Read(CaseFiles.Bytes("toml/invalid", name + ".toml"));
        string found = string.Concat(document.Errors.Select(
            error => $"{error.Position.Line}:{error.Position.Column}: {error.Text}\n"));
        Assert.Equal(CaseFiles.Text("toml/invalid", name + ".expected"), found);
    }

    [Fact]
    public void KeepsThePositionOfEveryKeyAndValue()
    {
        TomlDocument document = TomlReader.Read("a = 1\n  [t]\n\"é\" = [ 'x',\n  true ]\n"u8);
        TomlEntry entry = ((TomlTable)document.Root.Find("t")!.Value).Find("é")!;
        Assert.Equal(new TomlPosition(3, 1), entry.Position);
        Assert.Equal(new TomlPosition(3, 7), entry.Value.Position);
        Assert.Equal(new TomlPosition(4, 3), ((TomlArray)entry.Value).Items[1].Position);
    }

    [Fact]
    public void RefusesAFileThatIsTooLarge()
    {
        TomlDocument document = TomlReader.Read(new byte[Limits.ConfigBytes + 1]);
        Assert.Equal("the file is too large; expected at most 4 MiB", Assert.Single(document.Errors).Text);
    }

    [Fact]
    public void StopsListingErrorsAtTheLimit()
    {
        byte[] text = [.. Enumerable.Repeat("x\n"u8.ToArray(), 10_000).SelectMany(line => line)];
        Assert.Equal(Limits.ConfigErrors, TomlReader.Read(text).Errors.Count);
    }
}
