namespace Attribution.Core.Crediting;

/// <summary>
/// The precedence of codes over touches. It applies under every model. A code always credits its own placement.
/// </summary>
public enum PolicyKind
{
    /// <summary>
    /// Valid codes take everything, split evenly among their placements; without a valid code, the model splits among
    /// the touches.
    /// </summary>
    CodeFirst,

    /// <summary>The model splits among the touches; codes count only if there are no touches.</summary>
    TouchFirst,

    /// <summary>
    /// A code counts only if its creator also has a touch within the lookback; otherwise the touches count.
    /// </summary>
    IfInvolved,

    /// <summary>
    /// A code counts only if its creator also has the greatest weight under the model; otherwise the touches count.
    /// </summary>
    IfWinner,

    /// <summary>
    /// A fixed share goes to the codes and the rest to the touches; if one side is empty, the other takes everything.
    /// </summary>
    Split,

    /// <summary>A code counts as one more touch at the conversion's time; the model decides.</summary>
    AllEvidence,
}
