namespace Attribution.Host.Ingest;

/// <summary>A request is rejected as a whole, and nothing of it is stored. The response is a problem.</summary>
internal sealed class RequestRejectedException(int status, string reason, string detail) : Exception(detail)
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Gets the value of <c>errors[].reason</c>.</summary>
    public string Reason { get; } = reason;

    public static RequestRejectedException EmptyBody() => new(
        400, "body_empty", "The body is empty. Send one event, an array of events, NDJSON or CloudEvents.");

    public static RequestRejectedException Malformed(string detail) => new(400, "malformed", detail);

    public static RequestRejectedException BodyTooLarge(long limit) => new(
        413, "body_too_large",
        $"The body has more than {limit} bytes. Send several requests, or application/x-ndjson, which has no limit.");

    public static RequestRejectedException TooManyEvents(int limit) => new(
        413, "too_many_events",
        $"The body has more than {limit} events. Send several requests, or application/x-ndjson, which has no limit.");

    public static RequestRejectedException UnsupportedContentType(string detail) => new(
        415, "content_type_unknown",
        $"{detail} Send application/json, application/x-ndjson, application/cloudevents+json or application/cloudevents-batch+json, in UTF-8.");
}
