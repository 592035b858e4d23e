using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.GraphQl;

/// <summary>Settings of <c>bindings.graphql</c>.</summary>
internal sealed record GraphQlOptions
{
    /// <summary>What precedes the name of a header, here and in request metadata.</summary>
    public const string HeaderPrefix = "header:";

    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(100);

    /// <summary>Where the server listens.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Headers of each call: <c>header:&lt;name&gt;</c>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>How long a call may take: <c>timeout</c>, which daprd does not have.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static GraphQlOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var options = new GraphQlOptions
        {
            Endpoint = WebEndpoint.Read(binder, "endpoint"),
            Headers = [.. metadata.Items.Where(item => item.Name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)).Select(item => KeyValuePair.Create(item.Name[HeaderPrefix.Length..], item.Value))],
            Limit = WebEndpoint.ReadLimit(binder, "timeout", UsualLimit),
        };
        foreach (var (name, value) in options.Headers)
        {
            if (!WebHeaders.IsName(name) || !WebHeaders.IsValue(value))
            {
                binder.Fault($"{HeaderPrefix}{name}", "a header's name after the colon, and a value without control characters");
            }
        }

        binder.ThrowIfFaulty();
        return options;
    }
}
