namespace Hbd.Sim.Explore;

/// <summary>What can happen next to one of the two nodes. From <see cref="Lose"/> on they are faults, which are few.</summary>
internal enum Choice : byte
{
    /// <summary>Its next deadline fires; time goes on until then.</summary>
    Tick,

    /// <summary>The oldest frame on its way to the node arrives.</summary>
    Deliver,

    /// <summary>The running agent action ends as it should.</summary>
    AgentDone,

    /// <summary>A device has switched the peer off and says so.</summary>
    FenceDone,

    /// <summary>A machine or a daemon that is down is started.</summary>
    Start,

    /// <summary>A daemon that stood still goes on.</summary>
    Resume,

    /// <summary>What the node sends arrives again.</summary>
    Mend,

    /// <summary>Faults from here on: the oldest frame to the node is lost.</summary>
    Lose,

    /// <summary>The second oldest frame overtakes the oldest.</summary>
    Overtake,

    /// <summary>The first frame that was delivered to the node since its start is delivered again.</summary>
    Repeat,

    /// <summary>The running agent action fails.</summary>
    AgentFails,
    FenceFails,

    /// <summary>What the node sends is lost from now on.</summary>
    CutOneWay,

    /// <summary>The cable is cut (asked of node 0 only).</summary>
    Cut,

    /// <summary>The machine loses power.</summary>
    Crash,

    /// <summary>The daemon dies; what it ran runs on.</summary>
    Kill,
    Pause,

    /// <summary>An operator asks for it.</summary>
    Standby,
    Shutdown,
}
