using System.Security.Cryptography;
using System.Text;

namespace Attribution.TestKit.Stores;

/// <summary>
/// The store of hosts under test: SQLite or, with <c>ATTRIBUTION_TEST_STORE=MongoDb</c>, the server of
/// <see cref="MongoServer"/> with one database per data folder, <c>attribution-e2e-…</c>, which is not deleted.
/// </summary>
public static class StoreUnderTest
{
    /// <summary>
    /// Gets a value indicating that the store is MongoDB. Tests that read SQLite's file must then be skipped.
    /// </summary>
    public static bool IsMongoDb => Environment.GetEnvironmentVariable("ATTRIBUTION_TEST_STORE") == "MongoDb";

    /// <summary>Returns the options of a host with a data folder, as environment variables.</summary>
    /// <exception cref="InvalidOperationException">There is no MongoDB server.</exception>
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
