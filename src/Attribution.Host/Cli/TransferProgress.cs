using Spectre.Console;

namespace Attribution.Host.Cli;

/// <summary>Progress of sending a file: a bar on a terminal, otherwise a line for every tenth.</summary>
internal sealed class TransferProgress
{
    private readonly Action<long> advanced;
    private readonly Action<string> writeLine;

    private TransferProgress(Action<long> advanced, Action<string> writeLine) =>
        (this.advanced, this.writeLine) = (advanced, writeLine);

    /// <summary>Advances the progress by a number of bytes.</summary>
    public void Advance(long bytes) => advanced(bytes);

    /// <summary>Writes a message, such as a rejected line.</summary>
    public void WriteLine(string line) => writeLine(line);

    /// <summary>Reports that the host is busy and the request will be repeated.</summary>
    public void ReportWait(TimeSpan pause) =>
        WriteLine($"The host is busy; sending again in {pause.TotalSeconds:0} s.");

    /// <summary>Runs the work and shows its progress.</summary>
    public static async Task<T> RunAsync<T>(string title, long bytes, Func<TransferProgress, Task<T>> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
            return await work(ForPlainOutput(title, bytes));

        return await AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, bytes));
                return await work(
                    new TransferProgress(done => task.Increment(done), line => AnsiConsole.WriteLine(line)));
            });
    }

    private static TransferProgress ForPlainOutput(string title, long bytes)
    {
        long done = 0;
        long tenths = 0;
        return new TransferProgress(
            count =>
            {
                done += count;
                if (bytes == 0 || done * 10 / bytes <= tenths)
                    return;
                tenths = done * 10 / bytes;
                Console.WriteLine($"{title}: {tenths * 10} %");
            },
            Console.Error.WriteLine);
    }
}
