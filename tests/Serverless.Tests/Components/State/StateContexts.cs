using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;

namespace Serverless.Tests.Components.State;

/// <summary>Builds component contexts from metadata items.</summary>
internal static class StateContexts
{
    public static ComponentContext Create(string type, TimeProvider time, params (string Name, string Value)[] items) =>
        Create(type, time, allowsEphemeralState: true, items);

    public static ComponentContext Create(string type, TimeProvider time, bool allowsEphemeralState, params (string Name, string Value)[] items) => new()
    {
        Name = "statestore",
        Type = type,
        Version = "v1",
        Metadata = new ComponentMetadata("statestore", items.Select(item => new MetadataValue(item.Name, item.Value))),
        Host = new ComponentHost
        {
            AppId = "app",
            DataDirectory = Path.GetTempPath(),
            AllowsEphemeralState = allowsEphemeralState,
            Environment = _ => null,
            EnvironmentVariables = () => [],
            Time = time,
            LoggerFactory = NullLoggerFactory.Instance,
        },
    };

    public static ComponentContext LoggingTo(this ComponentContext context, ILoggerFactory log) => context with { Host = context.Host with { LoggerFactory = log } };
}
