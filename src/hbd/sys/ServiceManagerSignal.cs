namespace Hbd.Sys;

/// <summary>What systemd tells by itself.</summary>
public enum ServiceManagerSignalKind
{
    /// <summary>Nothing that matters here.</summary>
    Other,

    /// <summary>A job is over; the text is its result.</summary>
    JobRemoved,

    /// <summary>A unit has another ActiveState; the text is the state.</summary>
    StateChanged,
}

/// <param name="Path">The object: of the job, or of the unit.</param>
public readonly record struct ServiceManagerSignal(ServiceManagerSignalKind Kind, string Path, string Text);

/// <summary>How a call of systemd ended.</summary>
/// <param name="Error">Set when nothing is known: no connection, no answer in time.</param>
/// <param name="ErrorName">D-Bus name of the error that systemd answered; empty: it did what it was asked.</param>
/// <param name="Text">The result, or the words of the error.</param>
public readonly record struct ServiceManagerReply(Errno Error, string ErrorName, string Text)
{
    public bool IsOk => !Error.IsError && ErrorName.Length == 0;
}
