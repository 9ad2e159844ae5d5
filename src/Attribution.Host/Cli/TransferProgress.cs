using Spectre.Console;

namespace Attribution.Host.Cli;

/// <summary>Shows how far a file is sent: a bar on a terminal, else a line every tenth of it.</summary>
internal sealed class TransferProgress
{
    private readonly Action<long> advanced;
    private readonly Action<string> writeLine;

    private TransferProgress(Action<long> advanced, Action<string> say) => (this.advanced, this.writeLine) = (advanced, say);

    /// <summary>So many more bytes are done with.</summary>
    public void Advance(long bytes) => advanced(bytes);

    /// <summary>Something the sender must know: a refused line, a pause.</summary>
    public void WriteLine(string line) => writeLine(line);

    /// <summary>The host asks for patience.</summary>
    public void ReportWait(TimeSpan pause) => WriteLine($"The host is busy; sending again in {pause.TotalSeconds:0} s.");

    /// <summary>Does the work and shows its progress.</summary>
    public static async Task<T> RunAsync<T>(string title, long bytes, Func<TransferProgress, Task<T>> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
            return await work(ForPlainOutput(title, bytes));

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async shown =>
            {
                var task = shown.AddTask(Markup.Escape(title), maxValue: Math.Max(1, bytes));
                return await work(new TransferProgress(done => task.Increment(done), line => AnsiConsole.WriteLine(line)));
            });
    }

    private static TransferProgress ForPlainOutput(string title, long bytes)
    {
        long done = 0;
        long tenths = 0;
        return new TransferProgress(
            more =>
            {
                done += more;
                if (bytes == 0 || done * 10 / bytes <= tenths)
                    return;
                tenths = done * 10 / bytes;
                Console.WriteLine($"{title}: {tenths * 10} %");
            },
            Console.Error.WriteLine);
    }
}
