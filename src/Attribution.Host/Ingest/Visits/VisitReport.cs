using System.Text.Json.Serialization;

namespace Attribution.Host.Ingest.Visits;

/// <summary>A landing as a browser reports it.</summary>
/// <param name="Id">1 to 128 characters; the same landing reported again has the same.</param>
/// <param name="Url">The landing's address, with its <c>utm_*</c> parameters and <c>atr_cid</c>.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="Referrer">The page that led here; may be empty.</param>
/// <param name="Domain">The domain for which the page shares its ids; absent: the page's host only.</param>
internal sealed record VisitReport(
    string Id, string Url, string? VisitorId = null, string? Referrer = null, string? Domain = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VisitReport))]
internal sealed partial class VisitReportJsonContext : JsonSerializerContext;
