using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>A fit as a stored document, some 30 bytes a placement.</summary>
internal static class FitCodec
{
    private const byte Version = 1;

    public static byte[] Encode(Fit fit, DocumentWriter to)
    {
        to.Clear();
        to.Version(Version);
        to.Shared(fit.Brand);
        to.Count(fit.Number);
        to.Time(fit.FittedAt);
        to.Day(fit.From);
        to.Count(fit.Order);
        to.Day(fit.WindowFrom);
        to.Day(fit.WindowTo);
        to.Signed(fit.Conversions);
        to.Signed(fit.NonConverting);
        to.List(fit.Values, Value);
        return to.Written.ToArray();
    }

    public static Fit Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("fit", Version, document);
        var fit = new Fit
        {
            Brand = from.Shared(),
            Number = from.Small(),
            FittedAt = from.Time(),
            From = from.Day(),
            Order = from.Small(),
            WindowFrom = from.Day(),
            WindowTo = from.Day(),
            Conversions = from.Signed(),
            NonConverting = from.Signed(),
            Values = from.List(Value),
        };
        from.End();
        return fit;
    }

    private static void Value(DocumentWriter to, FitValue value)
    {
        to.Shared(value.Placement.Campaign);
        to.Shared(value.Placement.Creator);
        to.Signed(value.Paths);
        to.Signed(value.Conversions);
        to.Signed(value.Effect);
        to.Signed(value.Shapley);
    }

    private static FitValue Value(ref DocumentReader from) =>
        new(new Placement(from.Shared(), from.Shared()), from.Signed(), from.Signed(), from.Signed(), from.Signed());
}
