using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <content>What AUTH sends.</content>
internal static partial class RedisSettings
{
    private static Func<CancellationToken, ValueTask<RedisCredentials>>? ReadCredentials(MetadataBinder binder)
    {
        var username = binder.Text("redisUsername");
        var password = binder.Text("redisPassword");
        if (UsesTokens(binder, username, password))
        {
            return null;
        }

        return ToCredentials(username, password) is { } credentials ? _ => ValueTask.FromResult(credentials) : null;
    }

    // Without a password there is no AUTH, as in daprd.
    private static RedisCredentials? ToCredentials(string? username, string? password) =>
        password is null ? null : new RedisCredentials(username ?? "", password);

    private static bool UsesTokens(MetadataBinder binder, string? username, string? password)
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
            binder.Fault(usesEntra ? entra : "useOIDC", "false: tokens are not supported yet");
        }

        return usesEntra || usesOidc;
    }

    private static void RefuseBeside(MetadataBinder binder, string name, string? value, string item)
    {
        if (value is not null)
        {
            binder.Fault(name, $"no value beside {item}");
        }
    }
}
