using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts.Catalog;

namespace Attribution.Contracts;

/// <summary>
/// JSON of the contracts, source-generated: camelCase, nulls left out, and strict on reading (a member that is unknown, named twice, missing or
/// null where it must not be is a <see cref="JsonException"/> that names its path). Events read this way are not checked beyond
/// their shape, and their <c>type</c> is passed over: it is for writing them. The host reads events with its own, stricter reader.
/// </summary>
/// <example><code>JsonSerializer.SerializeToUtf8Bytes(click, ContractsJson.Default.ClickEvent)</code></example>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClickEvent))]
[JsonSerializable(typeof(VisitEvent))]
[JsonSerializable(typeof(RedemptionEvent))]
[JsonSerializable(typeof(ConversionEvent))]
[JsonSerializable(typeof(RefundEvent))]
[JsonSerializable(typeof(EngagementEvent))]
[JsonSerializable(typeof(EventPack))]
[JsonSerializable(typeof(CreatorItem))]
[JsonSerializable(typeof(BrandItem))]
[JsonSerializable(typeof(CampaignItem))]
[JsonSerializable(typeof(LinkItem))]
[JsonSerializable(typeof(CodeItem))]
[JsonSerializable(typeof(UtmRuleItem))]
[JsonSerializable(typeof(AgreementItem))]
[JsonSerializable(typeof(CostItem))]
[JsonSerializable(typeof(FxRateItem))]
[JsonSerializable(typeof(MonthlyNetItem))]
[JsonSerializable(typeof(RejectionReason))]
public sealed partial class ContractsJson : JsonSerializerContext;
