using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Modes;
using Hbd.Core.Resources;
using Hbd.Daemon.Aside;
using Hbd.Daemon.Control;
using Hbd.Daemon.Modes;

namespace Hbd.Daemon;

/// <content>Maintenance and moves: kept over a restart, shown in the status.</content>
internal sealed partial class EventLoop
{
    private readonly AsidePool _aside;
    private readonly ModeStore _modeStore;
    private readonly RespawnClients? _respawn;
    private readonly Hooks? _hooks;
    private IReadOnlyList<ModeRecord> _modesLoaded = [];
    private bool _modesStale;

    /// <summary>Maintenance of a node; null: it is not in maintenance.</summary>
    public ModeStatus? NodeMode(int node) => Mode(ModeRegister.SlotOfNode(node));

    /// <summary>Maintenance of a group, of its own or by a node that owns it.</summary>
    public ModeStatus? GroupMode(GroupRun group) => Mode(_core.Resources.Modes.SlotOfGroup(group.Index));

    public ModeStatus? MoveOf(GroupRun group)
        => Mode(_core.Resources.Modes.SlotOfMove(group.Index)) is { } mode
            ? mode with { Node = _config.Nodes[_core.Resources.HomeOf(group)] } : null;

    private ModeStatus? Mode(int slot)
    {
        ModeRegister modes = _core.Resources.Modes;
        Instant until = modes.Until(slot);
        return modes[slot] == 0 ? null : new ModeStatus
        {
            LeftS = until == Instant.Never ? null : System.Math.Round((until - new Instant(_now)).Nanoseconds / 1e9, 1),
            PeerKnows = modes.PeerKnows(slot),
        };
    }

    private void LoadModes()
    {
        IReadOnlyList<ModeRecord> kept = _modeStore.Read();
        _modesLoaded = kept;
        NoteProblem(_modeStore.Problem);
        if (kept.Count > 0)
        {
            _core.LoadModes(kept, new Instant(_now));
        }
    }

    private void SaveModes()
    {
        if (_modesStale)
        {
            _modesStale = false;
            _modeStore.Write(_core.ModeRecords());
        }
    }
}
