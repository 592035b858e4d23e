using Serverless.Components.Registry;

namespace Serverless.Components.Secrets.LocalEnv;

/// <summary><c>secretstores.local.env</c>: the process's environment variables as secrets.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-secret-stores/envvar-secret-store. An unset variable reads as the empty
/// string; the runtime's own variables are hidden the same way.
/// </remarks>
internal sealed class LocalEnvSecretStore(ComponentContext context) : ISecretStore
{
    // Windows ignores the case of names; everything else does not.
    private static readonly StringComparison OfNames = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    private readonly string _prefix = context.Metadata.Value("prefix") ?? "";

    public IReadOnlyList<string> Capabilities => [];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var variable = _prefix + name;
        var value = IsHidden(variable) ? "" : context.Host.Environment(variable) ?? "";
        return ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value });
    }

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (variable, value) in context.Host.EnvironmentVariables())
        {
            if (variable.Length > _prefix.Length && variable.StartsWith(_prefix, OfNames) && !IsHidden(variable))
            {
                var name = variable[_prefix.Length..];
                all[name] = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
            }
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(all);
    }

    /// <summary>Whether the variable is set and not hidden.</summary>
    public bool Has(string name) => !IsHidden(_prefix + name) && context.Host.Environment(_prefix + name) is not null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsHidden(string variable) =>
        variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);
}
