using System.Collections.Generic;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>What the ping nodes and the groups must be for each other.</summary>
internal sealed class PingRules(MessageList messages)
{
    public void Check(PingConfig? ping, Section top, List<GroupDraft> groups)
    {
        bool ignores = top.Find("split_brain") is null or { Value: TomlString { Text: "ignore" } };
        foreach (GroupDraft group in groups)
        {
            if (group.Require != Require.Ping)
            {
                continue;
            }

            if (ping is null && !PingBinder.IsNamed(top))
            {
                messages.Missing(group.RequireAt, $"group \"{Shown.Word(group.Name)}\" requires ping, but there is no ping node; "
                    + "expected ping = [\"10.0.0.253\"] at the top level, or a section [[ping_group]]");
            }
            else if (ping is not null && ignores)
            {
                messages.Warn(group.RequireAt, $"group \"{Shown.Word(group.Name)}\" requires ping to be taken over, but split_brain = "
                    + "\"ignore\" lets an owner that is cut off from everything run it on: two owners are possible");
            }
        }
    }
}
