using System.Diagnostics;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Benchmarks;

/// <summary>
/// The fitted models over 100,000 paths of 200 placements, on one core: counting, then solving, by order of the chain, in seconds of the
/// processor, and what is held meanwhile. Paths have 1 to 12 touches, placements are as unevenly popular as creators are, one path in twenty converts.
/// </summary>
internal static class FitScenario
{
    private const int Paths = 100_000;
    private const int Placements = 200;

    public static void Run()
    {
        var paths = CreatePaths();
        Console.WriteLine($"{Paths:N0} paths, {Placements} placements, {paths.Sum(path => path.Length):N0} touches");
        Console.WriteLine($"{"order",5} {"steps",10} {"count s",8} {"solve s",8} {"all s",8} {"held MB",8} {"peak MB",8}");
        for (var order = 1; order <= 3; order++)
        {
            // The first round also compiles.
            Fit(paths, order);
            GC.Collect();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var (counts, counting, solving) = Fit(paths, order);
            var held = GC.GetTotalMemory(forceFullCollection: true) - before;
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(
                $"{counts.Order,5} {counts.StepCount,10:N0} {counting.TotalSeconds,8:N2} {solving.TotalSeconds,8:N2} {(counting + solving).TotalSeconds,8:N2} {held / 1e6,8:N1} {process.PeakWorkingSet64 / 1e6,8:N1}");
            GC.KeepAlive(counts);
        }
    }

    private static (PathCounts Counts, TimeSpan Counting, TimeSpan Solving) Fit(Placement[][] paths, int order)
    {
        var counts = new PathCounts(order);
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < paths.Length; i++) counts.Add(paths[i], i % 20 == 0 ? 1 : 0, i % 20 == 0 ? 0 : 1);
        var counting = Environment.CpuUsage.TotalTime - began;
        began = Environment.CpuUsage.TotalTime;
        GC.KeepAlive(Core.Models.Fitting.Fit.Calculate(counts, nonConverting: true));
        return (counts, counting, Environment.CpuUsage.TotalTime - began);
    }

    private static Placement[][] CreatePaths()
    {
        var random = new Random(1);
        Placement[] placements = [.. Enumerable.Range(0, Placements).Select(i => new Placement($"campaign-{i % 10}", $"creator-{i}"))];
        return [.. Enumerable.Range(0, Paths).Select(_ => Enumerable.Range(0, random.Next(1, 13)).Select(_ => placements[(int)(Placements * Math.Pow(random.NextDouble(), 2))]).ToArray())];
    }
}
