using System.Collections.ObjectModel;
using System.Globalization;

namespace Serverless.Components.State;

/// <summary>Item metadata that stores share.</summary>
/// <remarks>Dapr docs: reference/api/state_api, "ttlInSeconds".</remarks>
public static class StateMetadata
{
    /// <summary>No metadata.</summary>
    public static IReadOnlyDictionary<string, string> Empty { get; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Reads <c>ttlInSeconds</c> by the rule of Dapr's SQL stores: absent, empty, 0 and -1 mean no expiry (null);
    /// below -1, above the largest 32-bit integer, or no whole number is a complaint.
    /// </summary>
    /// <returns>True, or false with the complaint.</returns>
    public static bool TryReadTtl(IReadOnlyDictionary<string, string> metadata, out TimeSpan? ttl, out string? complaint)
    {
        ttl = null;
        complaint = null;
        if (!metadata.TryGetValue("ttlInSeconds", out var text) || text.Length == 0)
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds is < -1 or > int.MaxValue)
        {
            complaint = $"incorrect value for metadata 'ttlInSeconds': '{text}' is not a whole number from -1 to {int.MaxValue}";
            return false;
        }

        ttl = seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
        return true;
    }
}
