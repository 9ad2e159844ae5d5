using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>A converter of enums to and from text in snake_case. Unknown values are errors.</summary>
public sealed class SnakeCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
