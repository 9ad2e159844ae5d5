namespace Attribution.Core.Values;

/// <summary>
/// A generator of internal ids: UUIDs of version 7, so that new documents are stored next to each other. Thread-safe.
/// </summary>
public sealed class IdGenerator(TimeProvider time)
{
    /// <summary>Returns a new id. Ids are ordered by their time of creation.</summary>
#pragma warning disable RS0030 // The only place that may use it: all ids are created here.
    public Guid Next() => Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030
}
