namespace Hbd.Core.Membership;

/// <summary>What this node believes of its peer.</summary>
public enum NodeState : byte
{
    /// <summary>Not heard since our start (or since we were away ourselves); initdead has not passed.</summary>
    Init,

    /// <summary>Heard, and proven fresh; whether it hears us is not known yet.</summary>
    Up,

    /// <summary>Both hear each other.</summary>
    Active,

    /// <summary>Silent for deadtime (initdead if never heard).</summary>
    Dead,

    /// <summary>Gone in good order: it said itself that nothing runs there any more.</summary>
    Left,
}

/// <summary>What this node believes of one link: the peer on one medium.</summary>
public enum LinkState : byte
{
    /// <summary>Not heard yet.</summary>
    Init,
    Up,

    /// <summary>Silent for deadtime while the peer was heard elsewhere, or silent together with the peer.</summary>
    Dead,
}
