using Serverless.Components.Registry.Resources;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>A component as its file says, read for the members of a trigger.</summary>
internal sealed class TriggerSource(ComponentDefinition definition)
{
    // The runtime replaces these, so that the package can't know the result.
    private static readonly string[] Templates = ["{uuid}", "{podName}", "{namespace}", "{appID}"];

    public string Name => definition.Key.Name;

    /// <summary>The type without case.</summary>
    public string Type => definition.Type.ToLowerInvariant();

    /// <summary>The function of the component's own.</summary>
    /// <exception cref="GenerationException">The name is too long for one.</exception>
    public string Function => TriggerNames.Function(Name) ?? throw new GenerationException($"component '{Name}': the name is too long for a function");

    /// <summary>The app settings of the component's own: <c>BINDING_</c> or <c>WORKFLOW_</c> and the name in capitals, so that they meet no other variable.</summary>
    public string OwnSettings => (Type.StartsWith("workflow.", StringComparison.Ordinal) ? "WORKFLOW_" : "BINDING_")
        + string.Concat(Name.Select(static character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));

    /// <summary>The first item of these names that says anything, or null; names compare without case.</summary>
    public MetadataItem? Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var item in definition.Metadata)
            {
                if (item.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && (item.Value is { Length: > 0 } || item.SecretName is not null || item.EnvironmentVariable is not null))
                {
                    return item;
                }
            }
        }

        return null;
    }

    /// <summary>A member of the trigger: the text, or <c>%X%</c> for <c>envRef: X</c>, which the host replaces.</summary>
    /// <exception cref="GenerationException">It is not there, a secret, or known only to the running app.</exception>
    public string Field(params ReadOnlySpan<string> names)
    {
        var item = Find(names) ?? throw Fault(names[0], "is required");
        var text = Text(item);
        return item.EnvironmentVariable is { } variable ? $"%{variable}%"
            : text!.Contains('%', StringComparison.Ordinal) ? throw Fault(item.Name, "has a percent sign, which the Functions host would read as the name of an app setting")
            : text;
    }

    /// <summary>The text of an item that must not come from the environment, or null when it is absent.</summary>
    public string? Plain(params ReadOnlySpan<string> names) => Find(names) switch
    {
        null => null,
        { EnvironmentVariable: not null } item => throw Fault(item.Name, "decides about the trigger and can't come from the environment"),
        var item => Text(item),
    };

    public GenerationException Fault(string item, string complaint) => new($"{definition.Origin}: component '{Name}': metadata '{item}' {complaint}");

    private string? Text(MetadataItem item)
    {
        if (item.SecretName is not null)
        {
            throw Fault(item.Name, "is a secret, but decides about the trigger, which is part of the package: write it plainly or with envRef");
        }

        return item.Value is { } text && Array.Exists(Templates, template => text.Contains(template, StringComparison.Ordinal))
            ? throw Fault(item.Name, "has a template that only the running app can fill in, but decides about the trigger")
            : item.Value;
    }
}
