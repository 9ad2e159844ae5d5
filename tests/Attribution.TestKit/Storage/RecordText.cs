using System.Text.Json;

namespace Attribution.TestKit.Storage;

/// <summary>Converts records to text for comparison, because records compare lists by reference.</summary>
public static class RecordText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Returns all members of a record as text.</summary>
    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, Indented);
}
