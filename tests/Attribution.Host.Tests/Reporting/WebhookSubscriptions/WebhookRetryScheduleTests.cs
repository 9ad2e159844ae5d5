using Attribution.Host.Reporting.WebhookSubscriptions;

namespace Attribution.Host.Tests.Reporting.WebhookSubscriptions;

/// <summary>The times between attempts.</summary>
public sealed class WebhookRetryScheduleTests
{
    [Fact]
    public void Attempts_take_about_three_days_and_then_end()
    {
        var delays = Enumerable.Range(1, WebhookRetrySchedule.MaxAttempts).Select(attempt => WebhookRetrySchedule.DelayAfter("msg_a", attempt, null)).ToList();

        delays[^1].ShouldBeNull();
        delays.SkipLast(1).Select(delay => delay!.Value).ShouldBeInOrder();
        delays.Sum(delay => delay?.TotalDays ?? 0).ShouldBeInRange(3.1, 3.8);
    }

    [Theory]
    [InlineData("00:01:00", "00:01:00")]
    [InlineData("9.00:00:00", "1.00:00:00")]
    public void Longer_wait_that_the_receiver_asks_for_is_respected_up_to_a_day(string asked, string delay) =>
        WebhookRetrySchedule.DelayAfter("msg_a", 1, TimeSpan.Parse(asked, CultureInfo.InvariantCulture)).ShouldBe(TimeSpan.Parse(delay, CultureInfo.InvariantCulture));

    [Fact]
    public void Messages_are_not_tried_again_at_the_same_moment()
    {
        var delays = Enumerable.Range(0, 50).Select(message => WebhookRetrySchedule.DelayAfter($"msg_{message}", 1, TimeSpan.FromSeconds(-1))!.Value).ToList();

        delays.Distinct().Count().ShouldBeGreaterThan(40);
        delays.ShouldAllBe(delay => delay >= TimeSpan.FromSeconds(5) && delay <= TimeSpan.FromSeconds(6));
    }
}
