using System.Text;
using Attribution.Core.Quality;
using Attribution.TestKit;
using CsvHelper;

namespace Attribution.Core.Tests.Quality;

public class BotRulesTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("TelegramBot (like TwitterBot)")]
    [InlineData("some robots")]
    [InlineData("MyCubot/1.0 ubot")]
    [InlineData("CUBOT and Bingbot")]
    [InlineData("curl/8.5.0")]
    [InlineData("WhatsApp/2.23.20.0 A")]
    [InlineData("a-shop-of-ours/3.1")]
    [InlineData("Mozilla/5.0 (compatible; SomethingNew/1.0)")]
    [InlineData("check_http/v2.2.1 (nagios-plugins 2.2.1)")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT) NewsNow/1.0")]
    [InlineData("websitepulse checker/3.0 (compatible; MSIE 5.5; Netscape 4.75; Linux)")]
    [InlineData("ModularConnector/1.0 (Linux)")]
    [InlineData("Mozilla/5.0 SeznamEmailProxy/2.0.174")]
    [InlineData("Mozilla/5.0 infrawatch/0.1")]
    public void User_agent_of_a_program_is_a_bot(string userAgent) => BotRules.Default.Classify(userAgent).ShouldBe(TouchLabel.Bot);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mozilla/5.0")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; Botany Pro) AppleWebKit/537.36")]
    [InlineData("Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)")]
    [InlineData("TikTok 26.2.0 rv:262018 (iPhone; iOS 14.4.2; en_US) Cronet")]
    [InlineData("Snapchat/12.0.1.71 BETA (M bot 51; Android 10#123; gzip; )")]
    [InlineData("Dalvik/2.1.0 (Linux; U; Android 7.0; M bot 60 Build/NRD90M)")]
    public void User_agent_of_a_browser_is_not_a_bot(string? userAgent) => BotRules.Default.Classify(userAgent).ShouldBe(TouchLabel.None);

    [Theory]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; MistralAI-User/1.0; +https://docs.mistral.ai/robots)")]
    [InlineData("Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Google-Agent; +https://developers.google.com/x)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 (compatible; Google-GeminiNotebook; +https://developers.google.com/x)")]
    [InlineData("Mozilla/5.0 (compatible; Google-NotebookLM)")]
    [InlineData("meta-externalfetcher/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Amzn-User/0.1) Chrome/119.0.6045.214 Safari/537.36")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36; Manus-User/1.0")]
    [InlineData("kagi-fetcher/1.0")]
    public void Program_that_acts_for_a_person_is_an_assistant(string userAgent) =>
        BotRules.Default.Classify(userAgent).ShouldBe(TouchLabel.Assistant);

    [Theory]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-SearchBot/1.0; +https://anthropic.com)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)")]
    [InlineData("meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)")]
    [InlineData("FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)")]
    [InlineData("Mozilla/5.0 (compatible; Google-Site-Verification/1.0)")]
    [InlineData("GoogleMessages")]
    public void Crawler_of_a_company_with_an_assistant_is_a_bot(string userAgent) =>
        BotRules.Default.Classify(userAgent).ShouldBe(TouchLabel.Bot);

    [Fact]
    public void First_group_that_matches_determines_the_label()
    {
        var rules = BotRules.Parse(
            """{"version":"1","groups":[{"origin":"o","licence":"l","label":"assistant","bots":["helper"],"except":["x"]},{"origin":"o","licence":"l","bots":["."]}]}"""u8);

        (rules.Classify("a helper"), rules.Classify("a helper x"), rules.Classify("b")).ShouldBe((TouchLabel.Assistant, TouchLabel.Bot, TouchLabel.Bot));
    }

    [Fact]
    public void Programs_with_the_user_agent_of_a_browser_are_bots() =>
        Listed("programs.txt").Where(userAgent => BotRules.Default.Classify(userAgent) != TouchLabel.Bot).ShouldBeEmpty();

    [Fact]
    public void Names_of_carriers_devices_and_products_are_no_marks_of_bots() =>
        Listed("people.txt").Where(userAgent => BotRules.Default.Classify(userAgent) != TouchLabel.None).ShouldBeEmpty();

    [Fact]
    public void In_app_browsers_are_not_bots()
    {
        var browsers = Published("browser");
        browsers.Count.ShouldBe(52);
        browsers.Where(userAgent => BotRules.Default.Classify(userAgent) != TouchLabel.None).ShouldBeEmpty();
    }

    [Fact]
    public void At_least_993_in_1000_published_crawlers_are_labeled()
    {
        var bots = Published("bot");
        bots.Count.ShouldBe(2_107);
        var missed = bots.Where(userAgent => BotRules.Default.Classify(userAgent) == TouchLabel.None).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{missed.Count} of {bots.Count} missed:\n{string.Join('\n', missed)}");
        ((double)missed.Count / bots.Count).ShouldBeLessThanOrEqualTo(0.007);
    }

    [Fact]
    public void Cached_results_equal_computed_ones_at_any_cache_size()
    {
        var rules = BotRules.Parse("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["odd"]}]}"""u8);
        for (var round = 0; round < 2; round++)
            for (var i = 0; i < 20_000; i++)
                rules.Classify($"{i} {(i % 2 == 1 ? "ODD" : "even")}").ShouldBe(i % 2 == 1 ? TouchLabel.Bot : TouchLabel.None);
    }

    [Fact]
    public void Exception_applies_only_to_its_own_group()
    {
        var rules = BotRules.Parse("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["a"],"except":["x"]},{"origin":"o","licence":"l","bots":["b"]}]}"""u8);
        (rules.Classify("a"), rules.Classify("ax"), rules.Classify("abx")).ShouldBe((TouchLabel.Bot, TouchLabel.None, TouchLabel.Bot));
    }

    [Fact]
    public void Free_text_is_read_by_exceptions_only()
    {
        var rules = BotRules.Parse("""{"version":"1","freeText":["model=[^;]*"],"groups":[{"origin":"o","licence":"l","bots":["bot","^q"],"except":["phone"]}]}"""u8);
        (rules.Classify("model=bot; x"), rules.Classify("model=x; bot"), rules.Classify("q model=phone")).ShouldBe((TouchLabel.None, TouchLabel.Bot, TouchLabel.None));
    }

    [Theory]
    [InlineData("""{"version":"1","freeText":["(b"],"groups":[{"origin":"o","licence":"l","bots":["a"]}]}""", "freeText/0: '(b' is not a regular expression")]
    [InlineData("[", "Not a file of bot rules: ")]
    [InlineData("null", "The file is null.")]
    [InlineData("""{"version":"1","groups":[]}""", "groups: at least one is required.")]
    [InlineData("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":[]}]}""", "groups/0/bots: at least one expression is required.")]
    [InlineData("""{"version":"1","groups":[{"licence":"l","bots":["a"]}]}""", "Not a file of bot rules: JSON deserialization for type 'Attribution.Core.Quality.RulesGroup' was missing required properties including: 'origin'.")]
    [InlineData("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["a"],"bot":[]}]}""", "Not a file of bot rules: The JSON property 'bot' could not be mapped")]
    [InlineData("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["a","(b"]}]}""", "groups/0/bots/1: '(b' is not a regular expression")]
    [InlineData("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["(?<!x)a"]}]}""", "groups/0/bots/0: '(?<!x)a' is not a regular expression that can be evaluated in linear time (without lookarounds and backreferences)")]
    [InlineData("""{"version":"1","groups":[{"origin":"o","licence":"l","bots":["a*"]}]}""", "groups/0/bots/0: 'a*' matches the empty text, and therefore everything.")]
    public void Invalid_rules_file_is_rejected_with_the_position(string json, string message) =>
        Should.Throw<FormatException>(() => BotRules.Parse(Encoding.UTF8.GetBytes(json))).Message.ShouldStartWith(message);

    private static string[] Listed(string file)
    {
        var userAgents = File.ReadAllLines(Path.Combine(TestData.Repository, "tests", "testdata", "user-agents", file));
        userAgents.Length.ShouldBeGreaterThan(10);
        return userAgents;
    }

    private static List<string> Published(string expected)
    {
        using var csv = new CsvReader(new StreamReader(TestData.Path("bots/user_agents.csv")), CultureInfo.InvariantCulture);
        var rows = new List<string>();
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
            if (csv["expected"] == expected) rows.Add(csv["user_agent"]!);
        return rows;
    }
}
