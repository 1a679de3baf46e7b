using System;
using Hbd.Core.Config;

namespace Hbd.Core.Resources;

/// <content>What attributes mean for groups: the promotion score of an instance here, which the peer's agent may set as well.</content>
internal sealed partial class ResourceManager
{
    /// <param name="value">Null: deleted.</param>
    public void LearnScore(string attribute, string? value)
    {
        if (!attribute.StartsWith(ScoreText.Prefix, StringComparison.Ordinal))
        {
            return;
        }

        ReadOnlySpan<char> name = attribute.AsSpan(ScoreText.Prefix.Length);
        foreach (GroupRun group in _groups)
        {
            foreach (ResourceRun resource in group.Resources)
            {
                if (resource.Config.Mode == ResourceMode.Promotable && name.SequenceEqual(resource.Config.Name))
                {
                    resource.Instance!.Learn(ScoreText.Parse(value));
                }
            }
        }
    }
}
