using Attribution.Contracts;
using Attribution.Core.Values;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>A reader of referrals.</summary>
internal static class ReferralReader
{
    /// <summary>Reads a referral. Members that look like an address or telephone number of a person are rejected.</summary>
    public static Referral Read<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var order = json.ReadRequiredText(OrderId, EventLimits.Id);
        var parameters = ReadClaimText(ref json, Parameters, EventLimits.Url);
        var claim = new ReferralClaim(
            order, ReferralClaim.NormalizeProvider(ReadClaimText(ref json, Provider, EventLimits.Id)), ReadClaimText(ref json, PublisherId, EventLimits.Id),
            ReadClaimText(ref json, ProviderCampaignId, EventLimits.Id), ReadClaimText(ref json, SubId, EventLimits.Id),
            json.ReadText(Token, EventLimits.Url), parameters is null ? null : FindRef(parameters), json.ReadTime(ExpiresAt),
            json.ReadFlag(Verified) == true);
        var utm = parameters is null ? null : LandingUrl.Parse("https://referral.invalid/?" + parameters).Utm;
        if (claim.Provider is null && claim.Ref is null && utm is null) json.RejectMissing(Provider);
        return new Referral { Id = header.Id, Brand = header.Brand, At = header.At, Claim = claim, Utm = utm };
    }

    /// <summary>Returns the parameter <c>ref</c>, the last of several; null if it is absent, empty or too long.</summary>
    private static string? FindRef(string parameters)
    {
        string? found = null;
        foreach (var parameter in QueryString.Parameters(parameters))
        {
            if (ProtocolNames.Strip(parameter.Name).Equals("ref", StringComparison.OrdinalIgnoreCase)) found = parameter.Value.Trim();
        }

        return found is { Length: > 0 and <= EventLimits.Id } ? TextNormalizer.Text(found) : null;
    }

    private static string? ReadClaimText<TFields>(ref TFields json, EventMember member, int limit)
        where TFields : struct, IEventFields, allows ref struct
    {
        var text = json.ReadText(member, limit);
        if (text is not null && PersonalData.IsContact(text))
            json.Reject(RejectionReason.PersonalData, member, "looks like an e-mail address or telephone number; leave it out.");
        return text?.Trim();
    }
}
