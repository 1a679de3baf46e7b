using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;

namespace Hbd.Daemon.Conversion;

/// <summary>
/// ha.cf, haresources and authkeys to hbd.toml and authkeys, with an account of every line. What comes out is read by hbd's own readers
/// before anybody calls it done. Where heartbeat had a fencing device, every group requires it: less proof than before is never written.
/// </summary>
internal sealed class Converter
{
    private static readonly string[] s_times = ["keepalive", "warntime", "deadtime", "initdead", "deadping"];

    private readonly ConvertEnvironment _environment;
    private readonly Account _account = new();
    private readonly HaSettings _settings = new();
    private readonly List<SecretFile> _secrets = [];

    private Converter(ConvertEnvironment environment) => _environment = environment;

    public static ConversionResult Convert(ClassicFiles files, ConvertEnvironment environment)
        => new Converter(environment).Run(files);

    private ConversionResult Run(ClassicFiles files)
    {
        new HaCfConverter(_account, _settings).Convert(ClassicText.HaCf("ha.cf", Bounded("ha.cf", files.HaCf)));
        List<FencingDevice> devices = [];
        List<object> media = [];
        if (_settings.Nodes.Count == Limits.Nodes)
        {
            devices = new StonithConverter(_account, _settings.Nodes, _environment).Convert(_settings.Stonith);
            media = Media();
        }
        else
        {
            _account.Add("ha.cf", 0, "", Verdict.Refused, "two nodes are needed; media, fencing and resources were not looked at");
        }

        List<HaGroup> groups = Groups(files.Haresources);
        string authKeys = AuthKeys(files.AuthKeys);
        string toml = Write(media, devices, groups);
        return Judge(toml, authKeys, files.AuthKeys is not null);
    }

    private string Bounded(string file, string text)
    {
        if (text.Count(c => c == '\n') > ClassicText.LinesMax)
        {
            _account.Add(file, 0, "", Verdict.Refused, "more than 10000 lines; the rest was not read");
        }

        return text;
    }

    /// <summary>In the order of ha.cf; a pair of ucast lines counts where its first one stands.</summary>
    private List<object> Media()
    {
        List<object> media = [];
        UcastResolver resolver = new(_account, _settings.Nodes, _environment);
        HashSet<(string, bool)> done = [];
        foreach (HaMedium medium in _settings.Media)
        {
            bool v6 = medium.Address.Contains(':', StringComparison.Ordinal);
            if (medium.Kind != "ucast")
            {
                media.Add(medium);
            }
            else if (done.Add((medium.Interface, v6))
                && resolver.Resolve([.. _settings.Media.Where(m => m.Kind == "ucast" && m.Interface == medium.Interface
                    && m.Address.Contains(':', StringComparison.Ordinal) == v6)]) is { } pair)
            {
                media.Add(pair);
            }
        }

        return media;
    }

    private List<HaGroup> Groups(string? text)
    {
        if (text is null)
        {
            _account.Add("haresources", 0, "", Verdict.Translated, "there is no such file: no groups");
            return [];
        }

        List<int> cut = [];
        List<SourceLine> lines = ClassicText.Haresources("haresources", Bounded("haresources", text), cut);
        return _settings.Nodes.Count == Limits.Nodes ? new HaresourcesConverter(_account, _settings.Nodes).Convert(lines, cut) : [];
    }

    private string AuthKeys(string? text)
    {
        if (text is null)
        {
            _account.Add("authkeys", 0, "", Verdict.Refused, "there is no such file; make keys with /usr/lib/hbd/make-authkeys");
            return "";
        }

        return new AuthKeysConverter(_account, _environment.NewSecret).Convert(ClassicText.AuthKeys("authkeys", Bounded("authkeys", text)));
    }

    private string Write(List<object> media, List<FencingDevice> devices, List<HaGroup> groups)
    {
        TomlWriter toml = new();
        WriteTop(toml);
        WritePing(toml);
        foreach (object medium in media)
        {
            WriteMedium(toml, medium);
        }

        foreach (FencingDevice device in devices)
        {
            WriteDevice(toml, device);
        }

        foreach (IReadOnlyList<string> client in _settings.Respawn)
        {
            toml.Section("[[respawn]]");
            toml.Key("user", client[0]);
            toml.Key("program", client[1]);
            if (client.Count > 2)
            {
                toml.List("args", client.Skip(2));
            }
        }

        WriteGroups(toml, groups);
        return toml.ToString();
    }

