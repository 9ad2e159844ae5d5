using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

// What the market knows of itself, as made: the truth is counted from these, never from the events that tell of them.

/// <summary>A creator in a campaign.</summary>
internal sealed record SimulatedPlacement(string Campaign, string Creator);

/// <summary>One person, known to the brand by whatever their events name: what is one journey by construction.</summary>
internal sealed class Person
{
    public List<TouchFact> Touches { get; } = [];

    public List<ConversionFact> Conversions { get; } = [];
}

/// <summary>A click or a visit, and whose it truly is.</summary>
internal sealed record TouchFact
{
    public required string EventId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool IsClick { get; init; }

    /// <summary>Null: the link or the parameters are nobody's.</summary>
    public required SimulatedPlacement? Placement { get; init; }

    /// <summary><c>bot</c>, <c>prefetch</c>, <c>head</c> or null.</summary>
    public string? Label { get; init; }

    /// <summary>The landing of a valid click: counts as a visit, is no touch of its own.</summary>
    public bool IsLandingOfClick { get; init; }

    /// <summary>The landing of a labelled click: counts nowhere.</summary>
    public bool IsLandingOfLabelledClick { get; init; }
}

/// <summary>An order, sign-up or lead as it stands in the end, whatever was said of it on the way. Money in minor units.</summary>
internal sealed record ConversionFact
{
    public required string Id { get; init; }

    /// <summary><c>order</c>, <c>signup</c> or <c>lead</c>.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    public long Gross { get; init; }

    public long Discount { get; init; }

    /// <summary>The codes as printed, in the order's own sequence.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    public bool IsNewCustomer { get; init; }

    /// <summary>The creator who bought it, where it is a self-purchase.</summary>
    public string? BuyingCreator { get; init; }

    /// <summary>Each refund id once.</summary>
    public List<RefundFact> Refunds { get; init; } = [];
}

/// <summary>A refund as it stands in the end.</summary>
/// <param name="EventId">Id of the event that decides.</param>
/// <param name="At">When.</param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="Amount">Minor units; null: all that is left.</param>
internal sealed record RefundFact(string EventId, DateTimeOffset At, string Kind, long? Amount);

/// <summary>A post's counters at a moment: impressions, reach, likes, comments, shares, saves, views.</summary>
internal sealed record SnapshotFact(string Post, SimulatedPlacement Placement, string EventId, DateTimeOffset At, long[] Counters);

/// <summary>The catalog as made.</summary>
internal sealed class MarketCatalog
{
    public required BrandItem Brand { get; init; }

    public required IReadOnlyList<CreatorItem> Creators { get; init; }

    public required IReadOnlyList<CampaignItem> Campaigns { get; init; }

    public required IReadOnlyList<LinkItem> Links { get; init; }

    public required IReadOnlyList<CodeItem> Codes { get; init; }

    public required IReadOnlyList<UtmRuleItem> Rules { get; init; }

    public required IReadOnlyList<AgreementItem> Agreements { get; init; }

    public required IReadOnlyList<CostItem> Costs { get; init; }

    /// <summary>Landings whose placement is known because they were made for it.</summary>
    public required IReadOnlyList<LandingFact> Landings { get; init; }

    /// <summary>Whose code it is at an instant, or null.</summary>
    public SimulatedPlacement? PlacementOfCode(string code, DateTimeOffset at) => Codes
        .Where(item => item.Code == code && (item.ValidFrom is null || item.ValidFrom <= at) && (item.ValidTo is null || at < item.ValidTo))
        .Select(item => new SimulatedPlacement(item.CampaignId, item.CreatorId))
        .SingleOrDefault();
}

/// <summary>UTM parameters and whose landing they make.</summary>
internal sealed record LandingFact(UtmItem Utm, SimulatedPlacement? Placement);
