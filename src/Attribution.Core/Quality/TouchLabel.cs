namespace Attribution.Core.Quality;

/// <summary>What makes a touch no person's act. A labelled touch is kept and counted under its label, and earns nothing. Stored: never renumber.</summary>
public enum TouchLabel
{
    /// <summary>A person's, as far as one can tell.</summary>
    None = 0,

    /// <summary>A crawler, by its user agent or by the redirector's word.</summary>
    Bot = 1,

    /// <summary>A browser fetching ahead of its user.</summary>
    Prefetch = 2,

    /// <summary>A <c>HEAD</c> request.</summary>
    Head = 3,
}
