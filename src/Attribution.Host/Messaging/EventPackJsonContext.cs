using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Host.Messaging;

/// <summary>
/// How a message lies on the bus and in the spool: the contract's JSON, so that any client can write one and a newer version reads what an older one
/// left. Members that are unknown are passed over; whether those known are written in capitals is no matter.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EventPack))]
internal sealed partial class EventPackJsonContext : JsonSerializerContext;
