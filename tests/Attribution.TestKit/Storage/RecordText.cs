using System.Text.Json;

namespace Attribution.TestKit.Storage;

/// <summary>Compares records that hold lists, which records themselves compare by reference.</summary>
public static class RecordText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Everything a record holds, as text.</summary>
    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, Indented);
}
