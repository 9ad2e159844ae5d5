using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

/// <summary>One step of a delivery: a catalog write, packs that arrive together, or background work.</summary>
internal abstract record DeliveryStep
{
    public sealed record PutItems(IReadOnlyList<ICatalogItem> Items) : DeliveryStep;

    public sealed record ReceivePacks(IReadOnlyList<EventPack> Packs) : DeliveryStep;

    public sealed record Reevaluate : DeliveryStep;

    public sealed record Fold(int Limit) : DeliveryStep;
}

/// <summary>
/// Delivery plans of a case. All of them end with the same catalog, and deliver every event at least once.
/// </summary>
internal static class DeliveryPlan
{
    /// <summary>Creates a plan that writes the catalog first, then delivers every event once, in packs.</summary>
    public static IEnumerable<DeliveryStep> InOrder(LawCase @case)
    {
        var dice = new Random(@case.Seed);
        yield return new DeliveryStep.PutItems(@case.Catalog);
        foreach (var packs in CreatePacks([.. @case.Events.Select(said => (said, LawCase.FirstReceiptOf(said)))], dice))
        {
            yield return new DeliveryStep.ReceivePacks(packs);
            if (dice.Next(6) == 0) yield return new DeliveryStep.Fold(dice.Next(1, 4));
        }
    }

    /// <summary>
    /// Creates a plan with events in any order, some repeatedly, of which later receipts may be delivered first, and some
    /// packs twice. Catalog edits occur in between
    /// and replace earlier values. Journeys are reevaluated occasionally, and at the end.
    /// </summary>
    public static IEnumerable<DeliveryStep> Shuffled(LawCase @case, int round)
    {
        var dice = new Random(@case.Seed * 31 + round);
        var told = @case.Events.SelectMany(said => Enumerable.Range(0, dice.Next(5) == 0 ? 3 : dice.Next(4) == 0 ? 2 : 1)
            .Select(repetition => (said, LawCase.FirstReceiptOf(said).AddSeconds(repetition)))).ToArray();
        dice.Shuffle(told);
        var takes = CreatePacks(told, dice).Select(packs => (DeliveryStep)new DeliveryStep.ReceivePacks(packs)).ToList();
        foreach (var take in takes.OfType<DeliveryStep.ReceivePacks>().Where(_ => dice.Next(4) == 0).ToList()) takes.Insert(dice.Next(takes.Count + 1), take);

        var (first, edits) = Edits(@case, dice);
        yield return new DeliveryStep.PutItems(first);
        while (takes.Count > 0 || edits.Count > 0)
        {
            var from = takes.Count == 0 || (edits.Count > 0 && dice.Next(takes.Count + edits.Count) < edits.Count) ? edits : takes;
            yield return from[0];
            from.RemoveAt(0);
            switch (dice.Next(8))
            {
                case 0: yield return new DeliveryStep.Fold(dice.Next(1, 4)); break;
                case 1: yield return new DeliveryStep.Reevaluate(); break;
            }
        }

        yield return new DeliveryStep.Reevaluate();
    }

    private static List<List<EventPack>> CreatePacks((object Said, DateTimeOffset ReceivedAt)[] events, Random dice)
    {
        var takes = new List<List<EventPack>>();
        var id = new byte[16];
        for (var i = 0; i < events.Length;)
        {
            var packs = new List<EventPack>();
            for (var more = dice.Next(1, 3); more > 0 && i < events.Length; more--)
            {
                var most = Math.Min(events.Length - i, dice.Next(1, dice.Next(2) == 0 ? 4 : 20));
                var size = events.Skip(i).Take(most).TakeWhile(told => told.ReceivedAt == events[i].ReceivedAt).Count();
                dice.NextBytes(id);
                packs.Add(new()
                {
                    PackId = new Guid(id),
                    Schema = EventPack.CurrentSchema,
                    Source = LawCase.Source,
                    ReceivedAt = events[i].ReceivedAt,
                    Events = [.. events.Skip(i).Take(size).Select(told => LawCase.Utf8(told.Said))],
                });
                i += size;
            }

            takes.Add(packs);
        }

        return takes;
    }

    /// <summary>
    /// Returns the items required from the start because others refer to them, some with earlier values, and the writes
    /// that follow.
    /// </summary>
    private static (List<ICatalogItem> First, List<DeliveryStep> Edits) Edits(LawCase @case, Random dice)
    {
        var first = new List<ICatalogItem>();
        var later = new List<ICatalogItem>();
        foreach (var item in @case.Catalog)
        {
            var isRoot = item is BrandItem or CreatorItem or CampaignItem;
            var saysOther = dice.Next(3) == 0 ? Alter(item, @case, dice) : null;
            if (isRoot || saysOther is not null || dice.Next(2) == 0) first.Add(saysOther ?? item);
            if (saysOther is not null || !first.Contains(item)) later.Add(item);
        }

        var shuffled = later.ToArray();
        dice.Shuffle(shuffled);
        return (first, [.. shuffled.Chunk(dice.Next(1, 6)).Select(items => new DeliveryStep.PutItems(items))]);
    }

    /// <summary>Returns an earlier value of an item.</summary>
    private static ICatalogItem? Alter(ICatalogItem item, LawCase @case, Random dice)
    {
        string Other<T>() where T : ICatalogItem => @case.Catalog.OfType<T>().Select(one => one.Id).ToArray() is var ids ? ids[dice.Next(ids.Length)] : "";
        string Campaign(string own) => @case.Catalog.OfType<CampaignItem>().Where(campaign =>
                campaign.BrandId == @case.Catalog.OfType<CampaignItem>().Single(mine => mine.Id == own).BrandId)
            .Select(campaign => campaign.Id).ToArray() is var ids ? ids[dice.Next(ids.Length)] : "";
        return item switch
        {
            BrandItem x => dice.Next(5) switch
            {
                0 => x with { TimeZone = "America/Los_Angeles" },
                1 => x with { BookModel = x.BookModel == "linear" ? "first_touch" : "linear" },
                2 => x with { Policy = new PolicyItem("all_evidence") },
                3 => x with { Versions = null },
                _ => x with { Lookback = new LookbackItem("PT2H", "PT1H") },
            },
            CreatorItem x => x.Status == "active" ? x with { CustomerKeys = ["c-1"] } : x with { Status = "active", InactiveSince = null },
            CampaignItem x => x with { StartsOn = null, EndsOn = null, Lookback = new LookbackItem("PT3H") },
            LinkItem x => x with { CreatorId = Other<CreatorItem>(), CampaignId = Campaign(x.CampaignId), Utm = null },
            CodeItem x => x with { CreatorId = Other<CreatorItem>(), CampaignId = Campaign(x.CampaignId) },
            PublisherItem x => x with { PublisherId = "p-2", CreatorId = Other<CreatorItem>() },
            UtmRuleItem x => x with { Match = new UtmItem(Content: "m*"), CreatorId = Other<CreatorItem>() },
            AgreementItem x => x with { Commission = new CommissionItem("percent_of_net", Rate: 7m) },
            FxRateItem x => x with { Rate = x.Rate * 2 },
            _ => null,
        };
    }
}
