using System.Runtime.CompilerServices;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <content>What AUTH sends.</content>
internal static partial class RedisSettings
{
    private static RedisOptions WithCredentials(MetadataBinder binder, ComponentContext context, RedisOptions options)
    {
        var username = binder.Text("redisUsername");
        var password = binder.Text("redisPassword");
        if (ReadTokens(binder, context, username, password) is { } tokens)
        {
            return options with { Credentials = tokens.GetAsync, Tokens = tokens };
        }

        return ToCredentials(username, password) is { } credentials ? options with { Credentials = _ => ValueTask.FromResult(credentials) } : options;
    }

    // Without a password there is no AUTH, as in daprd.
    private static RedisCredentials? ToCredentials(string? username, string? password) =>
        password is null ? null : new RedisCredentials(username ?? "", password);

    private static RedisTokens? ReadTokens(MetadataBinder binder, ComponentContext context, string? username, string? password)
    {
        var entra = binder.Text("useEntraID") is null ? "useAzureAD" : "useEntraID";
        var usesEntra = binder.Boolean(entra, false);
        var usesOidc = binder.Boolean("useOIDC", false);
        if (usesEntra && usesOidc)
        {
            binder.Fault("useOIDC", $"no other token beside {entra}");
        }

        if (usesEntra)
        {
            RefuseBeside(binder, "redisUsername", username, entra);
        }

        if (usesEntra || usesOidc)
        {
            RefuseBeside(binder, "redisPassword", password, usesEntra ? entra : "useOIDC");
        }

        // Both are read, so that all faults show together.
        var oidc = usesOidc ? OidcAuthentication.Read(binder, context) : null;
        return usesEntra ? ReadEntra(binder, context)
            : oidc is not null ? new RedisOidcTokens(oidc, username ?? "", context.Host.Time)
            : null;
    }

    // Apart, so that nobody else's start loads the assemblies of Azure.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RedisEntraTokens ReadEntra(MetadataBinder binder, ComponentContext context)
    {
        var options = AzureAuthentication.Read(binder, context.Host);
        return new RedisEntraTokens(() => AzureCredentials.Create(options, context.Host.Time));
    }

    private static void RefuseBeside(MetadataBinder binder, string name, string? value, string item)
    {
        if (value is not null)
        {
            binder.Fault(name, $"no value beside {item}");
        }
    }
}
