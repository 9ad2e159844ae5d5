using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>The reason why an agreement pays nothing for a conversion.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<WithheldReason>))]
public enum WithheldReason
{
    /// <summary>It pays for new customers only, and the customer is not new.</summary>
    ReturningCustomer = 1,

    /// <summary>It pays for new customers only and holds conversions of unknown customers.</summary>
    UnknownCustomer = 2,

    /// <summary>The order used a code that the agreement excludes.</summary>
    ExcludedCode = 3,

    /// <summary>The order is a renewal of a subscription that the agreement does not pay for.</summary>
    Renewal = 4,

    /// <summary>The order consists of products only that the agreement excludes.</summary>
    ExcludedProduct = 5,
}

/// <summary>An agreement with a credited creator that pays nothing for a conversion.</summary>
/// <param name="Placement">The credited placement.</param>
/// <param name="Agreement">The agreement's id.</param>
/// <param name="Reason">The reason.</param>
public sealed record WithheldCommission(Placement Placement, string Agreement, WithheldReason Reason)
{
    /// <summary>Gets the reason as text.</summary>
    public string Description => Reason switch
    {
        WithheldReason.ReturningCustomer => "The agreement pays for new customers only, and the customer is not new.",
        WithheldReason.UnknownCustomer =>
            "The agreement pays for new customers only, and it is unknown whether the customer is new. It pays as soon as it "
            + "is known that they are.",
        WithheldReason.ExcludedCode => "The order used a code that the agreement excludes.",
        WithheldReason.Renewal => "The order is a renewal of a subscription that the agreement does not pay for.",
        WithheldReason.ExcludedProduct => "The order consists only of products that the agreement excludes.",
        _ => throw new InvalidOperationException($"Unknown reason: {Reason}."),
    };
}
