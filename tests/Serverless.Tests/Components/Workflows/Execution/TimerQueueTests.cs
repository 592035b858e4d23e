using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

public sealed class TimerQueueTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];
    private readonly TimerQueue _queue;

    public TimerQueueTests() => _queue = new TimerQueue(_time, item => _fired.Add($"{item.InstanceId}/{item.WorkId}"));

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void Items_InAnyOrder_FireWhenTheyAreDue()
    {
        Add("a", "3", 3);
        Add("b", "1", 1);
        Add("a", "2", 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["b/1"], _fired);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["b/1", "a/2", "a/3"], _fired);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Items_Removed_DoNotFire()
    {
        Add("a", "1", 1);
        Add("a", "2", 1);
        Add("b", "1", 1);
        Add("b", "2", 1);
        _queue.Remove("a", "1");
        _queue.Remove("b");
        Assert.Equal(1, _queue.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a/2"], _fired);
    }

    [Fact]
    public void Item_AddedAgainAfterItsRemoval_FiresOnce()
    {
        Add("a", "1", 1);
        _queue.Remove("a", "1");
        Add("a", "1", 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["a/1"], _fired);
    }

    private void Add(string instance, string work, int seconds) =>
        _queue.Add(new WorkItem { InstanceId = instance, WorkId = work, Kind = WorkKind.Timer, Name = "", Due = _time.GetUtcNow().AddSeconds(seconds) });
}
