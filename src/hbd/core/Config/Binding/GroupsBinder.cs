using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;
using Hbd.Core.Wire;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// All groups: first those of [haresources] by node and line, then every [[group]]. The number of a group depends on
/// nothing else, so that two files that say the same give the same numbers.
/// </summary>
internal sealed class GroupsBinder(MessageList messages, string[]? nodes, IReadOnlyList<MediumConfig> media, MonitorBinder monitors)
{
    /// <summary>The groups as written, for rules that reach beyond them.</summary>
    public List<GroupDraft> Drafts { get; private set; } = [];

    public List<GroupConfig> Bind(TomlTable root)
    {
        ResourceBinder resources = new(messages, monitors);
        List<GroupDraft> drafts = new HaresourcesBinder(messages, nodes, resources).Bind(root);
        GroupTableBinder tables = new(messages, nodes, resources);
        foreach (TomlTable table in TomlLists.Tables(root, "group", messages))
        {
            if (tables.Bind(table) is { } draft)
            {
                drafts.Add(draft);
            }
        }

        if (root.Find("haresources") is null && root.Find("group") is null && !messages.HasErrors)
        {
            messages.Warn(root.Position, "no resource groups: the nodes will watch each other and run nothing");
        }

        CheckLimits(drafts);
        RefuseRepeatedNames(drafts);
        RefuseSharedIds(drafts);
        Drafts = drafts;
        return Finish(drafts);
    }

    private void CheckLimits(List<GroupDraft> drafts)
    {
        if (drafts.Count > Limits.Groups)
        {
            messages.Error(drafts[Limits.Groups].At, "too many groups; expected at most "
                + Limits.Groups.ToString(CultureInfo.InvariantCulture));
        }

        int resources = 0;
        foreach (GroupDraft draft in drafts)
        {
            bool within = resources <= Limits.Resources;
            resources += draft.Resources.Count;
            if (within && resources > Limits.Resources)
            {
                messages.Error(draft.At, "too many resources; expected at most "
                    + Limits.Resources.ToString(CultureInfo.InvariantCulture) + " in all groups together");
            }
        }
    }

    private void RefuseRepeatedNames(List<GroupDraft> drafts)
    {
        SortedDictionary<string, GroupDraft> byName = new(System.StringComparer.Ordinal);
        foreach (GroupDraft draft in drafts)
        {
            if (!byName.TryAdd(draft.Name, draft))
            {
                messages.Error(draft.At, $"group \"{Shown.Word(draft.Name)}\" is already defined in line "
                    + byName[draft.Name].At.Line.ToString(CultureInfo.InvariantCulture)
                        + "; expected a name of its own");
            }
        }
    }

    /// <summary>A chance of one in four thousand millions for each two groups; then one of them needs another name.</summary>
    private void RefuseSharedIds(List<GroupDraft> drafts)
    {
        SortedDictionary<uint, GroupDraft> byId = [];
        foreach (GroupDraft draft in drafts)
        {
            GroupDraft first = byId.TryAdd(WireId.Of(draft.Name), draft) ? draft : byId[WireId.Of(draft.Name)];
            if (first.Name != draft.Name)
            {
                messages.Error(draft.At, $"group \"{Shown.Word(draft.Name)}\" has the same number on the wire as group "
                    + $"\"{Shown.Word(first.Name)}\" in line {first.At.Line.ToString(CultureInfo.InvariantCulture)}; expected another name");
            }
        }
    }

    /// <summary>The same of resources, where the nodes speak of single ones: those that are told of each other's changes.</summary>
    private void RefuseSharedId(SortedDictionary<uint, string> told, ResourceDraft draft, ResourceConfig resource)
    {
        bool isTold = resource is { Mode: ResourceMode.Promotable, Notify: true };
        if (isTold && !told.TryAdd(WireId.Of(resource.Name), resource.Name) && told[WireId.Of(resource.Name)] != resource.Name)
        {
            messages.Error(draft.At, $"resource \"{Shown.Word(resource.Name)}\" has the same number on the wire as resource "
                + $"\"{Shown.Word(told[WireId.Of(resource.Name)])}\"; expected another name");
        }
    }

    private List<GroupConfig> Finish(List<GroupDraft> drafts)
    {
        ResourceRegistry registry = new(messages, media);
        foreach (GroupDraft draft in drafts)
        {
            foreach (ResourceDraft resource in draft.Resources)
            {
                registry.EnterWrittenName(resource);
            }
        }

        List<GroupConfig> groups = [];
        SortedDictionary<uint, string> told = [];
        foreach (GroupDraft draft in drafts)
        {
            List<ResourceConfig> resources = [];
            foreach (ResourceDraft resource in draft.Resources)
            {
                ResourceConfig finished = registry.Finish(resource);
                RefuseSharedId(told, resource, finished);
                resources.Add(finished);
            }

            groups.Add(new GroupConfig
            {
                Name = draft.Name,
                Preferred = draft.Preferred,
                Require = draft.Require,
                Resources = resources,
            });
        }

        return groups;
    }
}
