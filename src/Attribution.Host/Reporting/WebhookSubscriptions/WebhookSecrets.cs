using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>Secrets and signatures of Standard Webhooks (symmetric, version 1).</summary>
internal static class WebhookSecrets
{
    /// <summary>Time for which messages are also signed with the previous secret.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    private const string Prefix = "whsec_";

    /// <summary>Returns a subscription with a new secret; its previous one stays valid for <see cref="Overlap"/>.</summary>
    public static WebhookSubscriptionDocument Rotate(WebhookSubscriptionDocument subscription, Timestamp now) => subscription with
    {
        Secret = WebhookSecretRequest.GenerateSecret(), PreviousSecret = subscription.Secret, PreviousSecretUntil = now + Overlap,
    };

    /// <summary>Returns the header <c>webhook-signature</c>: a signature for each valid secret, separated by spaces.</summary>
    public static string Sign(WebhookSubscriptionDocument subscription, string id, long seconds, string body, Timestamp now)
    {
        var content = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.{body}"));
        var signature = Sign(subscription.Secret, content);
        return subscription.PreviousSecret is { } previous && now < subscription.PreviousSecretUntil
            ? $"{signature} {Sign(previous, content)}"
            : signature;
    }

    private static string Sign(string secret, byte[] content) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), content));
}
