using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>A bar at the gates, which keeps commits out while exclusive work runs.</summary>
internal sealed class GateBar
{
    /// <summary>Gets the id that the gates name.</summary>
    public ObjectId Id { get; } = ObjectId.GenerateNewId();

    /// <summary>Gets or sets the last transaction that opened the gates; null if none did.</summary>
    public MongoSession? Reopening { get; set; }

    /// <summary>Gets or sets a value indicating whether a committed transaction opened the gates.</summary>
    public bool IsRemoved { get; set; }
}
