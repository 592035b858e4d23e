namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>A clock whose timers fire some milliseconds before their time.</summary>
internal sealed class EagerTime : TimeProvider
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(5);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > Early ? dueTime - Early : dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
}
