using System.Collections.Concurrent;
using Serverless.Components.Secrets;

namespace Serverless.Tests.Functions.Secrets;

/// <summary>A store that holds what it is given, and can be told to answer something else.</summary>
internal sealed class FakeSecretStore : ISecretStore
{
    public Dictionary<string, IReadOnlyDictionary<string, string>> Secrets { get; } = [];

    public ConcurrentQueue<(string Name, IReadOnlyDictionary<string, string> Metadata)> Calls { get; } = new();

    public Func<string, IReadOnlyDictionary<string, string>?>? OnGet { get; set; }

    public Func<CancellationToken, Task>? Before { get; set; }

    public IReadOnlyList<string> Capabilities { get; set; } = [];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Put(string name, params (string Key, string Value)[] values) => Secrets[name] = values.ToDictionary(item => item.Key, item => item.Value);

    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        Calls.Enqueue((name, metadata));
        await (Before?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return OnGet is not null ? OnGet(name)
            : Secrets.GetValueOrDefault(name) ?? throw new SecretNotFoundException($"secret {name} not found");
    }

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        Calls.Enqueue(("*", metadata));
        await (Before?.Invoke(cancellationToken) ?? Task.CompletedTask);
        OnGet?.Invoke("*");
        return Secrets;
    }
}
