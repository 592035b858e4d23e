using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>What one file gave.</summary>
/// <param name="Resources">Its resources for this app, and by-standers that only count as duplicates.</param>
/// <param name="Damage">The first damaged document, or null.</param>
internal sealed record ResourceFile(IReadOnlyList<ParsedResource> Resources, string? Damage)
{
    /// <summary>Parses a file; a damaged document is left out and the others are kept.</summary>
    public static ResourceFile Parse(string text, string origin, ResourceParser parser)
    {
        var resources = new List<ParsedResource>();
        string? damage = null;
        foreach (var document in ResourceText.Split(text))
        {
            try
            {
                if (parser.Parse(document, origin) is { } parsed)
                {
                    resources.Add(parsed);
                }
            }
            catch (ComponentException exception)
            {
                damage ??= exception.Message.StartsWith(origin, StringComparison.Ordinal) ? exception.Message : $"{origin}: {exception.Message}";
            }
        }

        return new ResourceFile(resources, damage);
    }
}
