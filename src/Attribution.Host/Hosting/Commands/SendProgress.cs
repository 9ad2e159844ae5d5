using Spectre.Console;

namespace Attribution.Host.Hosting.Commands;

/// <summary>Shows how far a file is sent: a bar on a terminal, else a line every tenth of it.</summary>
public sealed class SendProgress
{
    private readonly Action<long> advanced;
    private readonly Action<string> say;

    private SendProgress(Action<long> advanced, Action<string> say) => (this.advanced, this.say) = (advanced, say);

    /// <summary>So many more bytes are done with.</summary>
    public void Advance(long bytes) => advanced(bytes);

    /// <summary>Something the sender must know: a refused line, a pause.</summary>
    public void Say(string line) => say(line);

    /// <summary>The host asks for patience.</summary>
    public void Waiting(TimeSpan pause) => Say($"The host is busy; sending again in {pause.TotalSeconds:0} s.");

    /// <summary>Does the work and shows its progress.</summary>
    public static async Task<T> ShowAsync<T>(string title, long bytes, Func<SendProgress, Task<T>> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
            return await work(Lines(title, bytes));

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async shown =>
            {
                var task = shown.AddTask(Markup.Escape(title), maxValue: Math.Max(1, bytes));
                return await work(new SendProgress(done => task.Increment(done), line => AnsiConsole.WriteLine(line)));
            });
    }

    private static SendProgress Lines(string title, long bytes)
    {
        long done = 0;
        long tenths = 0;
        return new SendProgress(
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
