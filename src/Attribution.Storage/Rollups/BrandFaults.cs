using System.Text.Json;

namespace Attribution.Storage.Rollups;

/// <summary>
/// Faults in the data of single brands, such as a damaged document. They are collected, so that work on all brands can
/// process the others. Not thread-safe.
/// </summary>
public sealed class BrandFaults
{
    private readonly Dictionary<string, Exception> faults = new(StringComparer.Ordinal);

    /// <summary>Gets the first fault of each brand that has one.</summary>
    public IReadOnlyDictionary<string, Exception> ByBrand => faults;

    /// <summary>Does work on a brand, unless the brand has a fault already.</summary>
    /// <returns>True if the work was done; false if it, or earlier work on the brand, failed.</returns>
    public bool Try(string brand, Action work)
    {
        if (faults.ContainsKey(brand)) return false;
        try
        {
            work();
            return true;
        }
        catch (Exception e) when (IsDataFault(e))
        {
            faults.Add(brand, e);
            return false;
        }
    }

    /// <inheritdoc cref="Try"/>
    public async ValueTask<bool> TryAsync(string brand, Func<ValueTask> work)
    {
        if (faults.ContainsKey(brand)) return false;
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (IsDataFault(e))
        {
            faults.Add(brand, e);
            return false;
        }
    }

    /// <summary>Throws if a brand has a fault.</summary>
    /// <exception cref="InvalidDataException">A brand has a fault, which is the inner exception.</exception>
    public void ThrowIfAny()
    {
        foreach (var fault in faults) throw CreateException(fault);
    }

    /// <summary>Creates the exception for the fault of a brand.</summary>
    public static InvalidDataException CreateException(KeyValuePair<string, Exception> fault) =>
        new($"The data of brand '{fault.Key}' cannot be processed: {fault.Value.Message}", fault.Value);

    /// <summary>
    /// Returns true for an exception that data can cause: not for cancellation, a closed store or a failed access.
    /// </summary>
    public static bool IsDataFault(Exception e) => e is InvalidDataException or ArithmeticException or FormatException
        or ArgumentException or JsonException or KeyNotFoundException or StoreUnusableException
        || e is InvalidOperationException and not ObjectDisposedException;
}
