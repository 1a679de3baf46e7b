using System;

namespace Hbd.Daemon.Fencing;

/// <summary>A person was asked to see to a node and has not answered.</summary>
internal sealed record FencePending(string Node, string Action, DateTimeOffset Since);
