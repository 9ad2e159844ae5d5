namespace Attribution.Core.Events;

/// <summary>The parameters of a landing that are read, by index.</summary>
internal static class LandingParameters
{
    /// <summary>Number of parameters.</summary>
    public const int Count = 7;

    /// <summary>Index of the click id.</summary>
    public const int ClickId = 6;

    /// <summary>Returns the index of a parameter by its exact name; -1 for others.</summary>
    public static int IndexOf(ReadOnlySpan<char> name) => name switch
    {
        "utm_source" => 0,
        "utm_medium" => 1,
        "utm_campaign" => 2,
        "utm_content" => 3,
        "utm_term" => 4,
        "utm_id" => 5,
        "atr_cid" => ClickId,
        _ => -1,
    };
}
