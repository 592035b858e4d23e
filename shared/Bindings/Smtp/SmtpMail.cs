using System.Globalization;
using Serverless.Components.Clients.Smtp;

namespace Serverless.Components.Bindings.Smtp;

/// <summary>Makes a message from a call; each value comes from the call, else from the component.</summary>
internal static class SmtpMail
{
    /// <summary>The name of the priority.</summary>
    public const string Priority = "priority";

    private const string From = "emailFrom";
    private const string To = "emailTo";
    private const string Cc = "emailCC";
    private const string Bcc = "emailBCC";
    private const string Subject = "subject";
    private const int UsualPriority = 3;

    /// <summary>The names that component and calls share.</summary>
    public static IReadOnlyList<string> Names { get; } = [From, To, Cc, Bcc, Subject, Priority];

    /// <summary>The message.</summary>
    /// <exception cref="BindingException">Something is missing, or can't stand in a message's headers.</exception>
    public static SmtpMessage Compose(BindingRequest request, IReadOnlyDictionary<string, string> defaults)
    {
        string? Value(string name) => request.Text(name) ?? defaults.GetValueOrDefault(name);

        string Needed(string name) => Value(name) ?? throw new BindingException($"smtp binding error: {name} property not supplied in configuration- or request-metadata");

        var (from, to, subject) = (Needed(From), Needed(To), Needed(Subject));
        if (subject.Any(char.IsControl))
        {
            throw new BindingException($"smtp binding error: {Subject} holds a control character");
        }

        var priority = UsualPriority;
        if (Value(Priority) is { } text && !TryReadPriority(text, out priority))
        {
            throw new BindingException("smtp binding error:  priority value must be between 1 (highest) and 5 (lowest)");
        }

        return new SmtpMessage
        {
            From = Addresses(From, from) is [var only] ? only : throw new BindingException($"smtp binding error: {From} must be one address"),
            To = Addresses(To, to) is { Count: > 0 } receivers ? receivers : throw new BindingException($"smtp binding error: {To} holds no address"),
            Cc = Addresses(Cc, Value(Cc)),
            Bcc = Addresses(Bcc, Value(Bcc)),
            Subject = subject,
            Priority = priority,
            Html = BindingData.Unquote(request.Data),
        };
    }

    /// <summary>A number from 1 to 5.</summary>
    public static bool TryReadPriority(string text, out int priority) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority) && priority is >= 1 and <= 5;

    private static List<SmtpAddress> Addresses(string name, string? list)
    {
        var addresses = new List<SmtpAddress>();
        foreach (var text in (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.Trim(' ').Length > 0)
            {
                addresses.Add(SmtpAddress.TryParse(text, out var address) ? address : throw new BindingException($"smtp binding error: {name} holds what is no address"));
            }
        }

        return addresses;
    }
}
