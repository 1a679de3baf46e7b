using Hbd.Core.Config;
using Hbd.Core.Fencing;

namespace Hbd.Core.Resources;

/// <content>A node that fence devices may have cut off starts nothing that requires fencing before they have let it in again.</content>
internal sealed partial class ResourceManager
{
    private readonly Unfencing _unfencing;

    /// <summary>This group, which this node would start or take, waits until the node is let in.</summary>
    public bool WaitsForUnfencing(GroupRun group) => !IsLetIn(group) && !Leaving
        && (group.Owner == _self || _peer.State is Membership.NodeState.Dead or Membership.NodeState.Left);

    /// <summary>What runs here already, left by an earlier life, had been let in by that one.</summary>
    private bool IsLetIn(GroupRun group) => group.Require != Require.Fence || _unfencing.Allows || !group.Local.IsClear();

    /// <summary>
    /// Whatever requires fencing is stopped here or was adopted: started by this life, which takes the token and the word or the proof of the
    /// peer. What was just found, or is being stopped, may be what the peer has cut off.
    /// </summary>
    private bool MayUnfence()
    {
        foreach (GroupRun group in _groups)
        {
            bool ours = group.Owner == _self && group.Local is LocalState.Starting or LocalState.Running;
            if (group.Require == Require.Fence && !group.Local.IsClear() && !ours)
            {
                return false;
            }
        }

        return true;
    }
}
