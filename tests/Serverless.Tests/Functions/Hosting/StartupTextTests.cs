using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Hosting;

public sealed class StartupTextTests
{
    private static readonly RuntimeOptions Options = new() { AppId = "orders", DataDirectory = "/unused" };

    [Fact]
    public void Summary_GivesAClickableAddress()
    {
        var text = StartupSummary.Text(Options, ["http://[::]:3500", "http://0.0.0.0:3501"], new LiveSet().View);

        Assert.Contains("app id 'orders'", text, StringComparison.Ordinal);
        Assert.Contains("http://localhost:3500, http://localhost:3501", text, StringComparison.Ordinal);
        Assert.EndsWith("  components  none\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SaysOfEachComponentWhereItsDataLies()
    {
        var live = new LiveSet();
        live.Update(transaction =>
        {
            Add(transaction, "cache", new Stored("memory"));
            Add(transaction, "remote", new Stored(null));
            Add(transaction, "statestore", new Stored("/data/state.db"));
        });

        Assert.EndsWith("\n  data        cache in memory, statestore in /data/state.db\n", StartupSummary.Text(Options, [], live.View), StringComparison.Ordinal);
        Assert.EndsWith("; data: cache in memory, statestore in /data/state.db", StartupSummary.Line([], live.View), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_IsOneLine() => Assert.Equal(
        "serving on http://127.0.0.1:1; components: none",
        StartupSummary.Line(["http://127.0.0.1:1"], new LiveSet().View));

    [Fact]
    public void Fault_KnownCause_IsOneLine()
    {
        Assert.Equal("bad", StartupFault.Describe(new ComponentException("bad")));
        Assert.Equal("can't listen: in use. Is another process running there?", StartupFault.Describe(new IOException("in use.", new AddressInUseException("x"))));
        Assert.StartsWith("can't listen: not permitted", StartupFault.Describe(new SocketException((int)SocketError.AccessDenied)), StringComparison.Ordinal);
        Assert.Equal("denied", StartupFault.Describe(new UnauthorizedAccessException("denied")));
    }

    [Fact]
    public void Fault_OfOurOwn_NeedsItsStack() => Assert.Null(StartupFault.Describe(new InvalidOperationException("bug")));

    private static void Add(LiveTransaction transaction, string name, IComponent instance)
    {
        var definition = FakeComponents.Definition(name, "state.x");
        transaction.Create(definition, new LiveComponent(definition, instance));
    }

    private sealed class Stored(string? storage) : IComponent
    {
        public IReadOnlyList<string> Capabilities => [];

        public string? Storage => storage;

        public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
