using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>Who looks at a recording, in the order of its making.</summary>
internal interface IRecordingVisitor
{
    /// <summary>What follows is of another life of the daemon.</summary>
    void OnLife(RecordedLife life);

    /// <param name="number">Of the record in its life, from 0 on.</param>
    void OnRecord(RecordedLife life, long number, Record record);

    /// <summary>Something is missing here, or cannot be read.</summary>
    void OnHole(RecordedLife life);
}
