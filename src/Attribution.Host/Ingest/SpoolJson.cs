using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest;

/// <summary>How a message lies in the spool: the contract's JSON, so that a newer version reads what an older one left there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventPack))]
internal sealed partial class SpoolJson : JsonSerializerContext;
