using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.TestKit.Twin;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// Random market: its final catalog and all its events, each once. The same seed always creates the same case.
/// </summary>
internal sealed record LawCase(int Seed, ImmutableArray<ICatalogItem> Catalog, ImmutableArray<object> Events)
{
    /// <summary>Source and brand of the packs; they apply to events that name none.</summary>
    public const string Source = "shop", Brand = "default";

    public IEnumerable<TwinEvent> TwinEvents => Events.Select(said => TwinEvent.FromContract(said, Source, Brand));

    public static byte[] Utf8(object said) => JsonSerializer.SerializeToUtf8Bytes(said, said.GetType(), ContractsJson.Default);

    /// <summary>Returns the case as JSON that can be posted.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var item in Catalog)
            text.AppendLine(CultureInfo.InvariantCulture, $"PUT /v1/{CatalogKinds.RefOf(item)} {JsonSerializer.Serialize(item, item.GetType(), ContractsJson.Default)}");
        foreach (var said in Events.OrderBy(said => TwinEvent.FromContract(said, Source, Brand).At)) text.AppendLine(Encoding.UTF8.GetString(Utf8(said)));
        return text.ToString();
    }
}
