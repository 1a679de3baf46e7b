using System.Net;

namespace Hbd.Daemon.Witness;

/// <summary>The command line of <c>hbd witness</c>.</summary>
/// <param name="KeysDir">Holds NAME.authkeys for each cluster NAME.</param>
/// <param name="StateDir">Where the promises are kept.</param>
/// <param name="Listen">Address and port to answer on.</param>
internal sealed record WitnessOptions(string KeysDir, string StateDir, IPEndPoint Listen)
{
    public const string KeysDefault = "/etc/hbd/witness";
    public const string StateDefault = "/var/lib/hbd-witness";
    public const string ListenDefault = "0.0.0.0:695";
}
