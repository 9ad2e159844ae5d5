using System.Collections.Immutable;
using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;

namespace Attribution.Storage.Formats;

/// <summary>
/// A version of the format of each kind of stored document, and of each kind of data set. A kind that is not named has
/// version 0: no document of it can be read. Immutable.
/// </summary>
public sealed class FormatVersions : IEquatable<FormatVersions>
{
    /// <summary>The versions of builds that do not register: version 1 of each of their kinds.</summary>
    public static readonly FormatVersions First = new(ImmutableSortedDictionary.CreateRange<string, int>(StringComparer.Ordinal,
    [
        new(DocumentKinds.Journey, 1), new(DocumentKinds.Cell, 1), new(DocumentKinds.Pack, 1),
        new(DocumentKinds.CatalogItem, 1), new(DocumentKinds.Fit, 1), new(DocumentKinds.Run, 1),
    ]));

    /// <summary>
    /// The newest versions that this build reads and writes, and the data sets that it contains. It reads all earlier
    /// ones too.
    /// </summary>
    public static readonly FormatVersions Newest = First
        .With(DocumentKinds.Journey, JourneyCodec.NewestVersion).With(DocumentKinds.Cell, MeasureCodec.NewestVersion)
        .With(DocumentKinds.Pack, PackCodec.NewestVersion)
        .With(DataSetKinds.TimeZones, TimeZoneSet.Bundled.Number).With(DataSetKinds.Currencies, Currency.ListNumber)
        .With(DataSetKinds.BotRules, BotRules.Default.Number!.Value);

    private readonly ImmutableSortedDictionary<string, int> versions;

    private FormatVersions(ImmutableSortedDictionary<string, int> versions) => this.versions = versions;

    /// <summary>Gets the version of a kind; 0 if the kind is not named.</summary>
    public int this[string kind] => versions.GetValueOrDefault(kind);

    /// <summary>Gets the versions by kind.</summary>
    public IReadOnlyDictionary<string, int> ByKind => versions;

    /// <summary>Returns the same versions with another one for a kind.</summary>
    public FormatVersions With(string kind, int version) => new(versions.SetItem(kind, version));

    /// <summary>Returns true if documents of other versions can be read with these.</summary>
    public bool Covers(FormatVersions other) => other.versions.All(pair => this[pair.Key] >= pair.Value);

    /// <summary>Returns the kinds of other versions that cannot be read with these.</summary>
    public IEnumerable<string> MissingKinds(FormatVersions other) =>
        other.versions.Where(pair => this[pair.Key] < pair.Value).Select(pair => pair.Key);

    /// <summary>
    /// Returns these versions, raised for each kind to the newest one that all of the given ones include. Never lowers
    /// one.
    /// </summary>
    /// <param name="live">The versions that the live processes read; at least one.</param>
    public FormatVersions RaiseTo(IReadOnlyCollection<FormatVersions> live)
    {
        var raised = versions;
        foreach (var kind in live.SelectMany(known => known.versions.Keys).Distinct(StringComparer.Ordinal))
            if (live.Min(known => known[kind]) is var common && common > this[kind])
                raised = raised.SetItem(kind, common);
        return new(raised);
    }

    /// <summary>Parses <c>cell=1 journey=2</c>. The empty text is <see cref="First"/>.</summary>
    /// <exception cref="InvalidDataException">The text is damaged.</exception>
    public static FormatVersions Parse(string text)
    {
        if (text.Length == 0) return First;
        var parsed = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var part in text.Split(' '))
        {
            if (part.Split('=') is not [{ Length: > 0 } kind, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                throw new InvalidDataException($"The stored versions of formats are damaged: '{text}'.");
            parsed[kind] = version;
        }

        return new(parsed.ToImmutable());
    }

    /// <summary>Returns the versions as stored.</summary>
    public override string ToString() => string.Join(
        ' ', versions.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));

    /// <inheritdoc/>
    public bool Equals(FormatVersions? other) => other is not null && versions.SequenceEqual(other.versions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FormatVersions);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());
}
