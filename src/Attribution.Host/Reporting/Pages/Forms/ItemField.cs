namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Field of a form.</summary>
/// <param name="Name">The field's name in the posted form.</param>
/// <param name="Kind">The kind of input.</param>
/// <param name="Value">The current text; empty if the item has no value.</param>
internal sealed record ItemField(string Name, ItemFieldKind Kind, string Value)
{
    /// <summary>Gets the allowed values; null if any text is allowed.</summary>
    public IReadOnlyCollection<string>? Choices { get; init; }

    /// <summary>Gets the label and the help text.</summary>
    public (string Label, string Help) Words { get; init; }

    /// <summary>Gets the member's name in the API and in imports, without entry numbers.</summary>
    public string Member => string.Join('.', Name.Split('.').Where(part => !char.IsAsciiDigit(part[0])));

    /// <summary>Indicates whether the field requires a value.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets the label of the list entry that contains the field; null if it is not part of a list.</summary>
    public string? EntryLabel { get; init; }

    /// <summary>Indicates whether the field contains an entire list, one entry per line.</summary>
    public bool HoldsList { get; init; }

    /// <summary>Gets the validation errors of the field; empty if it is valid.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Gets the JSON pointer by which validation errors refer to the field.</summary>
    public string Pointer => "/" + Name.Replace('.', '/');
}

/// <summary>Kind of input of a field.</summary>
internal enum ItemFieldKind
{
    Text,
    Lines,
    Boolean,
    Day,
    Instant,
    Campaign,
    Creator,
    Brand,
}
