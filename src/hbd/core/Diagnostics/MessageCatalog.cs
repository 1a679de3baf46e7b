using System;
using System.Globalization;
using System.Text;

namespace Hbd.Core.Diagnostics;

/// <summary>How bad a message is; the numbers are those of syslog (RFC 5424, section 6.2.1).</summary>
public enum Severity
{
    Critical = 2,
    Error = 3,
    Warning = 4,
    Notice = 5,
    Info = 6,
}

/// <summary>Severity, text and remedy of every message. The text is stable: people grep for it.</summary>
public static class MessageCatalog
{
    private static readonly MessageText[] s_texts =
    [
        new(MessageId.NodeUp, Severity.Notice, "node {peer} is up (generation {a}); waiting until it hears us", ""),
        new(MessageId.NodeActive, Severity.Notice, "node {peer} is active: both nodes hear each other", ""),
        new(MessageId.NodeLate, Severity.Warning, "node {peer} is late: no heartbeat for {ms}", "Look for load or cable trouble; raise warntime if this is usual here."),
        new(MessageId.NodeLateEnded, Severity.Warning, "heartbeat of node {peer} came after a gap of {ms}", "Keep deadtime well above the gaps you see."),
        new(MessageId.NodeDead, Severity.Critical, "node {peer} is dead: no heartbeat on any link for {ms}", "Find out why before it comes back."),
        new(MessageId.NodeLeft, Severity.Notice, "node {peer} left in good order", ""),
        new(MessageId.NodeRestarted, Severity.Notice, "node {peer} was started again (generation {a})", ""),
        new(MessageId.NodeNeverSeen, Severity.Warning, "node {peer} was not heard since our start, {ms} (initdead): going on without it", "Check that the peer runs and that cables, ports and authkeys are the same on both nodes."),
        new(MessageId.NodeProbed, Severity.Notice, "node {peer} missed a beat: no heartbeat for {ms}, probing", ""),
        new(MessageId.LinkUp, Severity.Notice, "link {link}: up, {peer} is heard", ""),
        new(MessageId.LinkDead, Severity.Warning, "link {link}: dead, {peer} was not heard on it for {ms} but is heard elsewhere", "Check this cable; nothing has moved."),
        new(MessageId.LinkNeverHeard, Severity.Warning, "link {link}: {peer} was never heard on it but is heard elsewhere", "Check this cable and that both nodes configure it alike."),
        new(MessageId.ConfigDiffers, Severity.Warning, "the configuration of {peer} differs from ours", "Make hbd.toml the same on both nodes; hbctl diff names what differs."),
        new(MessageId.ConfigAgrees, Severity.Notice, "the configuration of {peer} is the same as ours again", ""),
        new(MessageId.OwnPauseLong, Severity.Critical, "this node was away for {ms}, longer than deadtime: trusting nothing until {peer} has answered", "Look for a paused virtual machine, suspend, or an overloaded processor."),
        new(MessageId.OwnPauseShort, Severity.Warning, "this node was away for {ms}: {peer} gets as much grace", "Look for load; deadtime must be longer than the pauses of this machine."),
        new(MessageId.Leaving, Severity.Notice, "going down: stopping all groups", ""),
        new(MessageId.LeavingDone, Severity.Notice, "all groups are stopped; leaving", ""),
        new(MessageId.SplitBrainFreeze, Severity.Critical, "{peer} is dead and every third vote is lost: split_brain = freeze, nothing is started or taken", "This node may be the one that is cut off: look at its network."),
        new(MessageId.SplitBrainStop, Severity.Critical, "{peer} is dead and every third vote is lost: split_brain = stop, everything stops, addresses first", "This node may be the one that is cut off: look at its network."),
        new(MessageId.SplitBrainSuicide, Severity.Critical, "{peer} is dead and every third vote is lost: split_brain = suicide, what runs here takes this node down", "This node may be the one that is cut off: look at its network."),
        new(MessageId.SplitBrainOver, Severity.Notice, "split_brain: the policy is lifted", ""),
        new(MessageId.PingUp, Severity.Notice, "ping node {ping} is up", ""),
        new(MessageId.PingDown, Severity.Warning, "ping node {ping} is down: no answer for {ms}", "Look at this node's own network first, then at the ping node."),
        new(MessageId.PingLost, Severity.Error, "no ping node answers: this node may be cut off", "Look at this node's network."),
        new(MessageId.GroupStarting, Severity.Notice, "group {group}: starting here, epoch {a}", ""),
        new(MessageId.GroupRunning, Severity.Notice, "group {group}: running here, epoch {a}", ""),
        new(MessageId.GroupStopping, Severity.Notice, "group {group}: stopping here, epoch {a}", ""),
        new(MessageId.GroupStopped, Severity.Notice, "group {group}: stopped here, epoch {a}", ""),
        new(MessageId.GroupTakeover, Severity.Warning, "group {group}: taken over from {peer}, epoch {a}", ""),
        new(MessageId.GroupPassed, Severity.Notice, "group {group}: belongs to {peer} now, epoch {a}", ""),
        new(MessageId.GroupReceived, Severity.Notice, "group {group}: belongs to this node now, epoch {a}", ""),
        new(MessageId.GroupYield, Severity.Warning, "group {group}: {peer} took it in epoch {a}; letting go, addresses first", "Both nodes may have run it for a while: check its data, and why they did not hear each other."),
        new(MessageId.GroupTieWon, Severity.Warning, "group {group}: both nodes took it in epoch {a}; this node keeps it", "Check its data, and why the nodes did not hear each other."),
        new(MessageId.GroupStartFailed, Severity.Error, "group {group}: could not be started here, epoch {a}", "See the failed action above; then: hbctl takeover GROUP."),
        new(MessageId.GroupStopFailed, Severity.Critical, "group {group}: a stop failed; trying again after a growing pause, nobody else may start it, epoch {a}", "Stop the resource by hand; any hbctl command about the group tries again at once."),
        new(MessageId.GroupAdopted, Severity.Notice, "group {group}: goes on here, epoch {a}; what runs is not started again", ""),
        new(MessageId.GroupRenewing, Severity.Notice, "group {group}: stopping what the new configuration changes, epoch {a}", ""),
        new(MessageId.GroupFound, Severity.Notice, "group {group}: something of it runs here from an earlier life", ""),
        new(MessageId.GroupRequest, Severity.Notice, "group {group}: asking {peer} for it, epoch {a}", ""),
        new(MessageId.GroupBlocked, Severity.Warning, "group {group}: blocked, waiting for the proof that {peer} does not run it, epoch {a}", "See hbctl status: which proof, and how far it is."),
        new(MessageId.GroupGiven, Severity.Warning, "group {group}: giving it to {peer}, which reaches more ping nodes: score {a} there, {b} here", "Look at the network of this node."),
        new(MessageId.CommandAccepted, Severity.Info, "accepted: {a} group(s)", ""),
        new(MessageId.CommandNothingToDo, Severity.Info, "nothing to do: no such group is where it could be moved from", ""),
        new(MessageId.CommandNoPeer, Severity.Warning, "refused: {peer} is not active", "See hbctl status."),
        new(MessageId.CommandPeerRefuses, Severity.Warning, "refused: {peer} could not start it", "On {peer}: hbctl takeover GROUP, once the cause is mended."),
        new(MessageId.CommandLeaving, Severity.Warning, "refused: a node is going down", ""),
        new(MessageId.CommandFenced, Severity.Warning, "refused: this node has fenced itself", "See hbctl status."),
        new(MessageId.CommandMaintenance, Severity.Error, "refused: in maintenance; hbctl maintenance off first", ""),
        new(MessageId.ModeAccepted, Severity.Notice, "accepted", ""),
        new(MessageId.MaintenanceHere, Severity.Warning, "this node is in maintenance: hbd starts, stops and moves nothing here, and it is not fenced", "When the work is done: hbctl maintenance off."),
        new(MessageId.MaintenancePeer, Severity.Warning, "{peer} is in maintenance: what it owns is not taken over, and it is not fenced", "When the work is done: hbctl maintenance off."),
        new(MessageId.MaintenanceGroup, Severity.Warning, "group {group}: in maintenance: hbd starts, stops and moves nothing of it", "When the work is done: hbctl maintenance off."),
        new(MessageId.MaintenanceHereEnds, Severity.Notice, "the maintenance of this node is over", ""),
        new(MessageId.MaintenancePeerEnds, Severity.Notice, "the maintenance of {peer} is over", ""),
        new(MessageId.MaintenanceGroupEnds, Severity.Notice, "group {group}: its maintenance is over", ""),
        new(MessageId.GroupKeptHere, Severity.Notice, "group {group}: at home on this node until its move is over", ""),
        new(MessageId.GroupKeptThere, Severity.Notice, "group {group}: at home on {peer} until its move is over", ""),
        new(MessageId.GroupKeptEnds, Severity.Notice, "group {group}: its move is over, its preferred node is its home again", ""),
        new(MessageId.MaintenanceFailure, Severity.Warning, "group {group}: {resource} is not well ({result}){text}; in maintenance, so nothing is done", "Mend it, or end the maintenance: hbctl maintenance off."),
        new(MessageId.GroupClaimed, Severity.Notice, "group {group}: runs on {peer}, and neither node remembers an owner: stays there", ""),
        new(MessageId.GroupLook, Severity.Notice, "group {group}: looking what of it runs here", ""),
        new(MessageId.LeavingHeld, Severity.Warning, "leaving; {a} group(s) in maintenance are left running", "Nobody watches them until hbd runs here again."),
        new(MessageId.FenceRequested, Severity.Warning, "fencing {peer}", ""),
        new(MessageId.FenceProven, Severity.Warning, "{peer} was fenced: proven off", ""),
        new(MessageId.FenceFailed, Severity.Critical, "fencing {peer} failed ({a} in a row); trying again in 5 s, what requires it stays blocked", "Mend the device, or switch {peer} off by hand and confirm it: hbctl fence confirm."),
        new(MessageId.FenceAssumed, Severity.Critical, "fencing {peer} was reported done but not proven ({a} in a row); trying again in 5 s, what requires it stays blocked", "Use a device that can be asked for its status."),
        new(MessageId.FenceCancelled, Severity.Notice, "fencing {peer} is no longer needed and was called off", ""),
        new(MessageId.FenceLate, Severity.Notice, "a result of an earlier fence request came and was dropped", ""),
        new(MessageId.FencingDone, Severity.Warning, "fencing {peer} ended: {result} after {ms}: {text}", ""),
        new(MessageId.FencingFailed, Severity.Error, "fencing {peer} failed after {ms}: {text}", "See hbctl fence history."),
        new(MessageId.FencingNote, Severity.Notice, "fencing {peer}: {text}", ""),
        new(MessageId.DeviceTested, Severity.Info, "fencing device {resource} for {peer}: tested, good", ""),
        new(MessageId.DeviceTestFailed, Severity.Error, "fencing device {resource} for {peer} would fail: {text}", "Mend it before it is needed; then: hbctl fence test."),
        new(MessageId.UnfencingDone, Severity.Notice, "this node is let in again by the devices that can cut it off: {text}", ""),
        new(MessageId.UnfencingFailed, Severity.Critical, "this node could not be let in again by the devices that can cut it off ({a} in a row); tried again after growing pauses, what requires fencing does not start here", "See message 312 for the device's word, and hbctl fence history."),
        new(MessageId.SelfFenceStopFailed, Severity.Critical, "fencing this node: group {group} requires proof and the stop of {resource} failed: {result}{text}", "Mend the agent, or give its stop more time."),
        new(MessageId.SelfFenceSplitBrain, Severity.Critical, "fencing this node: group {group} runs or may run here, {peer} is dead and every third vote is lost (split_brain = suicide)", "Look at the network of this node."),
        new(MessageId.SelfFenceTried, Severity.Critical, "fencing this node: {text}", ""),
        new(MessageId.SelfFenceNotDone, Severity.Critical, "this machine is not reset: {text}; this node is silent and stops what it can", "Reset the machine by hand."),
        new(MessageId.WatchdogOpen, Severity.Notice, "watchdog {text}", ""),
        new(MessageId.WatchdogProblem, Severity.Warning, "watchdog {text}", "See the chapter on the watchdog in doc/safety.md."),
        new(MessageId.WitnessReached, Severity.Notice, "the witness answers", ""),
        new(MessageId.WitnessSilent, Severity.Warning, "the witness has not answered for {ms}", "A healthy pair goes on without it; a takeover of what requires it waits."),
        new(MessageId.WitnessGranted, Severity.Notice, "group {group}: the witness grants the lease, epoch {a}", ""),
        new(MessageId.WitnessWord, Severity.Notice, "group {group}: the witness knows a newer owner, epoch {a}", ""),
        new(MessageId.WitnessRaised, Severity.Notice, "group {group}: the witness knows an older owner, this one goes on in epoch {a}", ""),
        new(MessageId.WitnessDiskBad, Severity.Warning, "the witness disk: one of the two copies cannot be used", "A bad sector; the other copy goes on alone. Replace the disk: stop both nodes, format another."),
        new(MessageId.WitnessDiskGood, Severity.Notice, "the witness disk: both copies are good again", ""),
        new(MessageId.WitnessDiskProblem, Severity.Warning, "the witness disk: {text}", "As long as it does not work it is a witness that does not answer."),
        new(MessageId.PermitEnding, Severity.Error, "group {group}: neither {peer} nor the witness allows it much longer, stopping, epoch {a}", "Look at the links and at the witness."),
        new(MessageId.PermitEnded, Severity.Critical, "group {group}: not proven stopped at the end of its permit; this machine takes itself down", ""),
        new(MessageId.MediumOpen, Severity.Notice, "{link}: open", ""),
        new(MessageId.MediumClosed, Severity.Warning, "{link}: closed: {text}; trying again every second", "The other media go on."),
        new(MessageId.FramesRefused, Severity.Warning, "{link}: refused {a} frame(s): {text}", "Counts by reason: hbctl status --json."),
        new(MessageId.KeysReloaded, Severity.Notice, "authkeys read again: {text}", ""),
        new(MessageId.KeysRefused, Severity.Error, "authkeys not taken over, the old keys stay: {text}", "Mend the file and reload."),
        new(MessageId.GroupRestarting, Severity.Warning, "group {group}: starting what failed again in place, epoch {a}", ""),
        new(MessageId.GroupGivenUp, Severity.Error, "group {group}: given up here, epoch {a}", "See the failures above; when mended: hbctl cleanup GROUP."),
        new(MessageId.GroupRefilled, Severity.Notice, "group {group}: failures are forgotten (failure_timeout), may run here again, epoch {a}", ""),
        new(MessageId.ResourceFailed, Severity.Error, "group {group}: monitor of {resource} found it failed: {result}{text} (failure {b})", ""),
        new(MessageId.ResourceDegraded, Severity.Warning, "group {group}: {resource} runs degraded: {result}{text}", "The service works, but its agent sees trouble coming."),
        new(MessageId.ResourceRecovered, Severity.Notice, "group {group}: {resource} is not degraded any more", ""),
        new(MessageId.ActionFailed, Severity.Error, "group {group}: {action} of {resource} failed: {result}{text}", ""),
        new(MessageId.ActionUnknown, Severity.Warning, "a result came for an action that is not under way ({a}); dropped", ""),
        new(MessageId.AddressLost, Severity.Warning, "address {text} was removed by somebody else", "Something besides hbd manages this interface."),
        new(MessageId.AddressRestored, Severity.Notice, "address {text} is back and announced", ""),
        new(MessageId.AddressRestoreFailed, Severity.Error, "address {text} could not be put back", "Look at the interface."),
        new(MessageId.AddressLeaseMissing, Severity.Warning, "address_lease is not in force, two nodes may answer while this daemon stands still: {text}", "The kernel needs nf_tables with the families arp and inet."),
        new(MessageId.AddressLeaseBack, Severity.Warning, "address_lease: {text}", "Something on this machine loads firewall rules with flush ruleset."),
        new(MessageId.AgentQuarantined, Severity.Error, "agent plugin:{resource} is in quarantine: {text}", "Its actions are processes of their own until hbctl agents quarantine clear."),
        new(MessageId.AgentOutside, Severity.Warning, "{text}", "See doc/plugins.md."),
        new(MessageId.AgentCleared, Severity.Notice, "agent plugin:{resource} is out of quarantine", ""),
        new(MessageId.AgentElsewhere, Severity.Notice, "{text}", "See doc/agents.md."),
        new(MessageId.InstanceStarting, Severity.Info, "group {group}: starting the instance of {resource} here", ""),
        new(MessageId.InstanceRunning, Severity.Notice, "group {group}: the instance of {resource} runs here", ""),
        new(MessageId.InstanceStopped, Severity.Notice, "group {group}: the instance of {resource} is stopped here", ""),
        new(MessageId.InstanceRefused, Severity.Error, "group {group}: the instance of {resource} is given up here after {b} failure(s)",
            "See the failures above; when mended: hbctl cleanup GROUP."),
        new(MessageId.InstancePromoted, Severity.Notice, "group {group}: {resource} is promoted here", ""),
        new(MessageId.InstanceDemoted, Severity.Notice, "group {group}: {resource} is demoted here", ""),
        new(MessageId.InstanceUnasked, Severity.Error, "group {group}: {resource} is promoted here, but hbd has not done it; it is demoted",
            "Something besides hbd promotes it: find out what."),
        new(MessageId.PromotionForbidden, Severity.Warning, "group {group}: the promotion score of {resource} forbids to promote it here ({a})",
            "Its agent says that its data is not fit; see what it says in the log."),
        new(MessageId.NoticeGivenUp, Severity.Warning, "group {group}: {peer} has not answered for {ms} that {resource} there was told: not waited for any more",
            "See on {peer} what keeps the agent from its notification: a hung action, a stopped daemon, a file that has not this resource with notify."),
        new(MessageId.AttributesFull, Severity.Warning, "both nodes have {a} attributes already: more are not passed on",
            "An agent sets attributes under ever new names; delete those that nobody needs with crm_attribute -D."),
        new(MessageId.Asked, Severity.Notice, "{peer} asked: {action}: {text}", ""),
        new(MessageId.RespawnStarted, Severity.Notice, "respawn: {text}", ""),
        new(MessageId.RespawnEnded, Severity.Warning, "respawn: {text}", "See what the program itself has logged; with exit code 100 it is not started again."),
        new(MessageId.RespawnFailed, Severity.Error, "respawn: {text}", "Check user and program of [[respawn]]."),
        new(MessageId.HookFailed, Severity.Warning, "hook {text}", "Run the program by hand with the same variables."),
        new(MessageId.HooksLost, Severity.Error, "hooks are too slow: {a} changes were not told to anybody", "See which program takes so long; lower timeout in [hooks]."),
        new(MessageId.DaemonStarting, Severity.Notice, "hbd {text}", ""),
        new(MessageId.DaemonStopped, Severity.Notice, "hbd ends", ""),
        new(MessageId.RenewalBegins, Severity.Notice, "{text}: this daemon hands over to a new one in its place", ""),
        new(MessageId.RenewalDone, Severity.Notice, "{text}", ""),
        new(MessageId.RenewalRefused, Severity.Warning, "{text}; nothing has changed", "Mend what the message names and ask again."),
        new(MessageId.HandoverIgnored, Severity.Warning, "what the daemon before this one handed over is not used: {text}",
            "What runs is adopted all the same; what operators asked for and failures that were counted are forgotten."),
        new(MessageId.LoopLate, Severity.Warning, "the loop ran {ms} late", "Look for load; heartbeats of this node were late as well."),
        new(MessageId.SystemNote, Severity.Info, "{text}", ""),
        new(MessageId.SystemProblem, Severity.Warning, "{text}", ""),
        new(MessageId.AlertFailed, Severity.Warning, "alert program {text}", "Nobody was told of this event; run the program by hand, see doc/monitoring.md."),
        new(MessageId.AlertsLost, Severity.Warning, "alert program {text}: {a} events were dropped, the oldest first, because it takes them too slowly", "Make it quicker, or ask for fewer events."),
        new(MessageId.Bug, Severity.Critical, "this is a bug in hbd: {text}", "Please report it with the log."),
    ];

