using Attribution.Core.Values;

namespace Attribution.Core.Tests.Values;

public class TextNormalizationTests
{
    [Theory]
    [InlineData(" mia10 ", "MIA10")]
    [InlineData("zoe\u0308", "ZO\u00CB")]
    [InlineData("zo\u00eb", "ZO\u00CB")]
    [InlineData("i", "I")]
    [InlineData("\u0131", "\u0131")] // dotless i has no ordinal capital, so the code differs from MIA
    [InlineData("two  words", "TWO  WORDS")]
    [InlineData("\t\n", "")]
    public void Code_is_trimmed_composed_and_uppercased(string sent, string kept) => TextNormalizer.Code(sent).ShouldBe(kept);

    [Theory]
    [InlineData(" Spring \t\r\n Sale ", "SPRING SALE")]
    [InlineData("\u00a0mia\u2003glow\u00a0", "MIA GLOW")]
    [InlineData("   ", "")]
    [InlineData("", "")]
    public void Utm_value_has_whitespace_collapsed(string sent, string kept) => TextNormalizer.UtmValue(sent).ShouldBe(kept);

    [Theory]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("  Mia  ", "  Mia  ")]
    public void Other_text_is_composed_and_otherwise_unchanged(string sent, string kept) => TextNormalizer.Text(sent).ShouldBe(kept);

    [Fact]
    public void Text_without_a_normal_form_is_replaced_and_never_throws()
    {
        // Not inline data, because attributes store text as UTF-8, which cannot represent these characters.
        TextNormalizer.Text("a\ud800b").ShouldBe("a\ufffdb");
        TextNormalizer.Text("\udc00").ShouldBe("\ufffd");
        TextNormalizer.Text("\ufffe").ShouldBe("\ufffd");
        TextNormalizer.Text("\ud83d\ude00\ud83d").ShouldBe("\ud83d\ude00\ufffd");
    }

    [Fact]
    public void Normalization_is_idempotent_for_every_character()
    {
        for (var character = 0; character <= char.MaxValue; character++)
        {
            foreach (var text in new[] { ((char)character).ToString(), $"a{(char)character}\u0301\u0308" })
            {
                var code = TextNormalizer.Code(text);
                TextNormalizer.Code(code).ShouldBe(code);
                var value = TextNormalizer.UtmValue(text);
                TextNormalizer.UtmValue(value).ShouldBe(value);
            }
        }
    }
}
