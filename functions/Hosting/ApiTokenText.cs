using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>Reads the token variables.</summary>
internal static class ApiTokenText
{
    private const string Reference = "@Microsoft.KeyVault(";

    /// <summary>The token; null when there is none, or the platform has not replaced a Key Vault reference by its secret.</summary>
    public static string? Read(ProcessEnvironment environment, EnvironmentSetting setting) =>
        IsUnresolved(environment, setting) ? null : environment.Text(setting.Name);

    /// <summary>Whether the platform left a Key Vault reference as it was, which everybody could guess.</summary>
    public static bool IsUnresolved(ProcessEnvironment environment, EnvironmentSetting setting) =>
        environment.Find(setting.Name)?.AsSpan().TrimStart().StartsWith(Reference, StringComparison.OrdinalIgnoreCase) == true;
}
