namespace Hbd.Sys;

/// <summary>A running child: leader of its own process group. The descriptors belong to whoever holds this.</summary>
/// <param name="PidFd">Readable when it has ended.</param>
/// <param name="Output">Read end of its stdout, non-blocking.</param>
/// <param name="Errors">Read end of its stderr, non-blocking.</param>
public sealed record SpawnedProcess(int Pid, Fd PidFd, Fd Output, Fd Errors)
{
    public void CloseAll()
    {
        PidFd.Dispose();
        Output.Dispose();
        Errors.Dispose();
    }
}
