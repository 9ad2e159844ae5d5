using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>Daily rollups, the deltas that wait to be folded into them and the manifests of what was folded.</summary>
public interface IRollupStore
{
    /// <summary>
    /// Folds up to <paramref name="limit"/> waiting delta documents, oldest first, in one transaction a brand: adds their sums to the
    /// rollups (one that comes to nothing but zeros is removed), writes a manifest of them, removes them. Unmatched names are counted
    /// apart, and stand in no manifest. A store may fold fewer, so that what it holds at a time is bounded, but at least one of a brand.
    /// </summary>
    /// <returns>How many were folded; 0 when none waited.</returns>
    /// <exception cref="OverflowException">A sum of a brand leaves 64 bits. Its deltas go on waiting; those of all others were folded first.</exception>
    ValueTask<int> FoldAsync(int limit, Timestamp at, CancellationToken cancellation);

    /// <summary>How many delta documents wait, and since when the oldest (null when none).</summary>
    ValueTask<(long Count, Timestamp? Oldest)> BacklogAsync(CancellationToken cancellation);

    /// <summary>
    /// The rollups of a brand from one local day to another, read as of one moment; or, of the same moment, less everything that was folded
    /// after an instant: the rollups as they stood at that instant.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">First day, inside.</param>
    /// <param name="to">Last day, inside.</param>
    /// <param name="asOf">The instant; what was folded at it is inside. Null: as they stand now.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<RollupReading> ReadAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// Rollups of a brand added up in several ways, all as of one moment: for each question exactly the sums of what <see cref="ReadAsync"/>
    /// would answer at that moment, in the questions' order.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="questions">What is added up, and what kept apart. What each comes to is held as a whole: see <see cref="RollupGrain"/>.</param>
    /// <param name="asOf">The instant; null: as they stand now.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<IReadOnlyList<RollupReading>> SumAsync(string brand, IReadOnlyList<RollupQuestion> questions, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// How some placements went, as they stand now: of each, in the order asked, a number for each day from one to another; or, where <paramref name="byFortnight"/>, for each
    /// <see cref="RollupFortnight"/> that these days touch, of its days among them. One reading for a page of rows: it costs a look a placement and day, or fortnight, whatever else the store holds.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="placements">Which; not many.</param>
    /// <param name="from">First day, inside.</param>
    /// <param name="to">Last day, inside, not before the first.</param>
    /// <param name="byFortnight">Whether days are added up.</param>
    /// <param name="number">What a rollup comes to: of two added up, the sum of what they come to. It may not keep the cell.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<IReadOnlyList<long[]>> TrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation);

    /// <summary>
    /// Rollups of a brand that changed since a place, each as it stands now: from no place on all there are, by day, then what later folds changed. Who asks again
    /// from the place answered misses no change; a rollup that changes while it is read may come again. What waits to be folded comes when it is.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The place answered last; null: everything.</param>
    /// <param name="limit">About so many, at least 1: whole days, or all that a fold changed, come at once.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The place is none that this store answered, or the store went back to an older copy since.</exception>
    ValueTask<RollupChanges> ChangesAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>What is the same at two moments when the rollups of a brand are, and their days stand open or closed alike.</summary>
    ValueTask<RollupState> StateAsync(string brand, CancellationToken cancellation);

