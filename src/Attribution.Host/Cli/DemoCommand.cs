using System.CommandLine;
using Attribution.Host.Demo;

namespace Attribution.Host.Cli;

/// <summary>
/// Command <c>attribution demo</c>: simulates a market, sends it through the public API and serves it.
/// </summary>
internal static class DemoCommand
{
    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var demo = new Command(
            "demo",
            "Simulate a market, send it through the public API, show the result and keep serving "
            + $"(data in ./{DemoHost.DefaultData})");
        ServeCommand.AddSettings(demo);
        demo.SetAction((parsed, cancellation) => DemoHost.RunAsync(ServeCommand.GetSettings(parsed), cancellation));
        root.Add(demo);
    }
}
