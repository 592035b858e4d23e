using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Authoring;

public sealed class WorkflowFailureTests
{
    [Fact]
    public void FromException_WithCauses_KeepsThem()
    {
        var failure = Thrown(() => throw new InvalidOperationException("outer", new IOException("inner")));
        Assert.Equal(("System.InvalidOperationException", "outer"), (failure.ErrorType, failure.ErrorMessage));
        Assert.Contains(nameof(FromException_WithCauses_KeepsThem), failure.StackTrace, StringComparison.Ordinal);
        Assert.Equal("System.IO.IOException", failure.InnerFailure?.ErrorType);
        Assert.Null(failure.InnerFailure?.InnerFailure);
    }

    [Fact]
    public void FromException_OfAFailedTask_HasItsFailureAsCause()
    {
        var cause = new WorkflowFailure("A.B", "why");
        Assert.Equal(cause, Thrown(() => throw new WorkflowTaskFailedException("task", new WorkflowTaskFailureDetails(cause))).InnerFailure);
    }

    [Fact]
    public void FromException_HandedOnForEver_StaysBounded()
    {
        var failure = new WorkflowFailure("A", "b");
        for (var i = 0; i < 100; i++)
        {
            failure = WorkflowFailure.FromException(new WorkflowTaskFailedException("task", new WorkflowTaskFailureDetails(failure)));
        }

        var depth = 0;
        for (var each = failure; each is not null; each = each.InnerFailure)
        {
            depth++;
        }

        Assert.InRange(depth, 5, 10);
    }

    [Fact]
    public void IsCausedBy_TypeBaseOrStranger_IsDecidedByType()
    {
        var details = new WorkflowTaskFailureDetails(Thrown(() => throw new MineException()));
        Assert.True(details.IsCausedBy<MineException>());
        Assert.True(details.IsCausedBy<Exception>());
        Assert.True(new WorkflowTaskFailureDetails(new WorkflowFailure("System.IO.FileNotFoundException", "")).IsCausedBy<IOException>());
        Assert.False(details.IsCausedBy<IOException>());
        Assert.False(new WorkflowTaskFailureDetails(new WorkflowFailure("some.python.Error", "")).IsCausedBy<IOException>());
        Assert.All<string>(
            ["", "[", "a,b,c=", "System.Int32*[]", "System.IO.IOException, ,Version=x", "A[[B, C, Version=0.0.0.0, Culture=zz]]", "\0"],
            odd => Assert.False(new WorkflowTaskFailureDetails(new WorkflowFailure(odd, "")).IsCausedBy<IOException>()));
        Assert.Equal("X: y", new WorkflowTaskFailureDetails("X", "y").ToString());
    }

    private static WorkflowFailure Thrown(Action action)
    {
        var thrown = Record.Exception(action);
        Assert.NotNull(thrown);
        return WorkflowFailure.FromException(thrown);
    }

    private sealed class MineException : InvalidOperationException;
}
