using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts.Catalog;

namespace Attribution.Contracts;

/// <summary>
/// The source-generated JSON serialization of the contracts: camelCase, without null members, and strict when reading.
/// A member that is unknown, duplicate, missing or null although it must not be causes a <see cref="JsonException"/>
/// with its path. Events that are read this way are not validated beyond their shape, and their <c>type</c> is ignored.
/// The host reads events with its own, stricter reader.
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
[JsonSerializable(typeof(PaymentEvent))]
[JsonSerializable(typeof(EngagementEvent))]
[JsonSerializable(typeof(ReferralEvent))]
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
[JsonSerializable(typeof(PublisherItem))]
[JsonSerializable(typeof(RejectionReason))]
public sealed partial class ContractsJson : JsonSerializerContext;
