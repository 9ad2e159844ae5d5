namespace Attribution.Host.Tests.Fixtures;

/// <summary>The system's clock with an offset that tests change.</summary>
public sealed class OffsetClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
