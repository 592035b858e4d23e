using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <summary>What a call is answered with: JSON, or an error.</summary>
internal readonly record struct WorkflowAnswer(int Status, ReadOnlyMemory<byte> Json, DaprError? Error)
{
    /// <summary>202 with an empty object.</summary>
    public static WorkflowAnswer Done { get; } = Accepted(WorkflowsJson.EmptyObject);

    public static WorkflowAnswer Accepted(ReadOnlyMemory<byte> json) => new(StatusCodes.Status202Accepted, json, null);

    public static WorkflowAnswer Ok(ReadOnlyMemory<byte> json) => new(StatusCodes.Status200OK, json, null);

    public static implicit operator WorkflowAnswer(DaprError error) => new(error.Status, default, error);

    public Task SendAsync(ApiRequest request) => Error is null ? Reply.JsonAsync(request.Http, Status, Json) : request.FailAsync(Error);
}
