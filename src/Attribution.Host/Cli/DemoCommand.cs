using System.CommandLine;
using Attribution.Host.Demo;

namespace Attribution.Host.Cli;

/// <summary><c>attribution demo</c>: a made-up market, sent through the front door, and served.</summary>
internal static class DemoCommand
{
    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var demo = new Command("demo", $"Make up a market, send it through the front door, show who earned what and keep serving (data in ./{DemoHost.DefaultData})");
        ServeCommand.AddSettings(demo);
        demo.SetAction((parsed, cancellation) => DemoHost.RunAsync(ServeCommand.GetSettings(parsed), cancellation));
        root.Add(demo);
    }
}