    public static ReadOnlySpan<MessageText> All => s_texts;

    public static MessageText Get(MessageId id)
    {
        foreach (MessageText text in s_texts)
        {
            if (text.Id == id)
            {
                return text;
            }
        }

        Check.Fail("message " + ((int)id).ToString(CultureInfo.InvariantCulture) + " has no text");
        return default;
    }

    /// <summary>Is there a message of this number?</summary>
    public static bool Knows(int number)
    {
        foreach (MessageText text in s_texts)
        {
            if ((int)text.Id == number)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its first number is what an agent answered.</summary>
    public static bool HasResult(MessageId id) => id is MessageId.ActionFailed or MessageId.SelfFenceStopFailed or MessageId.ResourceFailed
        or MessageId.ResourceDegraded or MessageId.MaintenanceFailure;

    /// <summary>Fills a message's template.</summary>
    public static string Format(MessageId id, in MessageFields fields)
    {
        string template = Get(id).Template;
        StringBuilder line = new(template.Length + 32);
        for (int i = 0; i < template.Length; i++)
        {
            int end = template[i] == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0)
            {
                line.Append(template[i]);
                continue;
            }

            line.Append(Field(template.AsSpan(i + 1, end - i - 1), fields));
            i = end;
        }

        return line.ToString();
    }

    private static string Field(ReadOnlySpan<char> name, in MessageFields fields) => name switch
    {
        "peer" => fields.Peer,
        "link" => fields.Link,
        "group" => fields.Group,
        "resource" => fields.Resource,
        "action" => fields.Action,
        "result" => fields.Result,
        "ping" => fields.Ping,
        "text" => fields.Text,
        "b" => fields.B.ToString(CultureInfo.InvariantCulture),
        "a" => fields.A.ToString(CultureInfo.InvariantCulture),
        "ms" => (fields.A / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        _ => "?",
    };
}

public readonly record struct MessageText(MessageId Id, Severity Severity, string Template, string Remedy);

/// <summary>Names and numbers for a template; what a message has no use for stays empty.</summary>
public readonly record struct MessageFields()
{
    public string Peer { get; init; } = "";

    public string Link { get; init; } = "";

    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Action { get; init; } = "";

    public string Result { get; init; } = "";

    public string Text { get; init; } = "";

    /// <summary>Name of a ping node.</summary>
    public string Ping { get; init; } = "";

    public long A { get; init; }

    public long B { get; init; }
}
