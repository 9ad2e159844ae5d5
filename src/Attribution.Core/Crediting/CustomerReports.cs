using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The reports of one conversion about its customer.</summary>
/// <param name="Conversion">The conversion's key.</param>
/// <param name="At">The conversion's time.</param>
/// <param name="CustomerKeys">Every customer key that a report names; empty if there is none.</param>
/// <param name="IsNew">True if the customer is new, as last reported; null if no report states it.</param>
/// <param name="IsKeptApart">True if a limit on linking kept the conversion apart from others of its customer.</param>
internal sealed record CustomerReports(
    string Conversion, Timestamp At, IReadOnlyList<string> CustomerKeys, bool? IsNew, bool IsKeptApart)
{
    /// <summary>Gets a value indicating whether the conversion is an order.</summary>
    public bool IsOrder => IdentityRules.IsOrderKey(Conversion);

    /// <summary>Returns the reports of each conversion of a journey.</summary>
    public static IEnumerable<CustomerReports> FromJourney(Journey journey) =>
        journey.ReportedConversions.GroupBy(IdentityRules.ConversionKey, StringComparer.Ordinal)
            .Select(reports => FromReports(reports.Key, [.. reports]));

    /// <summary>Returns the reports of a conversion, which are ordered by (time, source, id).</summary>
    private static CustomerReports FromReports(string conversion, List<ReportedConversion> reports)
    {
        var at = reports[0].At;
        if (reports.Exists(report => report.StateAt is not null)) reports.Sort(EventOrder.CompareStates);
        return new(
            conversion, at, [.. reports.Select(report => report.CustomerKey).OfType<string>().Distinct(StringComparer.Ordinal)],
            reports.FindLast(report => report.IsNewCustomer is not null)?.IsNewCustomer,
            reports.Exists(report => report.ExceededLimits.HasFlag(LinkLimits.ConversionsPerJourney)));
    }
}
