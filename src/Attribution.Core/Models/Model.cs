namespace Attribution.Core.Models;

/// <summary>An attribution model. Stored: never renumber.</summary>
public enum Model
{
    /// <summary>Everything to the first touch.</summary>
    FirstTouch = 0,

    /// <summary>Everything to the last touch.</summary>
    LastTouch = 1,

    /// <summary>Equal shares.</summary>
    Linear = 2,

    /// <summary>Shares that halve with each half-life before the latest touch.</summary>
    TimeDecay = 3,

    /// <summary>40 % to the first, 40 % to the last, the rest equally to those between.</summary>
    PositionBased = 4,

    /// <summary>20 % to the first, 60 % to the last, the rest equally to those between.</summary>
    JShaped = 5,

    /// <summary>60 % to the first, 20 % to the last, the rest equally to those between.</summary>
    InverseJ = 6,

    /// <summary>The whole value to each; the shares add up to more than the whole.</summary>
    Participation = 7,

    /// <summary>Shares by removal effect over all paths; fitted.</summary>
    Markov = 8,

    /// <summary>Shares by Shapley value over all paths; fitted.</summary>
    Shapley = 9,

    /// <summary>
    /// Not a model of its own: reports each conversion under the model that wrote its ledger lines. Equals the ledger
    /// even if a brand changed its book model.
    /// </summary>
    Book = 10,
}
