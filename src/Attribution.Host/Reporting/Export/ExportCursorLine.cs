using System.Text.Json.Serialization;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// A line that confirms that everything before it is complete. The last line of an export is always one.
/// </summary>
/// <param name="Cursor">Cursor to send as <c>after</c> with the next request.</param>
/// <param name="ClosedThrough">Rollups only: last closed local day; absent if no day is closed.</param>
internal sealed record ExportCursorLine(
    string Cursor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ClosedThrough);
