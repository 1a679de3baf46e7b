using System.Collections.Generic;
using System.Globalization;
using System.Net;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>The table [witness], and what the groups that require it need besides.</summary>
internal sealed class WitnessBinder(MessageList messages)
{
    private const int PortDefault = 695;
    private const int LeaseDeadtimes = 3;
    private const int LeaseDeadtimesMin = 2;
    private const string AddressExpected = "the address of a third machine, such as \"10.0.0.9\"";
    private const string DeviceExpected = "the path of a disk that both nodes reach, such as \"/dev/disk/by-id/scsi-3600a0b80\"";
    private const string TableExpected = "a table such as [witness] with address = \"10.0.0.9\"";
    private static readonly string[] s_keys = ["address", "port", "device", "lease"];

    /// <summary>Null when there is no such table, or after errors.</summary>
    public WitnessConfig? Bind(Section top, Duration deadtime)
    {
        if (top.Table("witness", TableExpected, required: false) is not { } table)
        {
            return null;
        }

        Section section = new(table, "[witness]", s_keys, messages);
        section.RefuseUnknownKeys();
        int port = section.Integer("port", PortDefault, 1, 65_535);
        Duration lease = BindLease(section, deadtime);
        string? device = BindDevice(section);
        IPAddress? address = BindAddress(section);
        return new WitnessConfig { Address = address, Port = port, Device = device, Lease = lease };
    }

    /// <summary>A group that requires the witness needs one, and something that ends a daemon that stands still.</summary>
    /// <returns>The watchdog's timeout made to fit the lease, unless it is written.</returns>
    public SelfFenceSettings Check(Section top, WitnessConfig? witness, List<GroupDraft> groups, SelfFenceSettings selfFence)
    {
        if (groups.Find(g => g.Require == Require.Witness) is not { } group)
        {
            return selfFence;
        }

        string who = $"group \"{Shown.Word(group.Name)}\" requires witness, but ";
        if (witness is null && top.Find("witness") is null)
        {
            messages.Missing(group.RequireAt, who + "there is none; expected a section [witness] with " + "address = " + AddressExpected);
        }

        if (top.Find("watchdog") is null)
        {
            messages.Missing(group.RequireAt, who + "no watchdog ends a daemon that stands still while its resources run on; expected "
                + "watchdog = \"/dev/watchdog\", or watchdog = \"none\" to accept that risk");
        }

        return witness is null || selfFence.Watchdog is null ? selfFence : FitWatchdog(top, witness.Lease, selfFence);
    }

    /// <summary>A daemon that stands still must be gone before its permit ends, and stops being patted three eighths of a lease before that.</summary>
    private SelfFenceSettings FitWatchdog(Section top, Duration lease, SelfFenceSettings selfFence)
    {
        Duration quarter = Duration.FromSeconds((lease / 4).Nanoseconds / 1_000_000_000);
        if (quarter < TimeRange.WatchdogTimeout.Min)
        {
            messages.Error(top.At("witness"), $"lease {lease} is too short for a watchdog, which needs a quarter of it and 2s at least; "
                + "expected lease = \"8s\" or more, or watchdog = \"none\" to accept the risk");
            return selfFence;
        }

        if (top.Find("watchdog_timeout") is not null && selfFence.WatchdogTimeout > quarter)
        {
            messages.Error(top.At("watchdog_timeout"), $"watchdog_timeout {selfFence.WatchdogTimeout} is longer than a quarter of the witness's lease "
                + $"{lease}; expected at most {quarter}");
        }

        return selfFence.WatchdogTimeout > quarter ? selfFence with { WatchdogTimeout = quarter } : selfFence;
    }

    private string? BindDevice(Section section)
    {
        if (section.Text("device", DeviceExpected, required: false) is not { } device)
        {
            return null;
        }

        if (!device.Text.StartsWith('/') || device.Text.Length > Limits.PathChars)
        {
            messages.Error(device.Position, $"device \"{Shown.Word(device.Text)}\" is no absolute path; expected {DeviceExpected}");
        }

        if (section.Find("port") is not null)
        {
            messages.Error(section.At("port"), "port belongs to an address; expected [witness] with either address and port, or device");
        }

        return device.Text;
    }

    private IPAddress? BindAddress(Section section)
    {
        bool disk = section.Find("device") is not null;
        if (section.Text("address", AddressExpected, required: !disk) is not { } text)
        {
            return null;
        }

        if (disk)
        {
            messages.Error(text.Position, "[witness] has an address and a device; expected one of them");
        }

        IPAddress? address = AddressText.Parse(text.Text);
        if (address is null || !AddressText.IsHost(address) || AddressText.IsLinkLocalV6(address))
        {
            messages.Error(text.Position, $"\"{Shown.Word(text.Text)}\" is not the address of a machine; expected {AddressExpected}; "
                + "names are not looked up, a name server may be down when it matters");
        }

        return address;
    }

    private Duration BindLease(Section section, Duration deadtime)
    {
        Duration usual = deadtime * LeaseDeadtimes;
        Duration lease = section.Time("lease", TimeRange.Lease) ?? (usual < Limits.LeaseMax ? usual : Limits.LeaseMax);
        if (lease < deadtime * LeaseDeadtimesMin)
        {
            string least = lease >= Limits.LeaseMax
                ? $"deadtime at most {Limits.LeaseMax / LeaseDeadtimesMin}"
                : string.Create(CultureInfo.InvariantCulture, $"at least {LeaseDeadtimesMin} x deadtime ({deadtime * LeaseDeadtimesMin})");
            messages.Error(section.At("lease"), $"lease {lease} is too short for deadtime {deadtime}: a node begins to stop when half of it "
                + $"has passed unrenewed, and must not do so before its peer is even called dead; expected {least}");
        }

        return lease;
    }
}
