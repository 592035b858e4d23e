namespace Serverless.Components.State.InMemory;

/// <summary>What the dictionary holds for one key. Immutable; with a commit it shows its old entry until the commit is done.</summary>
internal sealed class InMemoryCell(StateEntry? entry, StateEntry? previous = null, InMemoryCommit? commit = null)
{
    public StateEntry? Entry => commit is null or { IsDone: true } ? entry : previous;
}
