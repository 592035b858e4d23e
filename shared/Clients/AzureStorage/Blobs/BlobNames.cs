using System.Buffers;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What containers and blobs may be called, and how names stand in addresses.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.</remarks>
internal static class BlobNames
{
    private const int ShortestContainer = 3;
    private const int LongestContainer = 63;
    private const int LongestBlob = 1024;
    private const int MostSegments = 254;
    private static readonly SearchValues<char> ContainerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What is wrong with a container's name; null when nothing is.</summary>
    public static string? ContainerComplaint(string name) =>
        name is "$root" or "$web" or "$logs" ? null
        : name.Length is < ShortestContainer or > LongestContainer
            || name.AsSpan().ContainsAnyExcept(ContainerCharacters)
            || name.StartsWith('-') || name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal)
            ? "a container's name has 3 to 63 lower-case letters, digits and single hyphens between them"
        : null;

    /// <summary>What is wrong with a blob's name; null when nothing is.</summary>
    public static string? BlobComplaint(string name)
    {
        if (name.Length is 0 or > LongestBlob)
        {
            return $"a blob's name has 1 to {LongestBlob} characters, this one has {name.Length}";
        }

        if (name.AsSpan().Count('/') >= MostSegments)
        {
            return $"a blob's name has at most {MostSegments} segments";
        }

        // On its way an address loses such segments, and then means another blob or a container.
        if (name.Split('/').Any(segment => segment is "." or ".."))
        {
            return "no segment of a blob's name may be '.' or '..'";
        }

        if (name.Contains('\\', StringComparison.Ordinal))
        {
            return "a blob's name may not hold a backslash: the service takes it for a slash";
        }

        return UnicodeText.HasHalfCharacter(name) ? "a blob's name must be valid Unicode" : null;
    }

    /// <summary>The name as part of an address: each segment escaped, slashes left.</summary>
    /// <exception cref="BlobRequestException">The service would not take the name.</exception>
    public static string Escape(string name) =>
        BlobComplaint(name) is { } complaint ? throw new BlobRequestException(complaint) : string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
