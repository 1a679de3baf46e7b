using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>What an operator may ask: standby, takeover, failback. Refused as a whole with the reason, or begun.</content>
internal sealed partial class ResourceManager
{
    public void Command(in ClusterEvent command, Instant now, ActionList actions)
    {
        int affected = 0;
        MessageId refusal = MessageId.CommandNothingToDo;
        foreach (GroupRun group in _groups)
        {
            if (!Selected(group, command))
            {
                continue;
            }

            bool held = IsHeld(group);
            if (held && command.Command != OperatorCommand.Cleanup)
            {
                refusal = MessageId.CommandMaintenance;
                continue;
            }

            bool retried = !held && RetryAtOnce(group, now, actions);
            MessageId outcome = command.Command switch
            {
                OperatorCommand.Standby => Give(group),
                OperatorCommand.Takeover => Fetch(group, now),
                OperatorCommand.Cleanup => Cleanup(group, now, actions),
                _ => HomeOf(group) == _self ? Fetch(group, now) : Give(group),
            };
            if (outcome == MessageId.CommandAccepted || (retried && outcome == MessageId.CommandNothingToDo))
            {
                affected++;
                Touch(group, actions);
            }
            else if (outcome != MessageId.CommandNothingToDo)
            {
                refusal = outcome;
            }
        }

        bool refused = affected == 0 && refusal != MessageId.CommandNothingToDo;
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Reply,
            Message = affected > 0 ? MessageId.CommandAccepted : refusal,
            A = affected,
            Refused = refused,
        });
    }

    private bool Selected(GroupRun group, in ClusterEvent command) => command.Selector switch
    {
        GroupSelector.One => group.Index == command.Group,
        GroupSelector.Local => group.Preferred == _self,
        GroupSelector.Foreign => group.Preferred != _self,
        _ => true,
    };

    private MessageId Give(GroupRun group)
    {
        if (group.Owner != _self || group.Giving)
        {
            return MessageId.CommandNothingToDo;
        }

        if (Unreachable(group) is var refusal and not MessageId.None)
        {
            return refusal;
        }

        if (group.Peer.Refuses)
        {
            return MessageId.CommandPeerRefuses;
        }

        group.Giving = true;
        return MessageId.CommandAccepted;
    }

    private MessageId Fetch(GroupRun group, Instant now)
    {
        if (Leaving)
        {
            return MessageId.CommandLeaving;
        }

        bool retry = group.Local == LocalState.Failed;
        if (retry)
        {
            ForgetFailures(group);
            group.Become(LocalState.Stopped, now);
        }

        if (group.Owner == _self || group.Requests)
        {
            return retry ? MessageId.CommandAccepted : MessageId.CommandNothingToDo;
        }

        if (Unreachable(group) is var refusal and not MessageId.None)
        {
            return refusal;
        }

        group.Away = false;
        group.Requests = true;
        return MessageId.CommandAccepted;
    }

    private MessageId Unreachable(GroupRun group)
    {
        if (Leaving || (_peer.Flags & PacketFlags.Leaving) != 0)
        {
            return MessageId.CommandLeaving;
        }

        return _peer.State == NodeState.Active && group.PeerWordHolds ? MessageId.None : MessageId.CommandNoPeer;
    }
}
