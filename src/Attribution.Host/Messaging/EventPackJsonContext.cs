using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Host.Messaging;

/// <summary>
/// JSON of messages on the bus and in the spool. It is the contract's JSON, so that any client can write messages and
/// newer versions read those of older ones. Unknown members are ignored, and names are case-insensitive.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EventPack))]
internal sealed partial class EventPackJsonContext : JsonSerializerContext;
