namespace Serverless.Components.Workflows.Execution;

/// <summary>Ever longer pauses between attempts: 0.1 s, then 0.1 s more than twice the one before, 8 s at most.</summary>
internal struct RetryPause
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);
    private TimeSpan _last;

    /// <summary>The next pause: somewhere between half of it and all of it, so that processes don't come together.</summary>
    public TimeSpan Next()
    {
        _last = First + (_last * 2) is var longer && longer < Longest ? longer : Longest;
        return _last * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>After a success.</summary>
    public void Reset() => _last = TimeSpan.Zero;
}
