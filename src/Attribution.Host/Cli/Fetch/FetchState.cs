using System.Text.Json;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli.Fetch;

/// <summary>Position of fetching a shop's orders. A file keeps it, so that a stopped command continues.</summary>
/// <param name="Vendor">The vendor.</param>
/// <param name="Source">The shop.</param>
/// <param name="Since">Time of the oldest change that is fetched.</param>
/// <param name="Next">The vendor's position of the next page; null for the first page.</param>
/// <param name="Until">Time from which the next command fetches; null before the first page.</param>
internal sealed record FetchState(string Vendor, string Source, DateTimeOffset Since, string? Next = null, DateTimeOffset? Until = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads a file; null if there is none.</summary>
    /// <exception cref="HostClientException">The file is damaged, or belongs to another shop.</exception>
    public static FetchState? Read(FileInfo file, string vendor, string source)
    {
        if (!file.Exists) return null;
        try
        {
            var state = JsonSerializer.Deserialize<FetchState>(File.ReadAllText(file.FullName), Json);
            return state is not null && (state.Vendor, state.Source) == (vendor, source)
                ? state
                : throw new HostClientException($"{file} belongs to another shop; specify another file by --state.");
        }
        catch (JsonException e)
        {
            throw new HostClientException($"{file} is damaged. Delete it and specify --since; fetching orders again is safe.", e);
        }
    }

    /// <summary>Writes the file; it is replaced only once it is complete.</summary>
    public void Write(FileInfo file) => AtomicFile.Write(file.FullName, JsonSerializer.SerializeToUtf8Bytes(this, Json));
}
