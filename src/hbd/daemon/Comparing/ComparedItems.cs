using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Hbd.Core.Comparing;
using Hbd.Core.Config;
using Hbd.Daemon.Plan;

namespace Hbd.Daemon.Comparing;

/// <summary>A configuration as the parts that are compared over the wire: each setting, link, device, group and resource with all its values.</summary>
internal static class ComparedItems
{
    public static IReadOnlyList<ComparedItem> Of(ClusterConfig config)
    {
        List<ComparedItem> items = [];
        StringBuilder text = new();
        ConfigItem? first = null;
        foreach (ConfigItem item in ConfigItems.Of(config))
        {
            if (first is not null && first.Subject != item.Subject)
            {
                items.Add(Make(first, text));
            }

            first = text.Length == 0 ? item : first;
            // With their lengths, so that no two can read the same.
            text.Append(CultureInfo.InvariantCulture, $"{item.Key.Length} {item.Key} {item.Value.Length} {item.Value}\n");
        }

        if (first is not null)
        {
            items.Add(Make(first, text));
        }

        return items;
    }

    /// <summary>An item of the other node in our words.</summary>
    public static string Label(byte kind, string name) => Word(kind) + " " + name;

    private static string Word(byte kind) => kind <= (byte)ConfigItemKind.Resource ? PlanText.Word((ConfigItemKind)kind) : "item";

    private static ComparedItem Make(ConfigItem first, StringBuilder text)
    {
        // The first value of a resource is its group.
        string label = Label((byte)first.Kind, first.Name) + (first.Kind == ConfigItemKind.Resource ? " of group " + first.Value : "");
        ComparedItem item = new((byte)first.Kind, first.Name, label, Encoding.UTF8.GetBytes(text.ToString()));
        text.Clear();
        return item;
    }
}
