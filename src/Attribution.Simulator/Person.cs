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
}
