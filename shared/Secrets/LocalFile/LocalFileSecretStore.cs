using System.Text.Json;
using Serverless.Components.Registry;

namespace Serverless.Components.Secrets.LocalFile;

/// <summary><c>secretstores.local.file</c>: secrets in a JSON file, read once at initialisation.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-secret-stores/file-secret-store.</remarks>
internal sealed class LocalFileSecretStore(ComponentContext context) : ISecretStore
{
    private readonly LocalFileSecretOptions _options = LocalFileSecretOptions.Bind(context.Metadata);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _secrets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Capabilities => _options.MultiValued ? ["MULTIPLE_KEY_VALUES_PER_SECRET"] : [];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(_options.SecretsFile);
            using var document = await JsonDocument.ParseAsync(file, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }, cancellationToken);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ComponentException($"component '{context.Name}': {_options.SecretsFile}: expected a JSON object");
            }

            Load(document.RootElement);
        }
        catch (JsonException exception)
        {
            // The parser's own message can quote the text, which is a secret.
            throw new ComponentException($"component '{context.Name}': {_options.SecretsFile}: invalid JSON at line {exception.LineNumber + 1}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"component '{context.Name}': metadata 'secretsFile': {exception.Message}", exception);
        }
    }

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        _secrets.TryGetValue(name, out var secret)
            ? ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(secret)
            : ValueTask.FromException<IReadOnlyDictionary<string, string>?>(new SecretNotFoundException($"secret {name} not found"));

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(_secrets);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Load(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (_options.MultiValued)
            {
                var keys = new Dictionary<string, string>(StringComparer.Ordinal);
                Flatten(member.Value, member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "" : member.Name, keys);
                _secrets[member.Name] = keys;
            }
            else
            {
                var flat = new Dictionary<string, string>(StringComparer.Ordinal);
                Flatten(member.Value, member.Name, flat);
                foreach (var (name, value) in flat)
                {
                    _secrets[name] = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
                }
            }
        }
    }

    private void Flatten(JsonElement element, string path, Dictionary<string, string> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Flatten(member.Value, Join(path, member.Name), into);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(item, Join(path, $"{index++}"), into);
                }

                break;
            default:
                into[path] = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                break;
        }
    }

    private string Join(string path, string name) => path.Length == 0 ? name : $"{path}{_options.NestedSeparator}{name}";
}
