using System.Collections.Generic;

namespace Hbd.Core.Config.Binding;

/// <summary>Accelerated detection must leave a probe and its answer the time that the cables need.</summary>
internal static class ProbeRules
{
    /// <summary>A probe may wait behind a frame that is being sent, and so may the answer.</summary>
    private const int FramesPerAnswer = 4;

    public static void Check(Section top, Duration probeMin, IReadOnlyList<MediumConfig> media, MessageList messages)
    {
        Duration fastest = new(long.MaxValue / FramesPerAnswer);
        foreach (MediumConfig medium in media)
        {
            Duration frame = medium is SerialConfig { Baud: > 0 } serial ? MediaBinder.SerialFrameTime(serial.Baud) : Duration.Zero;
            fastest = frame < fastest ? frame : fastest;
        }

        Duration answer = fastest * FramesPerAnswer;
        if (probeMin > Duration.Zero && media.Count > 0 && answer > probeMin)
        {
            messages.Error(top.At("probe_min"), $"probe_min {probeMin} is shorter than a probe and its answer take on the fastest medium, "
                + $"a serial line; expected {Duration.FromMilliseconds(answer.Milliseconds + 1)} or more");
        }
    }
}
