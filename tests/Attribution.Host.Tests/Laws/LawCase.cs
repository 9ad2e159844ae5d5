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

    private static readonly DateTimeOffset ReceivedAt = new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IEnumerable<TwinEvent> TwinEvents => Events.Select(ToTwin);

    /// <summary>
    /// Returns the first receipt of an event. Reports of states are received at four instants, all other events at one,
    /// so that their packs stay large.
    /// </summary>
    public static DateTimeOffset FirstReceiptOf(object said)
    {
        var id = said switch
        {
            RedemptionEvent { StateAt: not null } e => e.Id,
            ConversionEvent { StateAt: not null } e => e.Id,
            RefundEvent e when e.StateAt is not null || e.Void == true => e.Id,
            _ => "",
        };
        return ReceivedAt.AddSeconds(id.Sum(letter => letter) % 4);
    }

    public static byte[] Utf8(object said) => JsonSerializer.SerializeToUtf8Bytes(said, said.GetType(), ContractsJson.Default);

    /// <summary>Returns the case as JSON that can be posted.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var item in Catalog)
            text.AppendLine(CultureInfo.InvariantCulture, $"PUT /v1/{CatalogKinds.RefOf(item)} {JsonSerializer.Serialize(item, item.GetType(), ContractsJson.Default)}");
        foreach (var said in Events.OrderBy(said => ToTwin(said).At)) text.AppendLine(Encoding.UTF8.GetString(Utf8(said)));
        return text.ToString();
    }

    private static TwinEvent ToTwin(object said) =>
        TwinEvent.FromContract(said, Source, Brand, FirstReceiptOf(said).ToUnixTimeMilliseconds());
}
