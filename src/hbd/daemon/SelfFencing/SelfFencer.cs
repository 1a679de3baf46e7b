using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.SelfFencing;

/// <summary>
/// Takes this machine down, once. The order: the log while there is one, then the kernel's key, then the system call. Nothing is
/// synced or unmounted, since the disk may be the peer's in a moment. A dry run, and a process that is not the machine, only say so.
/// </summary>
/// <param name="reset">Null in a dry run, so that there is nothing that could go wrong.</param>
internal sealed class SelfFencer(MachineReset? reset, LogSink log)
{
    private const string DryRun = "--dry-fence";

    private string? _why;
    private string _outcome = "";
    private long _sinceNs;

    public SelfFenceStatus? Status(long nowNs) => _why is null ? null : new SelfFenceStatus
    {
        Why = _why,
        Outcome = _outcome,
        SinceS = System.Math.Round((nowNs - _sinceNs) / 1e9, 3),
    };

    /// <summary>Returns only if the machine lives on; <see cref="Status"/> then says why.</summary>
    public void Begin(string why, long nowNs)
    {
        _why = why;
        _sinceNs = nowNs;
        _outcome = reset is null ? DryRun : reset.Forbidden() ?? "";
        if (reset is null || _outcome.Length > 0)
        {
            log.Text(MessageId.SelfFenceNotDone, _outcome, nowNs);
            return;
        }

        _ = reset.Say(why);
        Errno allowed = reset.Allow();
        Errno triggered = reset.Trigger();

        // Still here, so the key did not work.
        Say("sysrq: " + triggered.Text + (allowed.IsError ? " (kernel.sysrq: " + allowed.Text + ")" : ""), nowNs);
        Errno rebooted = reset.Reboot();
        _outcome = "sysrq: " + triggered.Text + "; reboot: " + rebooted.Text;
        log.Text(MessageId.SelfFenceNotDone, _outcome, nowNs);
    }

    private void Say(string text, long nowNs) => log.Text(MessageId.SelfFenceTried, text, nowNs);
}
