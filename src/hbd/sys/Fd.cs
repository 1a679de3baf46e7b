namespace Hbd.Sys;

/// <summary>An owned file descriptor, closed once. Not thread-safe: one owner. -1 is "none".</summary>
public sealed class Fd : System.IDisposable
{
    private int _value;

    public Fd(int value) => _value = value;

    public int Value => _value;

    public bool IsOpen => _value >= 0;

    public void Dispose()
    {
        if (_value >= 0)
        {
            int fd = _value;
            _value = -1;

            // close is never repeated: on Linux the descriptor is gone even after EINTR (close(2), NOTES).
            _ = Libc.close(fd);
        }
    }
}
