namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>The rule for names of queues.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata.</remarks>
internal static class QueueName
{
    /// <summary>The rule, for messages.</summary>
    public const string Rule = "3 to 63 lower-case letters, digits and single dashes, with a letter or digit at both ends";

    private const int Shortest = 3;
    private const int Longest = 63;

    /// <summary>True when the service takes the name.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is < Shortest or > Longest || name[0] == '-' || name[^1] == '-' || name.Contains("--", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var character in name)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }
}
