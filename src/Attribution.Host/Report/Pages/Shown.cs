namespace Attribution.Host.Report.Pages;

/// <summary>What the page of one request shows: components read it, endpoints fill it. Scoped.</summary>
internal sealed class Shown
{
    private object? answer;

    /// <summary>What the page is about; null where the address was at fault.</summary>
    public PageView? View { get; private set; }

    /// <summary>What the page is about.</summary>
    public PageView About => View ?? throw new InvalidOperationException("The address was at fault; there is nothing that the page is about.");

    /// <summary>The API's answer that the page shows.</summary>
    public T Answer<T>() where T : class => (T)answer!;

    /// <summary>The answer, where it is of this kind.</summary>
    public T? Maybe<T>() where T : class => answer as T;

    public void Fill(PageView? view, object? shown) => (View, answer) = (view, shown);
}
