using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attribution.Core.Tests.Contracts;

/// <summary>
/// The subset of JSON Schema 2020-12 that the schemas use. Unknown keywords throw, so that none is ignored.
/// </summary>
internal static class SchemaValidator
{
    /// <summary>Returns the keyword that is violated; null if the value is valid.</summary>
    public static string? FindMismatch(JsonObject schema, JsonNode? value)
    {
        foreach (var (keyword, rule) in schema)
            if (!IsSatisfied(schema, keyword, rule!, value))
                return keyword == "properties" ? rule!.AsObject().Select(member => Inner(member, value!)).First(inner => inner is not null) : $"{keyword} {rule!.ToJsonString()}";
        return null;

        static string? Inner(KeyValuePair<string, JsonNode?> member, JsonNode value) =>
            value.AsObject().TryGetPropertyValue(member.Key, out var held) && FindMismatch(member.Value!.AsObject(), held) is { } misfit ? $"{member.Key}: {misfit}" : null;
    }

    private static bool IsSatisfied(JsonObject schema, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "$schema" or "$id" or "title" or "description" or "format" or "then" => true,
        "type" => rule is JsonArray types ? types.Any(type => IsOfType((string)type!, value)) : IsOfType((string)rule!, value),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "minLength" => Text(value) is not { } text || text.EnumerateRunes().Count() >= (int)rule,
        "maxLength" => Text(value) is not { } text || text.EnumerateRunes().Count() <= (int)rule,
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule!),
        "minimum" => Number(value) is not { } number || number >= Number(rule),
        "exclusiveMinimum" => Number(value) is not { } number || number > Number(rule),
        "maximum" => Number(value) is not { } number || number <= Number(rule),
        "maxItems" => value is not JsonArray list || list.Count <= (int)rule,
        "items" => value is not JsonArray list || list.All(item => FindMismatch(rule.AsObject(), item) is null),
        "required" => value is not JsonObject named || rule.AsArray().All(name => named.ContainsKey((string)name!)),
        "properties" => value is not JsonObject named || named.All(member => rule[member.Key] is not JsonObject inner || FindMismatch(inner, member.Value) is null),
        "additionalProperties" => (bool)rule || value is not JsonObject named || named.All(member => schema["properties"]!.AsObject().ContainsKey(member.Key)),
        "not" => FindMismatch(rule.AsObject(), value) is not null,
        "allOf" => rule.AsArray().All(one => FindMismatch(one!.AsObject(), value) is null),
        "if" => FindMismatch(rule.AsObject(), value) is not null || FindMismatch(schema["then"]!.AsObject(), value) is null,
        _ => throw new NotSupportedException($"{keyword} is not checked here."),
    };

    private static bool IsOfType(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("array", JsonValueKind.Array)
            or ("object", JsonValueKind.Object) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => Number(value) is { } number && number == decimal.Truncate(number),
        _ => false,
    };

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    // Compare as text, because created numbers and parsed numbers have different representations.
    private static decimal? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number ? decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : null;
}