    private void WriteTop(TomlWriter toml)
    {
        toml.Comment("Made by hbctl convert from the files of heartbeat. Identical on both nodes.");
        foreach (AccountEntry entry in _account.InOrder().Where(e => e.Verdict == Verdict.Refused))
        {
            toml.Comment("Not carried over: " + entry.ToString());
        }

        toml.Blank();
        if (_settings.Cluster is { } cluster)
        {
            toml.Key("cluster", cluster);
        }

        toml.List("nodes", _settings.Nodes);
        foreach (string name in s_times)
        {
            if (_settings.Times.TryGetValue(name, out (Duration Time, SourceLine Line) time))
            {
                toml.Key(name, time.Time.ToString());
            }
        }

        toml.Raw("auto_failback", _settings.AutoFailback ? "true" : "false");
        if (_settings.Watchdog is { } watchdog)
        {
            toml.Key("watchdog", watchdog);
        }
    }

    private void WritePing(TomlWriter toml)
    {
        HaPing[] single = [.. _settings.Ping.Where(p => p.Name is null)];
        if (_settings.Ipfail && single.Length > 0)
        {
            toml.List("ping", single.Select(p => p.Addresses[0]));
        }

        foreach (HaPing ping in _settings.Ipfail ? [] : single)
        {
            toml.Section("[[ping]]");
            toml.Key("address", ping.Addresses[0]);
            toml.Raw("weight", "0");
        }

        foreach (HaPing ping in _settings.Ping.Where(p => p.Name is not null))
        {
            toml.Section("[[ping_group]]");
            toml.Key("name", ping.Name!);
            toml.List("addresses", ping.Addresses);
            if (!_settings.Ipfail)
            {
                toml.Raw("weight", "0");
            }
        }
    }

    private void WriteMedium(TomlWriter toml, object medium)
    {
        if (medium is UcastPair pair)
        {
            toml.Section("[[ucast]]");
            toml.Key("interface", pair.Interface);
            List<KeyValuePair<string, string>> peers = [];
            for (int n = 0; n < _settings.Nodes.Count; n++)
            {
                peers.Add(new KeyValuePair<string, string>(_settings.Nodes[n], pair.Addresses[n]));
            }

            toml.Raw("peer", TomlWriter.Table(peers));
            toml.Raw("port", Text(pair.Port));
            return;
        }

        HaMedium plain = (HaMedium)medium;
        toml.Section("[[" + plain.Kind + "]]");
        toml.Key(plain.Kind == "serial" ? "device" : "interface", plain.Interface);
        if (plain.Kind == "mcast")
        {
            toml.Key("group", plain.Address);
        }

        toml.Raw(plain.Kind == "serial" ? "baud" : "port", Text(plain.Number));
        if (plain.Kind == "mcast")
        {
            toml.Raw("ttl", Text(plain.Ttl));
        }
    }

    private void WriteDevice(TomlWriter toml, FencingDevice device)
    {
        toml.Section("[[stonith]]");
        toml.Key("host", device.Host);
        toml.Key("agent", device.Agent);
        List<KeyValuePair<string, string>> parameters = [.. device.Parameters];
        foreach (KeyValuePair<string, string> secret in device.Secrets)
        {
            string file = "stonith-" + Text(_secrets.Count + 1) + "." + secret.Key;
            _secrets.Add(new SecretFile(file, secret.Value));
            parameters.Add(new KeyValuePair<string, string>(secret.Key + "_file", _environment.Directory + "/" + file));
        }

        if (parameters.Count > 0)
        {
            toml.Raw("params", TomlWriter.Table(parameters));
        }

        if (device.Unsafe)
        {
            toml.Raw("unsafe", "true");
        }
    }

    private void WriteGroups(TomlWriter toml, List<HaGroup> groups)
    {
        if (_settings.Stonith.Exists(StonithConverter.Proves))
        {
            foreach (HaGroup group in groups)
            {
                toml.Section("[[group]]");
                toml.Key("name", group.Resources[0]);
                toml.Key("node", group.Node);
                toml.Key("require", "fence");
                toml.List("resources", group.Resources);
            }

            return;
        }

        if (groups.Count > 0)
        {
            toml.Section("[haresources]");
        }

        foreach (string node in _settings.Nodes.Where(n => groups.Exists(g => g.Node == n)))
        {
            toml.List(TomlWriter.BareOrQuoted(node), groups.Where(g => g.Node == node).Select(g => string.Join(' ', g.Resources)));
        }
    }

    private ConversionResult Judge(string toml, string authKeys, bool hadKeys)
    {
        ConfigLoadResult config = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(toml));
        foreach (ConfigMessage error in config.Errors)
        {
            _account.Add("hbd.toml", error.Line, "", Verdict.Refused, error.Text);
        }

        AuthKeysResult keys = AuthKeysReader.Read("authkeys", Encoding.UTF8.GetBytes(authKeys));
        foreach (ConfigMessage error in hadKeys ? keys.Errors : [])
        {
            _account.Add("authkeys", 0, "", Verdict.Refused, "the result is not accepted: " + error.Text);
        }

        string[] warnings = [.. config.Warnings.Concat(keys.Warnings).Select(w => w.ToString())];
        return new ConversionResult(toml, authKeys, _secrets, _account, config.Config is not null && keys.Keys is not null && !_account.Blocked) { Warnings = warnings };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
