namespace Attribution.Host.Ingest;

/// <summary>Formats in which <c>POST /v1/events</c> accepts events.</summary>
internal enum BodyFormat
{
    /// <summary><c>application/json</c>: one event or an array.</summary>
    Json,

    /// <summary><c>application/x-ndjson</c>: one event per line.</summary>
    Ndjson,

    /// <summary><c>application/cloudevents+json</c>: one CloudEvent.</summary>
    CloudEvent,

    /// <summary><c>application/cloudevents-batch+json</c>: an array of CloudEvents.</summary>
    CloudEventBatch,

    /// <summary>
    /// <c>application/json</c> with the header <c>ce-specversion</c>: the body is the data of one CloudEvent.
    /// </summary>
    CloudEventBinary,
}