    /// <summary>The rollups of a brand as a whole (<see cref="RollupKey.Total"/>) as they stand now, of every day that has any, in order of days.</summary>
    ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> TotalsAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// The names of a brand that matched nothing, with how often, most often first, then by kind and name (ordinal), from the cursor on
    /// (null: from the first); at most <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="kind">Of this kind only; null: of all.</param>
    /// <param name="cursor">Where to begin.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> UnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>The last local day of the brand that is closed; null when none is.</summary>
    ValueTask<DateOnly?> ClosedThroughAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// Closes the brand's days through one, and keeps when; never opens any again, nor moves the instant of those that are closed. What
    /// waits of the brand is folded in the same transaction: all that was committed before stands in the days as they closed, and all that
    /// is committed later to a day of them restates it. The instant kept is never before that of the closing before it, whatever the
    /// clocks of several hosts say.
    /// </summary>
    ValueTask CloseAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation);

    /// <summary>
    /// As of one moment: every rollup and every waiting delta of every brand summed, and every live journey, for the caller to compare.
    /// </summary>
    /// <param name="onJourney">Called once a live journey, in no order.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>
    /// Rollups plus waiting deltas, less the agreements' adjustments as booked, by key: what journeys and costs should come to. And the catalog
    /// version and generation of journeys of the moment.
    /// </returns>
    ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> AuditAsync(Action<Journey> onJourney, CancellationToken cancellation);

    /// <summary>
    /// Compares the sums that the store keeps beside the rollups, if it keeps any, with them, and puts right what differs; a part at a time, while others go on writing.
    /// </summary>
    /// <param name="cancellation">Stops it; what was put right stays so.</param>
    /// <returns>How many sums differed; expected: 0.</returns>
    ValueTask<int> MendSumsAsync(CancellationToken cancellation);

    /// <summary>Appends a delta document a brand: what reconciling found missing.</summary>
    /// <param name="deltas">What is missing.</param>
    /// <param name="generation">The generation of journeys it was found with; null: it has nothing to do with journeys.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>False: the journeys are of another generation by now, which put right what it found, and nothing was written.</returns>
    ValueTask<bool> RepairAsync(MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation);

    /// <summary>
    /// Takes a lease or prolongs it: it is held by one holder until its term ends, unless prolonged or given back before. It keeps several
    /// processes from doing the same work at the same time, mostly: their clocks may differ and a holder may be slow, so nothing may
    /// depend on it but the saving of work.
    /// </summary>
    /// <param name="lease">Its name.</param>
    /// <param name="holder">Who asks.</param>
    /// <param name="now">The asker's clock.</param>
    /// <param name="until">The end of the term, itself outside.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether the asker holds it now: it did already, nobody did, or the other's term is over.</returns>
    ValueTask<bool> TryLeaseAsync(string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation);

    /// <summary>Gives a lease back, where the asker holds it.</summary>
    ValueTask EndLeaseAsync(string lease, string holder, CancellationToken cancellation);

    /// <summary>When a job last ended well, the latest noted; null when it never did.</summary>
    ValueTask<Timestamp?> LastRunAsync(string job, CancellationToken cancellation);

    /// <summary>Notes that a job ended well.</summary>
    ValueTask RanAsync(string job, Timestamp at, CancellationToken cancellation);

    /// <summary>The latest attempt to fit a brand's models; null when there was none.</summary>
    ValueTask<FitAttempt?> LastFitAttemptAsync(string brand, CancellationToken cancellation);

    /// <summary>Notes an attempt in the place of the one before.</summary>
    ValueTask NoteFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation);

    /// <summary>
    /// The manifests of a brand that were folded after an instant, by number: the rollups less these are the rollups as they stood then.
    /// What is folded meanwhile may come too.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The instant, itself outside; null: since ever.</param>
    /// <param name="cancellation">Stops the reading.</param>
    IAsyncEnumerable<FoldManifestDocument> ManifestsAsync(string brand, Timestamp? after, CancellationToken cancellation);
}

/// <summary>The rollups of a brand over some days, as of one moment.</summary>
/// <param name="Cells">By day, campaign, creator (ordinal); none is zero throughout. To be read once.</param>
/// <param name="ClosedThrough">The last day that was closed then; null when none was.</param>
/// <param name="WaitingSince">Since when the oldest delta of any brand waits that is not in it yet; null when none does, and for an instant in the past, which no later fold changes.</param>
public sealed record RollupReading(IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Cells, DateOnly? ClosedThrough, Timestamp? WaitingSince);

/// <summary>Where the rollups of a brand stand.</summary>
/// <param name="Fold">The number of the last fold that changed them; 0: none has.</param>
/// <param name="ClosedThrough">The last day that is closed; null when none is.</param>
/// <param name="WaitingSince">Since when the oldest delta of any brand waits to be folded; null when none does.</param>
public readonly record struct RollupState(long Fold, DateOnly? ClosedThrough, Timestamp? WaitingSince);

