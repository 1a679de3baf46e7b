using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Wire;

namespace Hbd.Daemon.Witness;

/// <summary>The keys of every pair that a witness serves, by the wire id of the cluster's name, which is the name of the file.</summary>
internal sealed class PairKeys : IDisposable
{
    private const string Suffix = ".authkeys";
    private readonly SortedDictionary<uint, (string Name, Keyring Keys)> _pairs = [];

    private PairKeys()
    {
    }

    public IEnumerable<string> Names
    {
        get
        {
            foreach ((string name, _) in _pairs.Values)
            {
                yield return name;
            }
        }
    }

    public int Count => _pairs.Count;

    /// <summary>Reads every NAME.authkeys of a directory; null with everything that is wrong.</summary>
    public static PairKeys? Load(string directory, out List<string> problems)
    {
        problems = [];
        PairKeys pairs = new();
        foreach (string path in Files(directory, problems))
        {
            string name = Path.GetFileName(path)[..^Suffix.Length];
            Keyring? keys = KeyFile.Load(path, out string[] wrong);
            problems.AddRange(wrong);
            if (keys is not null && !pairs._pairs.TryAdd(WireId.Of(name), (name, keys)))
            {
                problems.Add(path + ": this name and another one have the same id on the wire; rename one of the clusters");
            }
        }

        if (pairs.Count == 0 && problems.Count == 0)
        {
            problems.Add(directory + ": no keys; expected a file NAME" + Suffix + " for each cluster, the same as its /etc/hbd/authkeys");
        }

        if (pairs.Count > Limits.WitnessPairs)
        {
            problems.Add(directory + ": more than " + Limits.WitnessPairs + " pairs");
        }

        if (problems.Count == 0)
        {
            return pairs;
        }

        pairs.Dispose();
        return null;
    }

    public Keyring? Find(uint cluster) => _pairs.TryGetValue(cluster, out (string Name, Keyring Keys) pair) ? pair.Keys : null;

    public void Dispose()
    {
        foreach ((_, Keyring keys) in _pairs.Values)
        {
            keys.Dispose();
        }
    }

    private static string[] Files(string directory, List<string> problems)
    {
        try
        {
            string[] files = Directory.GetFiles(directory, "*" + Suffix);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(directory + ": " + e.Message);
            return [];
        }
    }
}
