using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Reporting.Api;

/// <summary>What stands in an address, as its sender meant it.</summary>
internal static class RawRoute
{
    /// <summary>
    /// The last segment of the address, decoded. The framework leaves <c>%2F</c> in a segment as it is, so that an id <c>a/b</c> and one of the letters <c>a%2Fb</c> would be the same to it.
    /// </summary>
    public static string DecodeLastSegment(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = (target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? target[..end] : target).TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
