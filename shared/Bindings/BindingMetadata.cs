using System.Globalization;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>Readings of request metadata that bindings share.</summary>
public static class BindingMetadata
{
    /// <summary>The value of a key that must be there and not empty.</summary>
    /// <exception cref="BindingException">It is not; the message names the key.</exception>
    public static string Required(this BindingRequest request, string key) =>
        request.Text(key) ?? throw new BindingException($"required metadata not set: {key}");

    /// <summary>The value of a key, or null when it is absent or empty.</summary>
    public static string? Text(this BindingRequest request, string key) =>
        request.Metadata.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <summary>A boolean by Dapr's truthy words, or the fallback when the key is absent.</summary>
    public static bool Boolean(this BindingRequest request, string key, bool fallback) =>
        request.Text(key) is { } value ? DaprText.IsTruthy(value) : fallback;

    /// <summary>A Go duration or a number of seconds, not negative; null when the key is absent.</summary>
    /// <exception cref="BindingException">The value is neither.</exception>
    public static TimeSpan? Duration(this BindingRequest request, string key) =>
        request.Text(key) is not { } value ? null
        : DaprText.TryParseDuration(value, TimeSpan.FromSeconds(1), out var duration) && duration >= TimeSpan.Zero ? duration
        : throw new BindingException($"{key} value must be a valid duration or a number of seconds: actual is '{value}'");

    /// <summary>
    /// <c>ttl</c> or <c>ttlInSeconds</c> (names without case): a Go duration or a positive number of seconds; null when absent.
    /// </summary>
    /// <remarks>Dapr: components-contrib, metadata.TryGetTTL. A negative duration counts as zero.</remarks>
    /// <exception cref="BindingException">The value is neither, or a number that is not positive.</exception>
    public static TimeSpan? TimeToLive(this BindingRequest request)
    {
        foreach (var (name, value) in request.Metadata)
        {
            if (value.Length > 0 && (name.Equals("ttl", StringComparison.OrdinalIgnoreCase) || name.Equals("ttlInSeconds", StringComparison.OrdinalIgnoreCase)))
            {
                return ParseTimeToLive(name, value);
            }
        }

        return null;
    }

    private static TimeSpan ParseTimeToLive(string name, string value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds <= 0)
        {
            throw new BindingException($"{name} value must be higher than zero: actual is {seconds}");
        }

        return DaprText.TryParseDuration(value, TimeSpan.FromSeconds(1), out var duration)
            ? duration < TimeSpan.Zero ? TimeSpan.Zero : duration
            : throw new BindingException($"{name} value must be a valid duration or a number of seconds: actual is '{value}'");
    }
}
