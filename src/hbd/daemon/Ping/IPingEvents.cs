namespace Hbd.Daemon.Ping;

/// <summary>What the loop hears of its ping nodes.</summary>
internal interface IPingEvents
{
    /// <param name="address">Number of the address over all ping nodes.</param>
    /// <param name="sentNs">When the echo that is answered was sent.</param>
    void OnPingAnswered(int address, long sentNs);

    /// <summary>Something an administrator should read; not more often than once a minute for each address.</summary>
    void OnPingNote(string note);
}
