using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.PostgreSql;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>Builds PostgreSQL stores and their contexts.</summary>
internal static class PostgreSqlStores
{
    public static ComponentContext Context(string connectionString, TimeProvider time, params (string Name, string Value)[] items) =>
        StateContexts.Create("state.postgresql", time, [("connectionString", connectionString), .. items]);

    public static async Task<PostgreSqlStateStore> StartAsync(ComponentContext context, CancellationToken cancellationToken)
    {
        var store = new PostgreSqlStateStore(context);
        try
        {
            await store.InitializeAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public static StateSet Set(string key, string value, string? etag = null, string concurrency = "") => new()
    {
        Key = key,
        Value = System.Text.Encoding.UTF8.GetBytes(value),
        ETag = etag,
        Options = new StateOptions(concurrency, ""),
    };

    public static async Task<string?> TextAsync(this IStateStore store, string key, CancellationToken cancellationToken) =>
        await store.GetAsync(new StateGet(key, "", StateMetadata.Empty), cancellationToken) is { } entry ? System.Text.Encoding.UTF8.GetString(entry.Value.Span) : null;
}
