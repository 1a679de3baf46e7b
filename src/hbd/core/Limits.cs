namespace Hbd.Core;

/// <summary>
/// Every maximum of the product in one place. Checked when the configuration is read (a clear error with its line),
/// asserted where it is used.
/// </summary>
public static class Limits
{
    /// <summary>Full members. hbd is a pair by design; more machines are Pacemaker's field.</summary>
    public const int Nodes = 2;

    /// <summary>Media in one configuration.</summary>
    public const int Links = 16;

    public const int Groups = 1_024;

    /// <summary>
    /// Changes of owner of one group. No pair comes near it (one a second for 68 years); it bounds what a frame may claim, so that
    /// counting on from there cannot overflow.
    /// </summary>
    public const uint Epoch = int.MaxValue;

    /// <summary>Resources over all groups.</summary>
    public const int Resources = 10_000;

    /// <summary>One frame on any medium, MAC included; below the smallest usual UDP payload on Ethernet (1,472).</summary>
    public const int FrameBytes = 1_400;

    /// <summary>The shortest frame: header and MAC.</summary>
    public const int FrameBytesMin = 44;

    public const int ControlClients = 64;

    /// <summary>One request on the control socket.</summary>
    public const int ControlRequestBytes = 4_096;

    /// <summary>Threads for in-process agents: with the loop and the two of the runtime they make six at most.</summary>
    public const int WorkerThreads = 3;

    /// <summary>Monitors that run as programs, at a time: a thousand shells at once end in nothing but timeouts. What starts and stops does not count.</summary>
    public const int MonitorPrograms = 16;

    /// <summary>Datagrams read from one medium before the loop looks at the others.</summary>
    public const int DatagramsPerTurn = 32;

    /// <summary>Configuration file, authkeys file.</summary>
    public const int ConfigBytes = 4 * 1024 * 1024;

    /// <summary>Tables and arrays inside each other, parts of one dotted key.</summary>
    public const int ConfigDepth = 64;

    public const int AuthKeys = 16;

    /// <summary>Output kept of one action of a program, per stream; the rest is read and dropped.</summary>
    public const int AgentOutputBytes = 16 * 1024;

    /// <summary>Attributes, and marks of deleted ones, that both nodes share.</summary>
    public const int Attributes = 1_024;

    /// <summary>Addresses of all ping nodes together.</summary>
    public const int PingAddresses = 32;

    /// <summary>Weight of one ping node; the sum of all stays below what a frame can say.</summary>
    public const int PingWeight = 1_000;

    /// <summary>Fencing devices over both nodes.</summary>
    public const int StonithDevices = 32;

    /// <summary>Programs that run as long as the daemon does.</summary>
    public const int RespawnClients = 16;

    public const int StonithLevels = 9;

    /// <summary>Threads that start fencing programs and run built-in drivers: a hung agent must not hold up a fencing.</summary>
    public const int FenceWorkerThreads = 2;

    /// <summary>Fencings and tests of devices that are remembered.</summary>
    public const int FenceHistory = 100;

    /// <summary>Pairs that one witness serves.</summary>
    public const int WitnessPairs = 64;

    /// <summary>Promises that one witness keeps, over all its pairs.</summary>
    public const int WitnessPromises = 4_096;

    /// <summary>Two clocks that should run alike differ by less than one part in so many.</summary>
    public const int DriftDivisor = 256;

    /// <summary>A lease holds so long at most: nobody wants to wait longer for a takeover.</summary>
    public static readonly Duration LeaseMax = Duration.FromSeconds(300);

    /// <summary>Connections to the metrics; one scraper needs one.</summary>
    public const int MetricsClients = 8;

    /// <summary>One request for the metrics, headers included.</summary>
    public const int MetricsRequestBytes = 4_096;

    /// <summary>Alert programs; each has a thread that starts it.</summary>
    public const int Alerts = 8;

    /// <summary>Name of a Unix socket (sun_path without its last zero).</summary>
    public const int SocketPathBytes = 107;

    /// <summary>Path of a device.</summary>
    public const int PathChars = 1_024;

    public const int NodeNameChars = 64;

    public const int ClusterNameChars = 64;

    public const int GroupNameChars = 255;

    /// <summary>Errors listed for one configuration before the reader says that there are more.</summary>
    public const int ConfigErrors = 100;

    /// <summary>Of promotion scores, to either side: what Pacemaker calls infinity.</summary>
    public const int ScoreMax = 1_000_000;
}
