namespace Attribution.Core.Quality;

/// <summary>
/// The labels of touches that were not made by a person. A labeled touch is stored and counted under its label, and
/// earns no credit, except touches of assistants where the brand credits them. The numbers are stored and must never change.
/// </summary>
public enum TouchLabel
{
    /// <summary>No label: the touch was made by a person, as far as is known.</summary>
    None = 0,

    /// <summary>A crawler, identified by its user agent or by the redirector.</summary>
    Bot = 1,

    /// <summary>A browser that prefetches a page.</summary>
    Prefetch = 2,

    /// <summary>A <c>HEAD</c> request.</summary>
    Head = 3,

    /// <summary>A program that acts for a person who asked for it. It earns credit where the brand credits assistants.</summary>
    Assistant = 4,
}
