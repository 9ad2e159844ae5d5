namespace Attribution.Core.Journeys;

/// <summary>The role of a touch in counting and crediting. Stored: never renumber.</summary>
public enum TouchRole
{
    /// <summary>Matched nothing in the catalog.</summary>
    Unmatched = 0,

    /// <summary>An independent touch: it counts, and it can earn credit.</summary>
    Kept = 1,

    /// <summary>
    /// Within 30 minutes after the previous touch of the same placement: it counts, but earns no credit.
    /// </summary>
    SameTouch = 2,

    /// <summary>A visit that belongs to a click: it counts as a visit, but not as an independent touch.</summary>
    OfClick = 3,

    /// <summary>A labeled touch: it counts under its label only.</summary>
    Labelled = 4,

    /// <summary>A visit that belongs to a labeled click: it is not counted.</summary>
    OfLabelledClick = 5,
}
