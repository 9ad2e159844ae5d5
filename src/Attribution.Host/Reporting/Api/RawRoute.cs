using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Reporting.Api;

/// <summary>Access to the path of a request exactly as the client sent it.</summary>
internal static class RawRoute
{
    /// <summary>
    /// Returns the last segment of the path, decoded. Route values keep <c>%2F</c> encoded, so that the ids <c>a/b</c>
    /// and <c>a%2Fb</c> could not be distinguished.
    /// </summary>
    public static string DecodeLastSegment(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = (target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? target[..end] : target)
            .TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
