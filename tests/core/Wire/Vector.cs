using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Hbd.Core.Attributes;
using Hbd.Core.Auth;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Core.Tests.Wire;

/// <summary>One file of tests/vectors: a frame, what it is made of, and what its receiver must say.</summary>
internal sealed class Vector
{
    private readonly List<(string Name, string Value)> _fields;

    private Vector(string name, List<(string, string)> fields)
    {
        Name = name;
        _fields = fields;
    }

    public string Name { get; }

    public byte[] Frame => Convert.FromHexString(Text("frame")!);

    public FrameVerdict Verdict => Enum.Parse<FrameVerdict>(Text("verdict")!);

    public byte[]? Serial => Text("serial") is { } hex ? Convert.FromHexString(hex) : null;

    /// <summary>False where the frame holds something that this version reads but never writes.</summary>
    public bool Written => Verdict == FrameVerdict.Accepted && Text("reads") is null;

    public static IEnumerable<Vector> All()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "vectors")).Order())
        {
            List<(string, string)> fields = [];
            foreach (string line in File.ReadLines(path).Where(l => !l.StartsWith('#')))
            {
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                fields.Add((line[..space], line[space..].Trim()));
            }

            yield return new Vector(Path.GetFileNameWithoutExtension(path), fields);
        }
    }

    public string? Text(string name) => _fields.FirstOrDefault(f => f.Name == name).Value;

    public ulong? Number(string name) =>
        Text(name) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

    public ulong? Word(string name) =>
        Text(name) is { } text ? ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null;

    public Keyring Keyring()
    {
        List<KeyValuePair<int, byte[]>> keys = [];
        foreach ((_, string value) in _fields.Where(f => f.Name == "key"))
        {
            string[] words = value.Split(' ');
            keys.Add(new(int.Parse(words[0], CultureInfo.InvariantCulture), Convert.FromHexString(words[1])));
        }

        return new Keyring((int)(Number("signs") ?? 1), keys);
    }

    public FrameCodec Receiver() => new(Text("cluster")!, Text("self")!, Text("peer")!);

    /// <summary>Digest, changes, heard, forgotten, asks; null: nothing is said of attributes.</summary>
    public (ulong Digest, ushort Changes, ushort Heard, ushort Forgotten, bool Asks)? Mark()
    {
        string[]? words = Text("mark")?.Split(' ');
        return words is null ? null : (
            ulong.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            ushort.Parse(words[1], CultureInfo.InvariantCulture),
            ushort.Parse(words[2], CultureInfo.InvariantCulture),
            ushort.Parse(words[3], CultureInfo.InvariantCulture),
            words[4] == "asks");
    }

    public AttributeRecord[] Attributes() => _fields.Where(f => f.Name == "attribute").Select(f =>
    {
        string[] words = f.Value.Split(' ', 5);
        AttributeKey key = new(Enum.Parse<Owner>(words[0]), Enum.Parse<AttributeShelf>(words[1]), words[3]);
        return new AttributeRecord(key, uint.Parse(words[2], CultureInfo.InvariantCulture), words[4] == "(deleted)" ? null : words[4]);
    }).ToArray();

    public ScoreEntry[] Scores() => _fields.Where(f => f.Name == "score")
        .Select(f => new ScoreEntry(WireId.Of(f.Value.Split(' ')[0]), int.Parse(f.Value.Split(' ')[1], CultureInfo.InvariantCulture))).ToArray();

    public NoticeEntry[] Notices() => _fields.Where(f => f.Name == "notice").Select(f =>
    {
        string[] words = f.Value.Split(' ');
        return new NoticeEntry(
            WireId.Of(words[0]),
            Enum.Parse<InstanceWord>(words[1]),
            ushort.Parse(words[2], CultureInfo.InvariantCulture),
            ushort.Parse(words[3], CultureInfo.InvariantCulture),
            words[4] == "post",
            Enum.Parse<AgentAction>(words[5]));
    }).ToArray();

    public GroupEntry[] Groups() => _fields.Where(f => f.Name == "group").Select(f =>
    {
        string[] words = f.Value.Split(' ');
        return new GroupEntry(
            WireId.Of(words[0]),
            uint.Parse(words[1], CultureInfo.InvariantCulture),
            Enum.Parse<Owner>(words[2]),
            Enum.Parse<LocalState>(words[3]),
            words[4] == "requests",
            words[5] == "refuses");
    }).ToArray();
}
