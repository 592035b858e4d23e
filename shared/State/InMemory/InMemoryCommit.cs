namespace Serverless.Components.State.InMemory;

/// <summary>Makes all cells of one transaction change at the same moment.</summary>
internal sealed class InMemoryCommit
{
    private volatile bool _isDone;

    public bool IsDone => _isDone;

    public void Complete() => _isDone = true;
}
