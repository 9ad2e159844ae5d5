using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage;

namespace Attribution.Host.Hosting;

/// <summary>
/// The file <c>data-loss.json</c> of the data folder: the losses that the host found when it opened its files, by the marks
/// next to them. An entry stays until an operator deletes the file. Thread-safe.
/// </summary>
internal sealed class DataLossLog(HostSettings host)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Lock sync = new();

    private string FilePath => Path.Combine(host.DataFolder, "data-loss.json");

    /// <summary>Returns all entries, oldest first.</summary>
    public IReadOnlyList<DataLoss> Read()
    {
        lock (sync)
        {
            if (!File.Exists(FilePath)) return [];
            try
            {
                return JsonSerializer.Deserialize<List<DataLoss>>(File.ReadAllBytes(FilePath), Json) ?? [];
            }
            catch (JsonException e)
            {
                return [new("", Path.GetFileName(FilePath), $"{FilePath} cannot be read: {e.Message}")];
            }
        }
    }

    /// <summary>Adds an entry, unless an equal one was found before.</summary>
    /// <exception cref="StartupException">The file cannot be written.</exception>
    public void Add(DataLoss loss)
    {
        lock (sync)
        {
            var known = Read();
            if (known.Any(entry => entry with { FoundAt = loss.FoundAt } == loss)) return;
            try
            {
                AtomicFile.Write(FilePath, JsonSerializer.SerializeToUtf8Bytes<IEnumerable<DataLoss>>([.. known, loss], Json));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StartupException.ForEnvironment($"{FilePath} cannot be written: {e.Message} It must record: {loss.Detail}", e);
            }
        }
    }
}

/// <summary>Data that a file had and has no longer.</summary>
/// <param name="FoundAt">Time of the start that found it.</param>
/// <param name="File">File, relative to the data folder.</param>
/// <param name="Detail">Sentences with the loss, its cause and the remedy.</param>
/// <param name="Missing">Number of missing packs or messages; absent if it is unknown.</param>
/// <param name="Through">Time of the newest missing commit; absent for a spool.</param>
internal sealed record DataLoss(
    string FoundAt, string File, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Missing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Through = null)
{
    /// <summary>Creates the entry for packs that a store lacks.</summary>
    public static DataLoss FromStore(MissingPacks missing, string file, DateTimeOffset now)
    {
        var (count, newest) = (missing.Count, missing.Newest);
        var packs = count is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number} packs") : "packs";
        return new(
            Format(now), file,
            $"{file} had committed pack {newest.PackId} at {newest.CommittedAt} and does not have it: {packs} with their events are missing. "
            + "The file was cut, or restored from an older copy. Have the senders send the events since that copy again; sending twice is safe.",
            count, newest.CommittedAt.ToString());
    }

    /// <summary>Creates the entry for messages that a spool lacks.</summary>
    public static DataLoss FromSpool(long missing, string file, DateTimeOffset now) => new(
        Format(now), file,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{file} lacks {missing} messages that were accepted and not attributed when it was last used. It was cut, removed, or restored from "
            + $"an older copy. Have the senders send the events of that time again; sending twice is safe."),
        missing);

    private static string Format(DateTimeOffset time) => Core.Values.Timestamp.From(time).ToString();
}

/// <summary>Service that logs every entry of <see cref="DataLossLog"/> at start.</summary>
internal sealed partial class DataLossReport(DataLossLog losses, ILogger<DataLossReport> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var loss in losses.Read()) LogLost(loss.FoundAt, loss.Detail);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventIds.DataLost, LogLevel.Error, "Data is missing, found at {FoundAt}: {Detail} When that is done, delete data-loss.json")]
    private partial void LogLost(string foundAt, string detail);
}
