namespace Attribution.Simulator;

/// <summary>
/// One person, whose identifiers form one journey by construction. The facts of people, posts and the catalog are
/// recorded as they are generated: <see cref="GroundTruth"/> is counted from them, never from the events that report
/// them.
/// </summary>
internal sealed class Person
{
    public List<TouchFact> Touches { get; } = [];

    public List<ConversionFact> Conversions { get; } = [];

    /// <summary>Returns the person with what happened before an instant.</summary>
    public Person Until(DateTimeOffset end)
    {
        var person = new Person();
        person.Touches.AddRange(Touches.Where(touch => touch.At < end));
        person.Conversions.AddRange(Conversions.Where(conversion => conversion.At < end)
            .Select(conversion => conversion with { Refunds = [.. conversion.Refunds.Where(refund => refund.At < end)] }));
        return person;
    }
}
