using System.Collections.Generic;
using Hbd.Core.Diagnostics;
using Hbd.Core.Modes;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>
/// How maintenance and moves are set, learned and ended. A move says where a group is at home for a while, and nothing else: an operator's
/// move begins it, automatic failback follows it, and a takeover asks for no home.
/// </content>
internal sealed partial class ResourceManager
{
    private const byte On = 1;

    /// <summary>Where a group is at home now: where an operator wants it kept, otherwise its preferred node.</summary>
    public int HomeOf(GroupRun group) => _modes[_modes.SlotOfMove(group.Index)] is var kept and not 0
        ? OwnerFromWire((Owner)kept) : group.Preferred;

    public void LoadModes(IReadOnlyList<ModeRecord> records, Instant now)
    {
        _modes.Load(records, now);
        _deadlines.Set(TimerKind.Modes, _modes.Earliest);
        foreach (GroupRun group in _groups)
        {
            group.WasHeld = IsHeld(group);
            if (group.Epoch == 0)
            {
                group.SetOwner(0, HomeOf(group));
            }
        }
    }

    /// <summary>What was kept over the start, said once more: whoever reads the log of this life has to find it there.</summary>
    public void TellModes(ActionList actions)
    {
        for (int slot = 0; slot < _modes.Slots; slot++)
        {
            Tell(slot, 0, actions);
        }
    }

    public void SetMode(in ClusterEvent command, Instant now, ActionList actions)
    {
        int affected = 0;
        MessageId refusal = MessageId.CommandNothingToDo;
        if (command.Command is OperatorCommand.Move or OperatorCommand.MoveEnd)
        {
            MessageId outcome = command.Command == OperatorCommand.Move ? Move(_groups[command.Group], command, now, actions)
                : SetSlot(_modes.SlotOfMove(command.Group), 0, default, now, actions) ? MessageId.CommandAccepted
                : MessageId.CommandNothingToDo;
            affected = outcome == MessageId.CommandAccepted ? 1 : 0;
            refusal = outcome;
        }
        else
        {
            affected = SetMaintenance(command, now, actions);
        }

        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Reply,
            Message = affected > 0 ? MessageId.ModeAccepted : refusal,
            A = affected,
            Refused = affected == 0 && refusal != MessageId.CommandNothingToDo,
        });
    }

    /// <summary>Takes in what the peer says; the same messages as where it was set.</summary>
    public void LearnModes(Packet packet, Instant now, ActionList actions)
    {
        foreach (ref readonly ModeEntry entry in packet.Modes)
        {
            int before = Signature(entry);
            if (_modes.Learn(entry, now))
            {
                AfterChange(actions);
                Tell(SlotOf(entry), before, actions);
            }
        }

        Changed |= packet.Modes.Length > 0 && _modes.HasNews;
    }

    public void ExpireModes(Instant now, ActionList actions)
    {
        for (int slot = 0; slot < _modes.Slots; slot++)
        {
            if (_modes[slot] != 0 && _modes.Until(slot) <= now)
            {
                TellEnd(slot, actions);
            }
        }

        _ = _modes.Expire(now);
        AfterChange(actions);
    }

    private int SetMaintenance(in ClusterEvent command, Instant now, ActionList actions)
    {
        byte value = command.Command == OperatorCommand.MaintenanceOn ? On : (byte)0;
        int affected = 0;
        for (int node = 0; node < Limits.Nodes; node++)
        {
            bool meant = command.Node == node || (command.Node < 0 && command.Selector == GroupSelector.All);
            affected += meant && SetSlot(ModeRegister.SlotOfNode(node), value, command.Length, now, actions) ? 1 : 0;
        }

        foreach (GroupRun group in _groups)
        {
            // All of it is both nodes; taken back, it is the groups as well.
            bool meant = command.Node < 0
                && (command.Selector == GroupSelector.All ? value == 0 : group.Index == command.Group);
            affected += meant && SetSlot(_modes.SlotOfGroup(group.Index), value, command.Length, now, actions) ? 1 : 0;
        }

        return affected;
    }

    private MessageId Move(GroupRun group, in ClusterEvent command, Instant now, ActionList actions)
    {
        if (IsHeld(group))
        {
            return MessageId.CommandMaintenance;
        }

        int target = command.Node < 0 ? 1 - group.Owner : command.Node;
        if (target != group.Owner)
        {
            MessageId outcome = target == _self ? Fetch(group, now) : Give(group);
            if (outcome is not (MessageId.CommandAccepted or MessageId.CommandNothingToDo))
            {
                return outcome;
            }
        }

        group.Away = false;
        _ = SetSlot(_modes.SlotOfMove(group.Index), (byte)OwnerOnWire(target), command.Length, now, actions);
        Touch(group, actions);
        return MessageId.CommandAccepted;
    }

    private bool SetSlot(int slot, byte value, Duration length, Instant now, ActionList actions)
    {
        int before = _modes[slot];
        bool set = _modes.Set(slot, value, length, now);
        if (set)
        {
            AfterChange(actions);
            Tell(slot, before, actions);
        }

        return set;
    }

    private void AfterChange(ActionList actions)
    {
        _deadlines.Set(TimerKind.Modes, _modes.Earliest);
        Changed = true;
        actions.Add(new ClusterAction { Kind = ClusterActionKind.SaveModes });
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
    }

    private void Tell(int slot, int before, ActionList actions)
    {
        byte value = _modes[slot];
        if (value == 0 && before != 0)
        {
            TellEnd(slot, actions);
        }
        else if (value != before)
        {
            TellSlot(slot, actions, slot < Limits.Nodes
                ? (slot == _self ? MessageId.MaintenanceHere : MessageId.MaintenancePeer)
                : slot < _modes.SlotOfMove(0) ? MessageId.MaintenanceGroup
                : OwnerFromWire((Owner)value) == _self ? MessageId.GroupKeptHere : MessageId.GroupKeptThere);
        }
    }

    private void TellEnd(int slot, ActionList actions) => TellSlot(slot, actions, slot < Limits.Nodes
        ? (slot == _self ? MessageId.MaintenanceHereEnds : MessageId.MaintenancePeerEnds)
        : slot < _modes.SlotOfMove(0) ? MessageId.MaintenanceGroupEnds : MessageId.GroupKeptEnds);

    private void TellSlot(int slot, ActionList actions, MessageId message) => actions.Add(new ClusterAction
    {
        Kind = ClusterActionKind.Log,
        Message = message,
        Link = -1,
        Group = slot < Limits.Nodes ? -1 : (slot - Limits.Nodes) % _groups.Length,
    });

    private int Signature(in ModeEntry entry) => SlotOf(entry) is var slot and >= 0 ? _modes[slot] : 0;

    private int SlotOf(in ModeEntry entry)
    {
        if (entry.Kind == ModeKind.Node)
        {
            return entry.Subject == _nodeIds[0] ? 0 : entry.Subject == _nodeIds[1] ? 1 : -1;
        }

        return Find(entry.Subject) is not { } group ? -1
            : entry.Kind == ModeKind.Group ? _modes.SlotOfGroup(group.Index) : _modes.SlotOfMove(group.Index);
    }
}
