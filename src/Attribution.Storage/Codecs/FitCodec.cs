using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>A fit as a stored document, about 30 bytes per placement.</summary>
internal static class FitCodec
{
    private const byte Version = 1;

    /// <summary>Encodes a fit.</summary>
    public static byte[] Encode(Fit fit, DocumentWriter to)
    {
        to.Clear();
        to.WriteVersion(Version);
        to.WriteSharedText(fit.Brand);
        to.WriteCount(fit.Number);
        to.WriteTime(fit.FittedAt);
        to.WriteDay(fit.From);
        to.WriteCount(fit.Order);
        to.WriteDay(fit.WindowFrom);
        to.WriteDay(fit.WindowTo);
        to.WriteSigned(fit.Conversions);
        to.WriteSigned(fit.NonConverting);
        to.WriteList(fit.Values, WriteValue);
        return to.Written.ToArray();
    }

    /// <summary>Decodes a fit.</summary>
    public static Fit Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("fit", Version, document);
        var fit = new Fit
        {
            Brand = from.ReadSharedText(),
            Number = from.ReadInt32(),
            FittedAt = from.ReadTime(),
            From = from.ReadDay(),
            Order = from.ReadInt32(),
            WindowFrom = from.ReadDay(),
            WindowTo = from.ReadDay(),
            Conversions = from.ReadSigned(),
            NonConverting = from.ReadSigned(),
            Values = from.ReadList(ReadValue),
        };
        from.EnsureEnd();
        return fit;
    }

    /// <summary>Decodes the time of a fit.</summary>
    public static Timestamp DecodeTime(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("fit", Version, document);
        from.ReadSharedText();
        from.ReadInt32();
        return from.ReadTime();
    }

    private static void WriteValue(DocumentWriter to, FitValue value)
    {
        to.WriteSharedText(value.Placement.Campaign);
        to.WriteSharedText(value.Placement.Creator);
        to.WriteSigned(value.Paths);
        to.WriteSigned(value.Conversions);
        to.WriteSigned(value.Effect);
        to.WriteSigned(value.Shapley);
    }

    private static FitValue ReadValue(ref DocumentReader from) =>
        new(
            new Placement(from.ReadSharedText(), from.ReadSharedText()),
            from.ReadSigned(), from.ReadSigned(), from.ReadSigned(), from.ReadSigned());
}
