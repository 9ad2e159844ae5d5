using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>Run of a background operation.</summary>
/// <param name="Id">Id of the run.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Progress">Progress of the work.</param>
/// <param name="CreatedAt">Time of the request.</param>
/// <param name="UpdatedAt">Time of the last progress report.</param>
/// <param name="Fault">Reason of the failure; absent unless the run failed.</param>
/// <param name="Request">Request that started the run.</param>
/// <param name="Result">Result of the run; absent until it is done.</param>
internal sealed record RunAnswer(
    Guid Id, [property: JsonConverter(typeof(SnakeCaseEnumConverter<RunStatus>))] RunStatus Status,
    RunProgressAnswer Progress, string CreatedAt, string UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault, JsonElement Request,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Result)
{
    /// <summary>Creates the answer from a stored run.</summary>
    public static RunAnswer FromDocument(RunDocument run) => new(
        run.Id, run.Status, new(run.Done, run.Total, run.Attempt, run.Phase), run.CreatedAt.ToString(),
        run.UpdatedAt.ToString(), run.Fault,
        Parse(run.Request.AsSpan()), run.Answer.IsEmpty ? null : Parse(run.Answer.AsSpan()));

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}

/// <summary>Progress of a run.</summary>
/// <param name="Done">Number of completed units of work.</param>
/// <param name="Total">Total number of units of work; 0 until it is known.</param>
/// <param name="Attempt">Number of times the run was started; above 1 if a process ended during the run.</param>
/// <param name="Phase">Current phase; absent if the kind of run has no phases.</param>
internal sealed record RunProgressAnswer(
    long Done, long Total, int Attempt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Phase);
