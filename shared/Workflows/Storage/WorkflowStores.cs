using Serverless.Components.Registry;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Components.Workflows.Storage.PostgreSql;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Components.Workflows.Storage.Sqlite;

namespace Serverless.Components.Workflows.Storage;

/// <summary>Which types of state store can keep workflows, and how.</summary>
internal static class WorkflowStores
{
    private static readonly Dictionary<string, Func<ComponentContext, string, IWorkflowStore>> Types = new(StringComparer.Ordinal)
    {
        ["state.azure.tablestorage"] = TableStorageWorkflowStore.Create,
        ["state.redis"] = (context, appId) => new RedisWorkflowStore(context, appId),
        ["state.in-memory"] = (context, appId) => new SqliteWorkflowStore(context, SqliteWorkflowOptions.InMemory(), appId),
        ["state.postgres"] = PostgreSql,
        ["state.postgresql"] = PostgreSql,
        ["state.sqlite"] = Sqlite,
        ["state.sqlite3"] = Sqlite,
    };

    /// <summary>The store of workflows behind a state store component, not yet initialised.</summary>
    /// <param name="context">The component's context.</param>
    /// <param name="appId">The app whose workflows it keeps.</param>
    /// <exception cref="ComponentException">The type keeps no workflows, or a setting is not usable.</exception>
    public static IWorkflowStore Create(ComponentContext context, string appId) => Types.TryGetValue(context.Type, out var create)
        ? create(context, appId)
        : throw new ComponentException($"component '{context.Name}': type '{context.Type}' keeps no workflows; types that do: {string.Join(", ", Types.Keys.Order(StringComparer.Ordinal))}");

    private static PostgreSqlWorkflowStore PostgreSql(ComponentContext context, string appId) => new(context, PostgreSqlWorkflowOptions.Read(context), appId);

    private static SqliteWorkflowStore Sqlite(ComponentContext context, string appId) => new(context, SqliteWorkflowOptions.Read(context.Metadata), appId);
}
