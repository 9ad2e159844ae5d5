using System.Security.Cryptography;
using System.Text;

namespace Attribution.TestKit.Stores;

/// <summary>
/// The store that hosts under test run on: SQLite or, with <c>ATTRIBUTION_TEST_STORE=MongoDb</c>, the MongoDB that <see cref="MongoServer"/> has, in a database for each
/// data folder, <c>attribution-e2e-…</c>, which stays.
/// </summary>
public static class StoreUnderTest
{
    /// <summary>Whether that is MongoDB: a test that looks into SQLite's file has nothing to look into then.</summary>
    public static bool IsMongoDb => Environment.GetEnvironmentVariable("ATTRIBUTION_TEST_STORE") == "MongoDb";

    /// <summary>Options of a host with that data folder, as environment variables.</summary>
    /// <exception cref="InvalidOperationException">There is no MongoDB to be had.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, string?>>> SettingsAsync(string? folder)
    {
        if (!IsMongoDb || folder is null) return [];
        var server = await MongoServer.FindConnectionStringAsync() ?? throw new InvalidOperationException(MongoServer.MissingReason);
        return
        [
            new("Store__Kind", "MongoDb"), new("Store__MongoDb__ConnectionString", server),
            new("Store__MongoDb__Database", "attribution-e2e-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16]),
        ];
    }
}
