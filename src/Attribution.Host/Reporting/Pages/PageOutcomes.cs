namespace Attribution.Host.Reporting.Pages;

/// <summary>Answer of a form that succeeded and that is shown without a redirect.</summary>
internal sealed record FormCompleted(object Answer);

/// <summary>Redirect to a local address.</summary>
internal sealed record PageRedirect(string Url);

/// <summary>Outcome of a page that has written the response itself.</summary>
internal sealed record PageWritten
{
    public static readonly PageWritten Instance = new();

    private PageWritten()
    {
    }
}
