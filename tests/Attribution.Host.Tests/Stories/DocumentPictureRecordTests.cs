using Attribution.TestKit;

namespace Attribution.Host.Tests.Stories;

/// <summary>The pictures in <c>docs/images</c> and the record beside them.</summary>
public sealed class DocumentPictureRecordTests
{
    private const string Renew = DocumentPictures.WriteVariable + "=1 bash tests/run.sh --filter FullyQualifiedName~DocumentPictureTests";

    [Fact]
    public void No_picture_is_older_than_its_page() =>
        DocumentPictures.ReadRecord().ShouldBe(DocumentPictures.All.Select(DocumentPictures.RecordOf), $"Pages have changed since these pictures were made. Renew them: {Renew}");

    [Fact]
    public void Every_picture_is_listed_small_and_shown_by_a_document()
    {
        var files = Directory.GetFiles(DocumentPictures.Folder).Where(file => !file.EndsWith(".txt", StringComparison.Ordinal)).ToList();
        files.ShouldBe(DocumentPictures.All.Select(DocumentPictures.PathOf), ignoreOrder: true);
        files.ShouldAllBe(file => new FileInfo(file).Length <= DocumentPictures.MaxSize);
        var guide = File.ReadAllText(Path.Combine(TestData.Repository, "docs/guides/analysts.md"));
        DocumentPictures.All.Where(picture => !guide.Contains($"](../images/{picture.Name}.webp)", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Sources_of_a_page_are_its_components_and_the_style_sheet()
    {
        var sources = DocumentPictures.SourcesOf("OverviewPage").Select(Path.GetFileName).ToList();
        foreach (var expected in (string[])["page.css", "OverviewPage.razor", "PageLayout.razor", "DayChart.razor"]) sources.ShouldContain(expected);
        sources.ShouldNotContain("OrderPage.razor");
    }
}
