namespace Attribution.Core.Models;

/// <summary>A set of models, with one bit per model by its number.</summary>
[Flags]
public enum ModelSet
{
    /// <summary>No model.</summary>
    None = 0,

    /// <summary>Every model that needs no fit.</summary>
    Heuristic = 0xFF,

    /// <summary>Every model that needs a fit.</summary>
    Fitted = 0x300,
}
