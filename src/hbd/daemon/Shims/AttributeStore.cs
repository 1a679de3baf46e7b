using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using Hbd.Core;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Daemon.Shims;

/// <summary>What a file says of one attribute.</summary>
/// <param name="Value">Null: it was deleted, and the peer may not know yet.</param>
/// <param name="Version">As both nodes count it; 0: set or deleted here since the daemon looked last.</param>
internal readonly record struct StoredAttribute(string? Value, uint Version);

/// <summary>
/// Attributes in one file: a line each, section, name and value with a tab between them, and behind another tab the version that the daemon has
/// given it, with a minus sign when it is deleted. Written whole and renamed, under a lock; bounded in every direction.
/// </summary>
internal sealed class AttributeStore
{
    /// <summary>Name of the file of what is about the whole cluster.</summary>
    public const string ClusterFile = "_crm_config";

    public const int MaxAttributes = 256;

    /// <summary>Attributes of both nodes' making, and deleted ones.</summary>
    public const int MaxLines = 2 * MaxAttributes;
    public const int MaxNameChars = 255;
    public const int MaxValueChars = 4096;

    /// <summary>Every character at its widest: an escape, or three bytes.</summary>
    public const int MaxFileBytes = MaxLines * 3 * (MaxValueChars + (2 * MaxNameChars) + 16);

    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly string _directory;
    private readonly string _file;

    /// <param name="name">Of the file; no path.</param>
    public AttributeStore(string directory, string name)
    {
        _directory = directory;
        _file = directory + "/" + name;
    }

    /// <summary>Null: not set.</summary>
    /// <exception cref="IOException">It cannot be read, or is not what this class wrote.</exception>
    public string? Get(string section, string name)
        => Read().TryGetValue((section, name), out StoredAttribute attribute) ? attribute.Value : null;

    /// <exception cref="IOException">It cannot be written, or would be too large.</exception>
    public void Set(string section, string name, string value)
    {
        if (name.Length is 0 or > MaxNameChars || section.Length is 0 or > MaxNameChars || value.Length > MaxValueChars)
        {
            throw new IOException(
                $"a name has 1 to {MaxNameChars} characters and a value up to {MaxValueChars}, not {name.Length} and {value.Length}");
        }

        Change(attributes =>
        {
            if (attributes.TryGetValue((section, name), out StoredAttribute before) && before.Value == value)
            {
                return false;
            }

            bool isNew = before.Value is null;
            attributes[(section, name)] = new StoredAttribute(value, 0);
            return !isNew || Count(attributes) <= MaxAttributes
                ? true
                : throw new IOException($"{_file} has {MaxAttributes} attributes already, and there is no room for {name}");
        });
    }

    /// <summary>False: it was not there. A line stays until the daemon has told the peer.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool Delete(string section, string name) => File.Exists(_file) && Change(attributes =>
    {
        bool there = attributes.TryGetValue((section, name), out StoredAttribute before) && before.Value is not null;
        if (there)
        {
            attributes[(section, name)] = new StoredAttribute(null, 0);
        }

        return there;
    });

    /// <summary>What a file says.</summary>
    /// <param name="shown">For the exception.</param>
    /// <exception cref="IOException">A line that this class does not write; its number is said.</exception>
    internal static Dictionary<(string Section, string Name), StoredAttribute> Parse(string text, string shown)
    {
        Dictionary<(string, string), StoredAttribute> attributes = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length - 1; i++)
        {
            string[] fields = lines[i].Split('\t');
            string version = fields.Length == 4 ? fields[3] : "0";
            bool deleted = version.StartsWith('-');
            uint number = 0;
            bool known = fields.Length is 3 or 4
                && uint.TryParse(deleted ? version[1..] : version, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Limits.Epoch;
            if (!known || i >= MaxLines || fields[0].Length == 0 || fields[1].Length == 0)
            {
                throw new IOException($"{shown}:{i + 1}: expected \"section<tab>name<tab>value\"; remove the file to begin anew");
            }

            attributes[(Plain(fields[0]), Plain(fields[1]))] = new StoredAttribute(deleted ? null : Plain(fields[2]), number);
        }

        return lines[^1].Length == 0 ? attributes : throw new IOException($"{shown}:{lines.Length}: the last line has no end");
    }

    internal static string Format(Dictionary<(string Section, string Name), StoredAttribute> attributes)
    {
        StringBuilder text = new();
        foreach (((string section, string name), StoredAttribute attribute) in attributes)
        {
            text.Append(Escaped(section)).Append('\t').Append(Escaped(name)).Append('\t').Append(Escaped(attribute.Value ?? ""));
            if (attribute.Version > 0 || attribute.Value is null)
            {
                text.Append(attribute.Value is null ? "\t-" : "\t").Append(CultureInfo.InvariantCulture, $"{attribute.Version}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads, changes and writes under the lock; a change that says false writes nothing.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal bool Change(Func<Dictionary<(string Section, string Name), StoredAttribute>, bool> change)
    {
        Directory.CreateDirectory(_directory, DirectoryMode);
        using FileStream held = Lock();
        Dictionary<(string, string), StoredAttribute> attributes = Read();
        bool changed = change(attributes);
        if (changed)
        {
            string fresh = _file + ".new";
            File.WriteAllText(fresh, Format(attributes));
            File.Move(fresh, _file, overwrite: true);
        }

        return changed;
    }

    /// <summary>Everything in it; nothing when there is no file.</summary>
    /// <exception cref="IOException">It cannot be read, or is not what this class wrote.</exception>
    internal Dictionary<(string Section, string Name), StoredAttribute> Read()
    {
        if (!File.Exists(_file))
        {
            return [];
        }

        using FileStream stream = new(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MaxFileBytes)
        {
            throw new IOException($"{_file} has {stream.Length} bytes; {MaxFileBytes} is the most it can have");
        }

        byte[] bytes = new byte[stream.Length];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Parse(Encoding.UTF8.GetString(bytes, 0, count), _file);
    }

    private static int Count(Dictionary<(string Section, string Name), StoredAttribute> attributes)
    {
        int count = 0;
        foreach (StoredAttribute attribute in attributes.Values)
        {
            count += attribute.Value is null ? 0 : 1;
        }

        return count;
    }

    /// <summary>One writer at a time: agents of several resources run side by side.</summary>
    private FileStream Lock()
    {
        for (long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds; ;)
        {
            try
            {
                // FileShare.None is flock(2) with LOCK_EX | LOCK_NB.
                return new FileStream(_file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < end)
            {
                Thread.Sleep(2);
            }
        }
    }

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal);

    private static string Plain(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            bool escape = text[i] == '\\' && i + 1 < text.Length;
            plain.Append(!escape ? text[i] : text[++i] switch { 'n' => '\n', 't' => '\t', char c => c });
        }

        return plain.ToString();
    }
}
