using Hbd.Plugins.Sdk;

namespace Hbd.Agents.Tests;

internal sealed class RecordingOutput : IAgentOutput
{
    public string Text { get; private set; } = "";

    public HeldAddress? Held { get; private set; }

    public void Reason(string text) => Text = text;

    public void Holds(HeldAddress address) => Held = address;
}
