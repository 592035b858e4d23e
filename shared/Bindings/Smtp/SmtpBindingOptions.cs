using Serverless.Components.Clients.Smtp;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.Smtp;

/// <summary>Settings of <c>bindings.smtp</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/smtp. <c>timeout</c> is ours.</remarks>
internal sealed record SmtpBindingOptions
{
    private const int PortWithTls = 465;
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(60);

    /// <summary>The server.</summary>
    public required SmtpOptions Server { get; init; }

    /// <summary>What a call may leave out, by the names of request metadata.</summary>
    public required IReadOnlyDictionary<string, string> Defaults { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ComponentException">One or more are faulty.</exception>
    public static SmtpBindingOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var port = binder.WholeNumber("port", 0, 1, 65535);
        if (binder.Text("port") is null)
        {
            binder.Required("port");
        }

        var user = binder.Text("user");
        var password = binder.Text("password");
        if (user is null != password is null)
        {
            binder.Fault(user is null ? "user" : "password", $"a value beside {(user is null ? "password" : "user")}");
        }

        var defaults = binder.Texts(SmtpMail.Names);

        if (defaults.GetValueOrDefault(SmtpMail.Priority) is { } priority && !SmtpMail.TryReadPriority(priority, out _))
        {
            binder.Fault(SmtpMail.Priority, "a whole number from 1 (highest) to 5 (lowest)");
        }

        var server = new SmtpOptions
        {
            Host = binder.Required("host"),
            Port = port,
            IsEncryptedFromTheStart = port == PortWithTls,
            SkipsVerification = binder.Boolean("skipTLSVerify", false),
            User = user,
            Password = password ?? "",
            Limit = WebEndpoint.ReadLimit(binder, "timeout", UsualLimit),
            Time = context.Host.Time,
        };
        binder.ThrowIfFaulty();
        return new SmtpBindingOptions { Server = server, Defaults = defaults };
    }
}
