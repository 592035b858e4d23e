using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Reads what types that call a service over HTTP share: its address and how long a call may take.</summary>
internal static class WebEndpoint
{
    /// <summary>An absolute http or https address without user, password and fragment; the fallback when it is absent.</summary>
    public static Uri Read(MetadataBinder binder, string name, string? fallback = null)
    {
        var text = fallback is null ? binder.Required(name) : binder.Text(name) ?? fallback;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Fragment.Length == 0 && address.Host.Length > 0)
        {
            return address;
        }

        if (text.Length > 0)
        {
            binder.Fault(name, "an http or https address without user, password and fragment");
        }

        return new Uri("http://localhost/");
    }

    /// <summary>The same for a service that is sent a secret: plain http only to this machine.</summary>
    public static Uri ReadSecure(MetadataBinder binder, string name, string? fallback = null)
    {
        var address = Read(binder, name, fallback);
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
        {
            binder.Fault(name, "an https address");
        }

        return address;
    }

    /// <summary>A time limit of more than nothing.</summary>
    public static TimeSpan ReadLimit(MetadataBinder binder, string name, TimeSpan fallback)
    {
        var limit = binder.Duration(name) ?? fallback;
        if (limit > TimeSpan.Zero && limit <= TimeSpan.FromDays(1))
        {
            return limit;
        }

        binder.Fault(name, "a duration of more than nothing and at most a day");
        return fallback;
    }
}
