using System.CommandLine;

namespace Attribution.Host.Hosting.Commands;

/// <summary><c>attribution demo</c>: a made-up market, sent through the front door, and served.</summary>
public static class DemoCommand
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
