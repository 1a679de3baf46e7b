using System;
using Hbd.Core.Config.Binding;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config;

/// <summary>
/// Text of hbd.toml to a checked configuration, with all errors in one run. Pure: the caller reads the file, and its
/// name is only used in messages. A resource may go over several lines, as TOML 1.1 allows it.
/// </summary>
public static class ConfigLoader
{
    public static ConfigLoadResult Load(string fileName, ReadOnlySpan<byte> text)
    {
        TomlDocument document = TomlReader.Read(text, inlineTablesOverLines: true);
        MessageList messages = new(fileName, incomplete: document.Errors.Count > 0);
        foreach (TomlError error in document.Errors)
        {
            messages.Error(error.Position, error.Text);
        }

        ClusterConfig? config = new ConfigBinder(messages).Bind(document.Root);
        return new ConfigLoadResult
        {
            Config = messages.HasErrors ? null : config,
            Errors = messages.ErrorsInOrder(),
            Warnings = messages.WarningsInOrder(),
        };
    }
}
