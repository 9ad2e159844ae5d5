namespace Attribution.Core.Models;

/// <summary>An attribution model. Stored: never renumber.</summary>
public enum Model
{
    /// <summary>All to the first.</summary>
    FirstTouch = 0,

    /// <summary>All to the last.</summary>
    LastTouch = 1,

    /// <summary>Evenly.</summary>
    Linear = 2,

    /// <summary>Half as much for each half-life before the latest.</summary>
    TimeDecay = 3,

    /// <summary>40 % first, 40 % last, the rest evenly between.</summary>
    PositionBased = 4,

    /// <summary>20 % first, 60 % last, the rest evenly between.</summary>
    JShaped = 5,

    /// <summary>60 % first, 20 % last, the rest evenly between.</summary>
    InverseJ = 6,

    /// <summary>The whole value to each; shares add up to more than the whole.</summary>
    Participation = 7,

    /// <summary>By removal effect over all paths; fitted.</summary>
    Markov = 8,

    /// <summary>By Shapley value over all paths; fitted.</summary>
    Shapley = 9,

    /// <summary>
    /// No model of its own: each conversion under the one that wrote its ledger lines. What the ledger says, where a brand changed its
    /// book model.
    /// </summary>
    Book = 10,
}

/// <summary>A set of models, one bit each, by <see cref="Model"/>'s number.</summary>
[Flags]
public enum ModelSet
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Every model that needs no fit.</summary>
    Heuristic = 0xFF,

    /// <summary>Every model that needs one.</summary>
    Fitted = 0x300,
}
