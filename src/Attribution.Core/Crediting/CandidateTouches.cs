using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The touches of a journey that can earn credit, in order, and the claimants of the journey.</summary>
internal sealed class CandidateTouches
{
    private readonly CandidateTouch[] touches;

    private CandidateTouches(CandidateTouch[] touches, Claimants claimants) =>
        (this.touches, Claimants) = (touches, claimants);

    /// <summary>Creates an instance without touches.</summary>
    public static CandidateTouches None => new([], new());

    /// <summary>Gets the claimants of the journey: those of the touches, and those of codes added since.</summary>
    public Claimants Claimants { get; }

    /// <summary>Selects the candidates among a journey's evaluated touches.</summary>
    public static CandidateTouches FromTouches(ImmutableArray<Touch> touches, CatalogSnapshot catalog)
    {
        var (candidates, claimants) = (new List<CandidateTouch>(touches.Length), new Claimants());
        foreach (var touch in touches)
            if (touch.Role == TouchRole.Kept)
                candidates.Add(CandidateTouch.FromTouch(touch, catalog, claimants.GetOrAddIndex(touch.Placement!)));
        return new([.. candidates], claimants);
    }

    /// <summary>Returns the candidates between two instants, both inclusive.</summary>
    public ReadOnlySpan<CandidateTouch> Between(Timestamp from, Timestamp to)
    {
        var (first, end) = (IndexOfFirstFrom(from), IndexOfFirstFrom(new(to.UnixMilliseconds + 1)));
        return touches.AsSpan(first, end - first);
    }

    /// <summary>Returns the index of the first candidate that is not before an instant.</summary>
    private int IndexOfFirstFrom(Timestamp at)
    {
        var (from, to) = (0, touches.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (touches[middle].At < at) from = middle + 1;
            else to = middle;
        }

        return from;
    }
}
