using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>Section <c>WebhookSubscriptions</c>.</summary>
internal sealed class WebhookSubscriptionOptions
{
    /// <summary>
    /// Acceptance of <c>http</c> addresses of receivers. Messages are then sent unencrypted. Default: false; true, false.
    /// </summary>
    public bool AllowHttp { get; set; }

    /// <summary>
    /// Sending to private, loopback, link-local and reserved addresses. Otherwise they are refused when the name of the
    /// receiver is resolved. Default: false; true, false.
    /// </summary>
    public bool AllowPrivateTargets { get; set; }

    /// <summary>
    /// Interval of the check for new messages. Longer makes messages later and checks cheaper. Default: 5 s; 100 ms to
    /// 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the answer of a receiver. Default: 15 s; 100 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Public address of the API, with which the links of messages begin, for example <c>https://attribution.example</c>.
    /// Default: none; links then begin with <c>/v1</c>.
    /// </summary>
    public string LinkBase { get; set; } = "";

    /// <summary>Returns the faults of values that depend on their form.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (LinkBase.Length > 0 && !(Uri.TryCreate(LinkBase, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"))
            yield return $"WebhookSubscriptions:LinkBase: '{LinkBase}' is not an http or https address, for example https://attribution.example.";
    }
}
