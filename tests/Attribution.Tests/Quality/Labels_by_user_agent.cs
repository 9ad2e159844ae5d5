using Attribution.Core.Quality;
using CsvHelper;

namespace Attribution.Tests.Quality;

public class Labels_by_user_agent
{
    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36")]
    [InlineData("TelegramBot (like TwitterBot)")]
    [InlineData("some robots")]
    [InlineData("MyCubot/1.0 ubot")]
    [InlineData("CUBOT and Bingbot")]
    [InlineData("curl/8.5.0")]
    [InlineData("WhatsApp/2.23.20.0 A")]
    public void What_calls_itself_a_program_is_a_bot(string userAgent) => TouchLabels.OfUserAgent(userAgent).ShouldBe(TouchLabel.Bot);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; Cubot X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Mobile Safari/537.36")]
    [InlineData("cubot")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; Botany Pro) AppleWebKit/537.36")]
    public void A_persons_browser_is_none(string? userAgent) => TouchLabels.OfUserAgent(userAgent).ShouldBe(TouchLabel.None);

    [Fact]
    public void No_browser_inside_an_app_is_taken_for_a_bot()
    {
        var browsers = Published("browser");
        browsers.Count.ShouldBe(52);
        browsers.Where(userAgent => TouchLabels.OfUserAgent(userAgent) != TouchLabel.None).ShouldBeEmpty();
    }

    /// <summary>The rule of today reaches 80.9 % of the published crawlers; the floor keeps it from getting worse unseen.</summary>
    [Fact]
    public void At_least_four_in_five_published_crawlers_are_labelled()
    {
        var bots = Published("bot");
        var recall = bots.Count(userAgent => TouchLabels.OfUserAgent(userAgent) == TouchLabel.Bot) / (double)bots.Count;
        TestContext.Current.TestOutputHelper?.WriteLine($"recall {recall:P1} of {bots.Count}");
        recall.ShouldBeGreaterThan(0.8);
    }

    private static List<string> Published(string expected)
    {
        using var csv = new CsvReader(new StreamReader(Oracle.Path("bots/user_agents.csv")), CultureInfo.InvariantCulture);
        var rows = new List<string>();
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
            if (csv["expected"] == expected) rows.Add(csv["user_agent"]!);
        return rows;
    }
}
