using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;

namespace Serverless.Tests.Components.Workflows.Authoring;

public sealed class WorkflowRetryPolicyTests
{
    private static readonly WorkflowFailure Failure = new("X", "broken");

    [Fact]
    public void Create_ByDefault_IsAsWithDapr()
    {
        var policy = new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1));
        Assert.Equal((3, 1.0, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan), (policy.MaxNumberOfAttempts, policy.BackoffCoefficient, policy.MaxRetryInterval, policy.RetryTimeout));
    }

    [Fact]
    public void Create_OutOfRange_IsRefused()
    {
        var second = TimeSpan.FromSeconds(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(0, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 1, TimeSpan.FromMilliseconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 1, null, TimeSpan.FromMilliseconds(1)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 9)]
    [InlineData(4, 20)]
    [InlineData(2000, 20)]
    public void Next_EachAttempt_WaitsLongerUpToTheMost(int attempt, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        RetrySchedule.Next(new WorkflowRetryPolicy(9999, TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(20)), attempt, TimeSpan.Zero, Failure));

    [Fact]
    public void Next_WithoutALongest_EndsNowhereBelowTheGreatestTime() => Assert.Equal(
        TimeSpan.MaxValue,
        RetrySchedule.Next(new WorkflowRetryPolicy(9999, TimeSpan.FromSeconds(1), 10, Timeout.InfiniteTimeSpan), 500, TimeSpan.Zero, Failure));

    [Fact]
    public void Next_AtTheEnd_IsNone()
    {
        var policy = new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1), retryTimeout: TimeSpan.FromSeconds(10));
        Assert.Null(RetrySchedule.Next(null, 1, TimeSpan.Zero, Failure));
        Assert.Null(RetrySchedule.Next(policy, 3, TimeSpan.Zero, Failure));
        Assert.Null(RetrySchedule.Next(policy, 1, TimeSpan.FromSeconds(10), Failure));
        Assert.Null(RetrySchedule.Next(policy, 1, TimeSpan.Zero, Failure with { IsNonRetriable = true }));
        Assert.NotNull(RetrySchedule.Next(policy, 2, TimeSpan.FromSeconds(9), Failure));
    }
}
