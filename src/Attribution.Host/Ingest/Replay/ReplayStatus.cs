using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Replay;

/// <summary>Result of replaying one rejection. A closed set, in snake_case on the wire.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ReplayStatus>))]
internal enum ReplayStatus
{
    /// <summary>The event passed and is durable, and its rejection is resolved.</summary>
    Replayed = 1,

    /// <summary>The event is still rejected, for the reason given, and its rejection stays open.</summary>
    Refused,

    /// <summary>The rejection was replayed before.</summary>
    AlreadyResolved,

    /// <summary>There is no such rejection, or none of the caller's brand.</summary>
    Unknown,

    /// <summary>The stored payload is truncated, so that it cannot be replayed.</summary>
    PayloadCut,
}
