namespace Attribution.Core.Values;

/// <summary>Makes the ids of everything we name ourselves: UUIDs of version 7, so that new documents land side by side. Thread-safe.</summary>
public sealed class IdGenerator(TimeProvider time)
{
    /// <summary>A new id, ordered by the time it was made.</summary>
#pragma warning disable RS0030 // The one place that may: every id comes from here.
    public Guid Next() => Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030
}
