namespace Hbd.Daemon.Cli;

/// <summary>Exit codes of every command; the classic tools' numbers where they had one.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Refused or failed; the reason is on stderr.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>No daemon on this machine.</summary>
    public const int NotRunning = 3;

    public const int Permission = 4;

    /// <summary>Status of a node that has fenced itself and lives on.</summary>
    public const int Fenced = 5;

    /// <summary>The configuration is wrong; every error is on stderr.</summary>
    public const int Configuration = 6;

    /// <summary>The worst that doctor found is a warning.</summary>
    public const int DoctorWarning = 10;

    /// <summary>The worst that doctor found is an error.</summary>
    public const int DoctorError = 11;

    /// <summary>Of plan: a reload would change something, and stop nothing.</summary>
    public const int WouldChange = 10;

    /// <summary>Of plan: a reload would stop something.</summary>
    public const int WouldStop = 11;

    /// <summary>Of rehearse: in some case a group is left without a node, or is on both.</summary>
    public const int Exposed = 10;

    /// <summary>Of diff: the files are not the same.</summary>
    public const int Differs = 10;

    /// <summary>Not in this build (EX_UNAVAILABLE of sysexits.h).</summary>
    public const int Unavailable = 69;

    /// <summary>
    /// The daemon ended on SIGUSR2 and left everything running: start it again at once (EX_TEMPFAIL of sysexits.h). Its own
    /// number, so that a service manager can tell it from an orderly stop, after which nothing may be started.
    /// </summary>
    public const int Again = 75;

    /// <summary>
    /// The orderly end of a daemon that a service manager has started. Not 0: a plugin that calls exit(0) ends the daemon with
    /// that, and then it must be started again before the peer's deadtime is over.
    /// </summary>
    public const int Left = 79;
}
