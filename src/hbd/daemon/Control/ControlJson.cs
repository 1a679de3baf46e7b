using System.Text.Json.Serialization;

namespace Hbd.Daemon.Control;

/// <summary>Everything that crosses the control socket as JSON, generated at build time: no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(FenceDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(ComparisonDocument))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(Hbd.Daemon.Doctor.DoctorDocument))]
[JsonSerializable(typeof(Hbd.Daemon.Monitoring.AlertDocument))]
[JsonSerializable(typeof(Hbd.Daemon.Recording.TimelineEntry))]
[JsonSerializable(typeof(System.Collections.Generic.List<Hbd.Daemon.Agents.FoundAgent>))]
[JsonSerializable(typeof(ControlRequest))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>One line from a client.</summary>
internal sealed record ControlRequest(string? Command, string? Selector);

/// <summary>One line to a client that is no status.</summary>
internal sealed record ControlReply(bool Ok, string Message, bool Denied);
