using System.Text;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Values;

public class TimestampTests
{
    [Theory]
    [InlineData("2026-03-02T10:15:00Z", "2026-03-02T10:15:00Z")]
    [InlineData("2026-03-02t10:15:00z", "2026-03-02T10:15:00Z")]
    [InlineData("2026-03-02T11:15:00+01:00", "2026-03-02T10:15:00Z")]
    [InlineData("2026-03-02T04:45:00-05:30", "2026-03-02T10:15:00Z")]
    [InlineData("2026-03-01T12:00:00-23:59", "2026-03-02T11:59:00Z")]
    [InlineData("2026-03-02T10:15:00-00:00", "2026-03-02T10:15:00Z")]
    [InlineData("2026-03-02T10:15:00.1Z", "2026-03-02T10:15:00.100Z")]
    [InlineData("2026-03-02T10:15:00.12399999999Z", "2026-03-02T10:15:00.123Z")]
    [InlineData("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void Time_with_an_offset_is_an_instant_in_milliseconds(string text, string instant)
    {
        Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var time).ShouldBeTrue();
        time.ToString().ShouldBe(instant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-03-02")]
    [InlineData("2026-03-02T10:15:00")]
    [InlineData("2026-03-02T10:15:00.5")]
    [InlineData("2026-03-02T10:15:00.Z")]
    [InlineData("2026-03-02T10:15Z+00:0")]
    [InlineData("2026-03-02 10:15:00Z")]
    [InlineData("2026-03-02T10:15:00+0100")]
    [InlineData("2026-03-02T10:15:00+24:00")]
    [InlineData("2026-03-02T10:15:00+01:60")]
    [InlineData("2026-03-02T10:15:00ZZ")]
    [InlineData("2026-03-02T10:15:00 Z")]
    [InlineData("2026-02-29T10:15:00Z")]
    [InlineData("2026-00-02T10:15:00Z")]
    [InlineData("2026-13-02T10:15:00Z")]
    [InlineData("2026-03-00T10:15:00Z")]
    [InlineData("2026-03-02T24:00:00Z")]
    [InlineData("2026-03-02T10:60:00Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("+026-03-02T10:15:00Z")]
    [InlineData("２026-03-02T10:15:00Z")]
    public void Anything_else_is_rejected(string text) => Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();
}
