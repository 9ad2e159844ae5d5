using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>Attributes of a CloudEvent that events use; null when absent.</summary>
internal sealed record CloudEventAttributes
{
    public string? SpecVersion { get; set; }

    public string? Id { get; set; }

    public string? Type { get; set; }

    public string? Source { get; set; }

    public string? Time { get; set; }

    public string? DataContentType { get; set; }

    public IEnumerable<(string Name, string? Value)> Required => [("id", Id), ("type", Type), ("source", Source)];

    public void Set(string name, string value)
    {
        switch (name)
        {
            case "specversion": SpecVersion = value; break;
            case "id": Id = value; break;
            case "type": Type = value; break;
            case "source": Source = value; break;
            case "time": Time = value; break;
            case "datacontenttype": DataContentType = value; break;
            default: break;
        }
    }

    public MappedEvent Reject(RejectionReason reason, string pointer, string detail) =>
        new() { Fault = new EventFault(reason, pointer, detail), EventId = Id };
}
