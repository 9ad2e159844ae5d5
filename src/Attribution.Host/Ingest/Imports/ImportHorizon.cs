using System.Globalization;
using System.Text.RegularExpressions;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// The horizon of an import, longer than <c>Ingest:Horizon</c>. It is allowed until the brand has its first live event: a
/// click, a visit or a signed webhook. Afterwards older orders would change what was already reported and paid.
/// </summary>
internal sealed partial class ImportHorizon(
    IRollupStore rollups, IWebhookSecretStore secrets, TimeProvider time, IOptions<IngestOptions> options)
{
    private static readonly DateOnly FirstDay = new(1990, 1, 1);

    /// <summary>Returns the horizon in days; null for one that <c>Ingest:Horizon</c> includes.</summary>
    /// <param name="text">An ISO 8601 duration of years, months, weeks and days, such as <c>P3Y</c>; null for none.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="cancellation">Cancels reading the store.</param>
    /// <exception cref="RequestRejectedException">The text is invalid, or the brand has live events.</exception>
    public async Task<int?> ParseAsync(string? text, BrandSettings brand, CancellationToken cancellation)
    {
        if (text is null) return null;
        var now = time.GetUtcNow();
        if (FindDays(text, now) is not { } days || days > AcceptanceOptions.MaxHorizonDays)
            throw RequestRejectedException.Malformed(
                $"horizon: must be a duration such as P3Y or P500D, up to {AcceptanceOptions.MaxHorizonDays} days.");
        if (TimeSpan.FromDays(days) <= options.Value.Horizon) return null;
        if (await FindLiveEventAsync(brand, now, cancellation) is { } live)
            throw new RequestRejectedException(
                StatusCodes.Status409Conflict, "brand_live",
                $"The brand '{brand.Id}' has live events ({live}): older orders would change what was reported and paid. "
                + "Import without horizon; older orders are left out and counted.");
        return days;
    }

    private static int? FindDays(string text, DateTimeOffset now)
    {
        var match = Pattern().Match(text);
        if (!match.Success || text == "P") return null;
        var (years, months) = (Part("y"), Part("m"));
        // Before the first year of the calendar.
        if (years > 100 || months > 1_200) return null;
        var from = now.AddYears(-years).AddMonths(-months);
        return (int)Math.Ceiling((now - from).TotalDays) + (Part("w") * 7) + Part("d");

        int Part(string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private async Task<string?> FindLiveEventAsync(BrandSettings brand, DateTimeOffset now, CancellationToken cancellation)
    {
        var used = (await secrets.ListWebhookSecretsAsync(cancellation)).FirstOrDefault(secret => secret.Brand == brand.Id && secret.LastUsedAt is not null);
        if (used is not null) return $"webhooks of {used.Vendor}/{used.Source}";
        var query = new RollupSumQuery { Grain = RollupGrain.Periods, From = FirstDay, To = DateOnly.FromDateTime(now.UtcDateTime).AddDays(2), Models = 0 };
        var reading = (await rollups.SumRollupsAsync(brand.Id, [query], null, cancellation)).Single();
        Measure[] touches = [Measure.Clicks, Measure.Visits, Measure.InvalidBot, Measure.InvalidHead, Measure.InvalidPrefetch, Measure.AssistantTouches];
        await foreach (var (_, cell) in reading.Cells.WithCancellation(cancellation))
            if (touches.Any(measure => cell.SumOf(measure) != 0)) return "clicks or visits";
        foreach (var kind in new[] { UnmatchedKind.Link, UnmatchedKind.Utm })
            if ((await rollups.ListUnmatchedAsync(brand.Id, kind, null, 1, cancellation)).Names.Count > 0) return "clicks or visits";
        return null;
    }

    [GeneratedRegex(@"^P(?:(?<y>\d{1,4})Y)?(?:(?<m>\d{1,4})M)?(?:(?<w>\d{1,4})W)?(?:(?<d>\d{1,5})D)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
