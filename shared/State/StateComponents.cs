using Serverless.Components.Registry;
using Serverless.Components.State.AzureBlobStorage;
using Serverless.Components.State.AzureTableStorage;
using Serverless.Components.State.InMemory;
using Serverless.Components.State.PostgreSql;
using Serverless.Components.State.Redis;
using Serverless.Components.State.Sqlite;

namespace Serverless.Components.State;

/// <summary>The state store types.</summary>
public static class StateComponents
{
    /// <summary>Registers every type.</summary>
    public static void Register(ComponentCatalog catalog)
    {
        catalog.Add("state.in-memory", "v1", Embedded(context => new InMemoryStateStore(context.Name, context.Host.Time, context.Logger)));
        catalog.Add("state.sqlite", "v1", Embedded(context => new SqliteStateStore(context)));
        catalog.Add("state.sqlite3", "v1", Embedded(context => new SqliteStateStore(context)));
        catalog.Add("state.redis", "v1", context => new StateStoreComponent(new RedisStateStore(context), context));
        catalog.Add("state.postgresql", "v2", context => new StateStoreComponent(new PostgreSqlStateStore(context), context));
        catalog.Add("state.postgres", "v2", context => new StateStoreComponent(new PostgreSqlStateStore(context), context));
        catalog.Add("state.azure.blobstorage", "v1", context => new StateStoreComponent(BlobStorageStateStore.CreateV1(context), context));
        catalog.Add("state.azure.blobstorage", "v2", context => new StateStoreComponent(BlobStorageStateStore.CreateV2(context), context));
        catalog.Add("state.azure.tablestorage", "v1", context => new StateStoreComponent(TableStorageStateStore.Create(context), context));
        catalog.AddRule(OneActorStateStore);
    }

    private static string? OneActorStateStore(string name, IComponent candidate, IEnumerable<KeyValuePair<string, IComponent>> others) =>
        candidate is StateStoreComponent { IsActorStateStore: true }
            && others.FirstOrDefault(other => other.Value is StateStoreComponent { IsActorStateStore: true }).Key is { } other
            ? $"detected duplicate actor state store: {other} and {name}"
            : null;

    private static ComponentFactory Embedded(Func<ComponentContext, IStateStore> create) => context =>
        context.Host.AllowsEphemeralState
            ? new StateStoreComponent(create(context), context)
            : throw new ComponentException(
                $"component '{context.Name}': type '{context.Type}' keeps its data on this instance only, where it is not shared and is lost; use a shared store, or set DAPR_ALLOW_EPHEMERAL_STATE=true to accept that");
}
