using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.Execution;

/// <summary>A rerun as a first message: an event of a type that never arrives otherwise.</summary>
internal static class RerunRequest
{
    private const string WithInput = "input";

    public static EventSent Of(WorkflowRerun rerun, DateTimeOffset now) =>
        new(rerun.EventId, rerun.SourceId, rerun.HasInput ? WithInput : "", rerun.Input) { Timestamp = now };

    public static WorkflowRerun Read(EventSent request, string newId) =>
        new(request.InstanceId, request.TaskId, newId) { HasInput = request.Name == WithInput, Input = request.Payload };
}
