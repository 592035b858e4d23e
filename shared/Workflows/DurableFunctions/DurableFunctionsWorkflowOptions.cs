using Serverless.Components.Clients.AzureDurableFunctions;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.DurableFunctions;

/// <summary>The metadata of <c>workflow.azure.durablefunctions</c>.</summary>
/// <remarks>
/// Not Dapr's. <c>code</c> is the system key of the Durable Functions extension, <c>audience</c> what tokens of Microsoft Entra are asked for where
/// the app is behind App Service authentication; an app may want both, and one on this machine neither.
/// </remarks>
internal sealed record DurableFunctionsWorkflowOptions
{
    private const string DefaultPath = "/runtime/webhooks/durabletask";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Where the app is managed; without the token, which <see cref="CreateClient"/> adds.</summary>
    public required DurableFunctionsOptions Client { get; init; }

    private AzureIdentityOptions? Identity { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static DurableFunctionsWorkflowOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var (code, audience) = (binder.Text("code"), binder.Text("audience"));
        var options = new DurableFunctionsWorkflowOptions
        {
            Client = new DurableFunctionsOptions
            {
                BaseAddress = ReadAddress(binder, isSecure: code is not null, hasToken: audience is not null),
                TaskHub = binder.Text("taskHub"),
                Connection = binder.Text("connection"),
                Code = code,
                Scope = audience is null ? null : $"{audience.TrimEnd('/')}/.default",
                Timeout = WebEndpoint.ReadLimit(binder, "timeout", DefaultTimeout),
                Time = context.Host.Time,
            },
            Identity = audience is null ? null : AzureAuthentication.Read(binder, context.Host),
        };
        binder.ThrowIfFaulty();
        return options;
    }

    /// <summary>A client of the app.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public DurableFunctionsClient CreateClient(ComponentContext context) => new(Identity is null
        ? Client
        : Client with { Credential = AzureAuthentication.CreateCredential(context, Identity, instead: null) });

    private static Uri ReadAddress(MetadataBinder binder, bool isSecure, bool hasToken)
    {
        const string item = "baseUrl";
        var address = isSecure ? WebEndpoint.ReadSecure(binder, item) : WebEndpoint.Read(binder, item);
        if (address.Query.Length > 0)
        {
            binder.Fault(item, "an address without a query: taskHub, connection and code are items of their own");
        }

        if (hasToken && address.Scheme != Uri.UriSchemeHttps)
        {
            binder.Fault(item, "an https address, since tokens of Microsoft Entra go nowhere else");
        }

        return address.AbsolutePath == "/" ? new Uri(address, DefaultPath) : address;
    }
}
