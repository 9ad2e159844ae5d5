namespace Attribution.Core.Events;

/// <summary>The members of all types of events. On the wire, each is its name in camelCase.</summary>
internal enum EventMember
{
    Type, Id, OccurredAt, Source, BrandId,
    Link, Url, VisitorId, ClickId, Referrer, UserAgent, Ip, Label,
    OrderId, ConversionId, Kind, Codes, Currency, Gross, Discount, Tax, Shipping, CustomerKey, IsNewCustomer,
    RefundId, Amount, Void, StateAt, RefundIds, Basis, PaymentId, Subscription, Renewal, Lines,
    Provider, PublisherId, ProviderCampaignId, SubId, Token, Parameters, ExpiresAt, Verified,
    PostId, Platform, CreatorId, CampaignId, Impressions, Reach, Likes, Comments, Shares, Saves, Views, Followers,
}
