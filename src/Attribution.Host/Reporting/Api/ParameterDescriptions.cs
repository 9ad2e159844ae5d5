namespace Attribution.Host.Reporting.Api;

/// <summary>Descriptions of parameters that several endpoints share.</summary>
internal static class ParameterDescriptions
{
    public const string From = "Required. First local day (inclusive), for example 2026-03-01.";
    public const string To =
        "Required. Last local day (inclusive), for example 2026-03-31. The period is at most three years.";
    public const string Brand = "Id of the brand. Defaults to the brand 'default'.";
    public const string Campaign = "Restricts the result to this campaign.";
    public const string Creator = "Restricts the result to this creator.";
    public const string Limit = "Maximum number of entries on the page, from 1 to 1000. Defaults to 100.";
    public const string Cursor = "Cursor returned with the previous page. Omit it for the first page.";
    public const string Format = "json, csv or xlsx. If omitted, the Accept header decides; the default is json.";

    public const string TableOptions =
        "Options of csv and xlsx, separated by commas. labels: columns have labels in place of the names of the API. Of csv only: "
            + "semicolon: cells are separated by semicolons. decimal-comma: numbers have a decimal comma, and cells are separated by "
            + "semicolons. bom: the file begins with a byte order mark.";

    public const string WholeFormat =
        "json, csv or xlsx. A table contains the whole list and cannot be combined with limit or cursor. If omitted, the Accept "
            + "header decides; the default is json.";

    public const string ItemId = "Id of the item.";
    public const string Month = "The month, for example 2026-03.";
    public const string StatementNumber = "Number of the statement within the brand.";
    public const string RunId = "Id returned when the run was requested.";
}
