namespace Serverless.Components.Workflows.Dispatch;

/// <summary>Says that a work item waits.</summary>
/// <param name="AppId">The app that the instance belongs to; a message of another app is refused.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="WorkId">The item.</param>
/// <param name="IsActivity">True for an activity, which has a queue of its own.</param>
/// <param name="Due">When it may be begun, UTC.</param>
public sealed record WorkflowDoorbell(string AppId, string InstanceId, string WorkId, bool IsActivity, DateTimeOffset Due)
{
    /// <summary>True when the sweep sent it: the item was free although it was told of before, so that who had it may have died of it.</summary>
    public bool IsRepeated { get; init; }
}
