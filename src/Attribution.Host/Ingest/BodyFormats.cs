using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Ingest;

/// <summary>The forms in which events come.</summary>
internal enum BodyFormat
{
    /// <summary><c>application/json</c>: one event or an array.</summary>
    Json,

    /// <summary><c>application/x-ndjson</c>: an event a line.</summary>
    Ndjson,

    /// <summary><c>application/cloudevents+json</c>: one CloudEvent.</summary>
    CloudEvent,

    /// <summary><c>application/cloudevents-batch+json</c>: an array of CloudEvents.</summary>
    CloudEventBatch,

    /// <summary><c>application/json</c> with <c>ce-specversion</c> among the headers: the body is one CloudEvent's data.</summary>
    CloudEventBinary,
}

/// <summary>Tells the forms apart.</summary>
internal static class BodyFormats
{
    /// <summary>The form of a request, by its headers.</summary>
    /// <exception cref="RequestRejectedException">Its content type or encoding is none that is read.</exception>
    public static BodyFormat FromRequest(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
            throw RequestRejectedException.UnsupportedContentType("A body with a Content-Encoding is not read; send it as it is.");
        if (string.IsNullOrWhiteSpace(request.ContentType))
            throw RequestRejectedException.UnsupportedContentType("The request names no Content-Type.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw RequestRejectedException.UnsupportedContentType("The Content-Type cannot be read.");
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw RequestRejectedException.UnsupportedContentType($"The charset {type.Charset} is not read.");

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => request.Headers.ContainsKey("ce-specversion") ? BodyFormat.CloudEventBinary : BodyFormat.Json,
            "application/x-ndjson" => BodyFormat.Ndjson,
            "application/cloudevents+json" => BodyFormat.CloudEvent,
            "application/cloudevents-batch+json" => BodyFormat.CloudEventBatch,
            _ => throw RequestRejectedException.UnsupportedContentType($"The content type {type.MediaType} is not read."),
        };
    }
}
