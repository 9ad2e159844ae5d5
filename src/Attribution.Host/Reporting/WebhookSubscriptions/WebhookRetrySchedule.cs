using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>The times between attempts: those that Standard Webhooks suggests, together three days.</summary>
internal static class WebhookRetrySchedule
{
    private const double MaxJitter = 0.2;

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Gets the longest delay without jitter.</summary>
    public static TimeSpan MaxDelay => Delays[^1];

    /// <summary>Gets the number of attempts after which a message is parked.</summary>
    public static int MaxAttempts => Delays.Length + 1;

    /// <summary>Returns the time to the next attempt; null if there is none.</summary>
    /// <param name="message">The message. Its id determines the jitter, up to a fifth of the delay.</param>
    /// <param name="attempts">The number of failed attempts; at least 1.</param>
    /// <param name="retryAfter">The time that the receiver asked for; null if it did not.</param>
    public static TimeSpan? DelayAfter(string message, int attempts, TimeSpan? retryAfter)
    {
        if (attempts >= MaxAttempts) return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message} {attempts}")));
        var delay = Delays[attempts - 1] * (1 + (MaxJitter * BinaryPrimitives.ReadUInt32LittleEndian(hash) / uint.MaxValue));
        var asked = retryAfter is { } time && time > MaxDelay ? MaxDelay : retryAfter;
        return asked > delay ? asked : delay;
    }
}
