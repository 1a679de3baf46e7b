using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Core.Config.Toml;

/// <summary>
/// Puts tables and values in their place and enforces that nothing is defined twice. All methods that find a place
/// return null after an error, which has been reported.
/// </summary>
internal sealed class TomlDefiner(TomlErrorList errors)
{
    private int _sections;

    /// <summary>A new header or inline table: tables that dotted keys made before are closed to it.</summary>
    public int NewSection() => ++_sections;

    public TomlTable? Header(TomlTable root, List<TomlKeyPart> parts, int section)
    {
        TomlTable? parent = HeaderParent(root, parts);
        if (parent is null)
        {
            return null;
        }

        TomlKeyPart last = parts[^1];
        TomlEntry? entry = parent.Find(last.Name);
        if (entry is null)
        {
            return AddTable(parent, last, TomlTableOrigin.Header, section);
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Define(TomlTableOrigin.Header, section);
            return table;
        }

        errors.Add(last.Position, entry.Value is TomlArray { OfTables: true }
            ? $"[{last.Name}] is a list of tables since {Line(entry)}; expected [[{last.Name}]]"
            : $"[{last.Name}] is already defined in {Line(entry)}");
        return null;
    }

    public TomlTable? ArrayHeader(TomlTable root, List<TomlKeyPart> parts, int section)
    {
        TomlTable? parent = HeaderParent(root, parts);
        if (parent is null)
        {
            return null;
        }

        TomlKeyPart last = parts[^1];
        TomlEntry? entry = parent.Find(last.Name);
        if (entry is null)
        {
            entry = new TomlEntry(last.Name, last.Position, new TomlArray(last.Position, ofTables: true));
            parent.Add(entry);
        }

        if (entry.Value is not TomlArray { OfTables: true } array)
        {
            errors.Add(last.Position, entry.Value is TomlArray
                ? $"{last.Name} is a complete array since {Line(entry)}; [[{last.Name}]] cannot add to it"
                : $"[[{last.Name}]] is already defined in {Line(entry)}, and not as a list of tables");
            return null;
        }

        TomlTable table = new(last.Position, TomlTableOrigin.Header, section, parent.Depth + 2);
        array.Add(table);
        return table;
    }

    /// <summary>The value of <c>a.b.c = value</c>, in a table.</summary>
    public void Assign(TomlTable table, List<TomlKeyPart> parts, TomlValue value, int section)
    {
        for (int i = 0; i + 1 < parts.Count; i++)
        {
            if (DottedStep(table, parts[i], section) is not { } next)
            {
                return;
            }

            table = next;
        }

        TomlKeyPart last = parts[^1];
        if (table.Find(last.Name) is { } before)
        {
            errors.Add(last.Position, $"\"{last.Name}\" is already defined in {Line(before)}");
            return;
        }

        table.Add(new TomlEntry(last.Name, last.Position, value));
    }

    private TomlTable? DottedStep(TomlTable table, TomlKeyPart part, int section)
    {
        TomlEntry? entry = table.Find(part.Name);
        if (entry is null)
        {
            return AddTable(table, part, TomlTableOrigin.Dotted, section);
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } open)
        {
            open.Define(TomlTableOrigin.Dotted, section);
            return open;
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted } dotted && dotted.Section == section)
        {
            return dotted;
        }

        errors.Add(part.Position,
            $"\"{part.Name}\" is already defined in {Line(entry)}; a dotted key cannot add to it");
        return null;
    }

    private TomlTable? HeaderParent(TomlTable root, List<TomlKeyPart> parts)
    {
        TomlTable table = root;
        for (int i = 0; i + 1 < parts.Count; i++)
        {
            TomlEntry? entry = table.Find(parts[i].Name);
            TomlTable? next = entry?.Value switch
            {
                null => AddTable(table, parts[i], TomlTableOrigin.Implicit, 0),
                TomlTable { Origin: not TomlTableOrigin.Inline } child => child,
                TomlArray { OfTables: true } array => array.LastTable,
                _ => null,
            };
            if (next is null)
            {
                errors.Add(parts[i].Position, $"\"{parts[i].Name}\" is a complete value since {Line(entry!)}; "
                    + "a header cannot add to it");
                return null;
            }

            table = next;
        }

        // Lists of tables on the way count twice, so the number of parts alone does not bound the depth.
        if (table.Depth + 2 > Limits.ConfigDepth)
        {
            errors.Add(parts[^1].Position, "tables are nested too deep; expected at most 64 levels");
            return null;
        }

        return table;
    }

    private static TomlTable AddTable(TomlTable parent, TomlKeyPart part, TomlTableOrigin origin, int section)
    {
        TomlTable table = new(part.Position, origin, section, parent.Depth + 1);
        parent.Add(new TomlEntry(part.Name, part.Position, table));
        return table;
    }

    private static string Line(TomlEntry entry) =>
        "line " + entry.Position.Line.ToString(CultureInfo.InvariantCulture);
}
