using System;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>Where the words of a shared object go.</summary>
internal interface IPluginOutput
{
    void Write(ReadOnlySpan<byte> bytes, bool isProblem);

    void Reason(string text);
}
