using Hbd.Daemon.Workers;

namespace Hbd.Daemon.Agents.Units;

/// <summary>What the executor is told about units. Always on the loop thread.</summary>
internal interface IUnitEvents : IWorkEvents
{
    /// <summary>By its own doing, or that of somebody else than hbd, the unit of this slot does not run any more.</summary>
    void OnUnitEnded(int slot);

    /// <summary>How systemd is spoken to from now on; reported once per change.</summary>
    /// <param name="problem">Why systemctl is used; null: by D-Bus again.</param>
    void OnUnitBusChanged(string? problem);
}
