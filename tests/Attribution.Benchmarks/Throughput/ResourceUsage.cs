using System.Globalization;

namespace Attribution.Benchmarks.Throughput;

/// <summary>What processes used so far, as the operating system tells (Linux's /proc): seconds of the processor, bytes given to be written, and the most memory that was resident.</summary>
internal readonly record struct ResourceUsage(double Cpu, double Written, double PeakMegabytes)
{
    private const double TicksPerSecond = 100;

    public static ResourceUsage ForProcesses(IEnumerable<int> processes)
    {
        var sum = new ResourceUsage();
        foreach (var id in processes)
        {
            // After the name in parentheses: state is field 3, user and system time are fields 14 and 15.
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
            sum = new(
                sum.Cpu + ((Number(fields[11]) + Number(fields[12])) / TicksPerSecond),
                sum.Written + Value($"/proc/{id}/io", "wchar:"),
                sum.PeakMegabytes + (Value($"/proc/{id}/status", "VmHWM:") / 1024));
        }

        return sum;
    }

    /// <summary>What was used since; memory is the peak of the whole life.</summary>
    public ResourceUsage Since(ResourceUsage before) => this with { Cpu = Cpu - before.Cpu, Written = Written - before.Written };

    private static double Value(string file, string name) => Number(File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', '\t').Last(part => part.Length > 0 && char.IsDigit(part[0])));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
