using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Storage.Codecs;

/// <summary>Catalog items as stored: their JSON without null members.</summary>
internal static class CatalogItemCodec
{
    /// <summary>Encodes an item.</summary>
    public static byte[] Encode(CatalogKind kind, ICatalogItem item) =>
        JsonSerializer.SerializeToUtf8Bytes(item, JsonTypeFor(kind));

    /// <summary>Decodes an item of a kind.</summary>
    public static ICatalogItem Decode(CatalogKind kind, ReadOnlySpan<byte> json) =>
        (ICatalogItem)(JsonSerializer.Deserialize(json, JsonTypeFor(kind))
            ?? throw new InvalidDataException($"A stored item of {kind} is damaged: it is null."));

    private static JsonTypeInfo JsonTypeFor(CatalogKind kind) => kind switch
    {
        CatalogKind.Brands => CatalogItemJson.Default.BrandItem,
        CatalogKind.Creators => CatalogItemJson.Default.CreatorItem,
        CatalogKind.Campaigns => CatalogItemJson.Default.CampaignItem,
        CatalogKind.Links => CatalogItemJson.Default.LinkItem,
        CatalogKind.Codes => CatalogItemJson.Default.CodeItem,
        CatalogKind.UtmRules => CatalogItemJson.Default.UtmRuleItem,
        CatalogKind.Agreements => CatalogItemJson.Default.AgreementItem,
        CatalogKind.Costs => CatalogItemJson.Default.CostItem,
        CatalogKind.FxRates => CatalogItemJson.Default.FxRateItem,
        CatalogKind.MonthlyNets => CatalogItemJson.Default.MonthlyNetItem,
        CatalogKind.Publishers => CatalogItemJson.Default.PublisherItem,
        _ => throw new StoreUnusableException(
            $"The store contains catalog items of kind {(int)kind}, which this build does not support. "
            + "Start the newer version of Attribution that wrote them."),
    };
}

/// <summary>The source-generated serializers of catalog items.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BrandItem))]
[JsonSerializable(typeof(CreatorItem))]
[JsonSerializable(typeof(CampaignItem))]
[JsonSerializable(typeof(LinkItem))]
[JsonSerializable(typeof(CodeItem))]
[JsonSerializable(typeof(UtmRuleItem))]
[JsonSerializable(typeof(AgreementItem))]
[JsonSerializable(typeof(CostItem))]
[JsonSerializable(typeof(FxRateItem))]
[JsonSerializable(typeof(MonthlyNetItem))]
[JsonSerializable(typeof(PublisherItem))]
internal sealed partial class CatalogItemJson : JsonSerializerContext;
