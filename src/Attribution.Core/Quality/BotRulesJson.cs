using System.Text.Json.Serialization;

namespace Attribution.Core.Quality;

/// <summary>The source-generated JSON of a file of bot rules.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RulesFile))]
internal sealed partial class BotRulesJson : JsonSerializerContext;