/// <summary>Rollups that changed since a place.</summary>
/// <param name="Changes">By day, campaign, creator (ordinal), each once; null where the rollup came to nothing and is gone.</param>
/// <param name="Cursor">The place after them.</param>
/// <param name="More">Whether there may be more already.</param>
/// <param name="ClosedThrough">The last day that was closed; null when none was.</param>
public sealed record RollupChanges(IReadOnlyList<KeyValuePair<RollupKey, MeasureCell?>> Changes, string Cursor, bool More, DateOnly? ClosedThrough);

/// <summary>Fourteen days from a Monday on, counted from the first day of the calendar: what sums of many days are kept by.</summary>
public static class RollupFortnight
{
    /// <summary>How many days.</summary>
    public const int Days = 14;

    /// <summary>The first day of the fortnight that a day lies in.</summary>
    public static DateOnly Of(DateOnly day) => day.AddDays(-(day.DayNumber % Days));

    /// <summary>How many fortnights the days from one to another, both inside, touch.</summary>
    public static int Count(DateOnly from, DateOnly to) => to.DayNumber / Days - from.DayNumber / Days + 1;
}

/// <summary>What of the rollups' keys is kept apart.</summary>
public enum RollupGrain
{
    /// <summary>Day, campaign and creator: the rollups themselves. As many as there are; without a filter <see cref="IRollupStore.ReadAsync"/> is the better way.</summary>
    Placements,

    /// <summary>Day and campaign; creators, and the campaign's own costs, are added up under no creator. As many as days times campaigns.</summary>
    Campaigns,

    /// <summary>Campaign and creator; days are added up under the first day asked for, or from <see cref="RollupQuestion.Cut"/> on under that. As many as placements, or twice.</summary>
    Spans,
}

/// <summary>Which rollups are added up, and how.</summary>
public sealed record RollupQuestion
{
    /// <summary>What is kept apart.</summary>
    public required RollupGrain Grain { get; init; }

    /// <summary>First local day, inside.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Last local day, inside.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Placements of this campaign only, its own costs included; null: of all. The unattributed and the brand's whole come in any case.</summary>
    public string? Campaign { get; init; }

    /// <summary>Placements of this creator only; null: of all, and the campaigns' own costs. The unattributed and the brand's whole come in any case.</summary>
    public string? Creator { get; init; }

    /// <summary>For <see cref="RollupGrain.Spans"/>: days from this one on are added up apart from those before it. Null, or outside of the days: all together.</summary>
    public DateOnly? Cut { get; init; }

    /// <summary>The models whose credit measures are asked for, a bit of each model's number; those of the others may be left out, which saves reading them. All, unless said.</summary>
    public int Models { get; init; } = -1;

    /// <summary>Whether rollups of a key are part of it.</summary>
    public bool Takes(in RollupKey key) => key.Day >= From && key.Day <= To
        && (key.IsTotal || key.IsUnattributed || ((Campaign is null || key.Campaign == Campaign) && (Creator is null || key.Creator == Creator)));

    /// <summary>The key that rollups of a key are added up under.</summary>
    public RollupKey KeyOf(in RollupKey key) => Grain switch
    {
        RollupGrain.Placements => key,
        RollupGrain.Campaigns => key with { Creator = "" },
        _ => key with { Day = Cut > From && key.Day >= Cut ? Cut.Value : From },
    };
}

/// <summary>A name that matched nothing in the catalog.</summary>
/// <param name="Kind">What it was given as.</param>
/// <param name="Name">The name, normalised as it is matched.</param>
/// <param name="Count">How often it was given.</param>
/// <param name="First">First local day on which it was.</param>
/// <param name="Last">Last local day on which it was.</param>
public sealed record UnmatchedName(UnmatchedKind Kind, string Name, long Count, DateOnly First, DateOnly Last);

/// <summary>An attempt to fit a brand's models.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="At">When.</param>
/// <param name="Refusal">Why there are too few paths for a fit, in a sentence; null when there are enough.</param>
public sealed record FitAttempt(string Brand, Timestamp At, string? Refusal);

/// <summary>What one fold added to the rollups of a brand. Kept for ever.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Number">1 for the brand's first, one more for each later.</param>
/// <param name="At">When; never before the manifest before it, whatever the clocks of several hosts say.</param>
/// <param name="Sums">What was added, by key.</param>
public sealed record FoldManifestDocument(string Brand, long Number, Timestamp At, MeasureSums Sums);
