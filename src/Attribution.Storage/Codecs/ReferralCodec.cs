using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The claims of referrals within a stored journey. Among the touches, which have one bit for the kind, a referral is
/// written as a visit.
/// </summary>
internal static class ReferralCodec
{
    /// <summary>Writes the claims of a journey.</summary>
    public static void WriteReferrals(DocumentWriter to, ImmutableArray<Touch> touches) =>
        to.WriteList(ValueCodec.FindIndexes(touches, touch => touch.Claim is not null), (to, index) =>
        {
            var claim = touches[index].Claim!;
            to.WriteCount(index);
            to.WriteSharedText(claim.OrderId);
            to.WriteSharedText(claim.Provider);
            to.WriteSharedText(claim.PublisherId);
            to.WriteSharedText(claim.CampaignId);
            to.WriteSharedText(claim.SubId);
            to.WriteSharedText(claim.Token);
            to.WriteSharedText(claim.Ref);
            to.WriteTimeOrNull(claim.ExpiresAt);
            to.WriteFlag(claim.IsVerified);
        });

    /// <summary>Returns the journey with its claims.</summary>
    public static Journey ReadReferrals(ref DocumentReader from, Journey journey) => journey with
    {
        Touches = from.ReadChanges(journey.Touches, "a claim", static (ref from, touch) => touch with
        {
            Kind = TouchKind.Referral,
            Claim = new ReferralClaim(
                from.ReadSharedText(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(),
                from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadTimeOrNull(), from.ReadFlag()),
        }),
    };
}
