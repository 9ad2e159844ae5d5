namespace Attribution.Core.Crediting;

/// <summary>The place of a renewal in its subscription.</summary>
/// <param name="FirstOrder">The subscription's first order; null if it is not known.</param>
/// <param name="Number">
/// Its number among the subscription's renewals that were not canceled, from 1. A payment between two renewals, such as
/// an upgrade, has the number of the renewal before it.
/// </param>
/// <param name="FollowsFirstOrder">
/// True if an agreement with a creator credited for the first order pays for it, so that it is credited as that order was.
/// </param>
internal sealed record Renewal(ConversionFacts? FirstOrder, int Number, bool FollowsFirstOrder);

/// <summary>The explanation of a renewal.</summary>
/// <param name="FirstOrder">Key of the subscription's first order; null if that is not known.</param>
/// <param name="Number">Its number among the subscription's renewals; 0 if it is not known, or before the first one.</param>
/// <param name="FollowsFirstOrder">True if it is credited as the first order was.</param>
public sealed record DecidedRenewal(string? FirstOrder, int Number, bool FollowsFirstOrder)
{
    /// <summary>Describes the renewal in one sentence.</summary>
    public string Description
    {
        get
        {
            var (name, order) = (Number > 0 ? $"Renewal {Number}" : "Payment", FirstOrder?[2..]);
            if (order is null) return "Renewal of a subscription whose first order is not known.";
            return FollowsFirstOrder ? $"{name} of the order {order}, credited as that order." : $"{name} of the order {order}.";
        }
    }
}
