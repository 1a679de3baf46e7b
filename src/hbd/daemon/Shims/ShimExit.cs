namespace Hbd.Daemon.Shims;

/// <summary>Exit codes of Pacemaker's command line tools (crm_exit_t of its results.h).</summary>
internal static class ShimExit
{
    public const int Ok = 0;
    public const int Usage = 64;

    /// <summary>What a pair without Pacemaker does not have.</summary>
    public const int Unavailable = 69;
    public const int CannotWrite = 73;
    public const int Input = 74;

    /// <summary>No such attribute, node or resource.</summary>
    public const int NotFound = 105;
}
