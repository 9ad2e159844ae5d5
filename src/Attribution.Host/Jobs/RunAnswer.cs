using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>A run, as answered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Progress">How much of the work is done.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="UpdatedAt">When it was last heard of.</param>
/// <param name="Fault">Why it failed; absent unless it did.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Result">The answer; absent until it is done.</param>
internal sealed record RunAnswer(
    Guid Id, [property: JsonConverter(typeof(SnakeCaseEnumConverter<RunStatus>))] RunStatus Status, RunProgressAnswer Progress, string CreatedAt, string UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault, JsonElement Request,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Result)
{
    /// <summary>The run as kept, as answered.</summary>
    public static RunAnswer FromDocument(RunDocument run) => new(
        run.Id, run.Status, new(run.Done, run.Total, run.Attempt, run.Phase), run.CreatedAt.ToString(), run.UpdatedAt.ToString(), run.Fault,
        Parse(run.Request.AsSpan()), run.Answer.IsEmpty ? null : Parse(run.Answer.AsSpan()));

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}

/// <summary>How much of a run's work is done.</summary>
/// <param name="Done">So much.</param>
/// <param name="Total">Of so much; 0 until that is known.</param>
/// <param name="Attempt">How often it was begun: above 1 when a process ended in the middle of it.</param>
/// <param name="Phase">What it is at; absent where its kind has no phases.</param>
internal sealed record RunProgressAnswer(
    long Done, long Total, int Attempt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Phase);
