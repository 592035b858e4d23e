using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Smtp;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.Smtp;

/// <summary><c>bindings.smtp</c>: sends mail.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/smtp. The data is the HTML body; request metadata <c>emailFrom</c>,
/// <c>emailTo</c>, <c>emailCC</c>, <c>emailBCC</c> (addresses with a semicolon between them), <c>subject</c>, <c>priority</c>. Nothing is answered.
/// </remarks>
internal sealed partial class SmtpBinding : IOutputBinding
{
    private readonly SmtpBindingOptions _options;
    private readonly SmtpMailer _mailer;
    private readonly ILogger _logger;

    /// <summary>A binding that connects for each message.</summary>
    public SmtpBinding(ComponentContext context)
    {
        _options = SmtpBindingOptions.Read(context);
        _mailer = new SmtpMailer(_options.Server);
        _logger = context.Logger;
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_options.Server.SkipsVerification)
        {
            LogSkippedVerification(_logger);
        }

        return Task.CompletedTask;
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _mailer.SendAsync(SmtpMail.Compose(request, _options.Defaults), cancellationToken);
            return null;
        }
        catch (SmtpException fault)
        {
            throw new BindingException($"error from smtp binding, sending email failed: {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "smtp binding warning: Skip TLS Verification is enabled. This is insecure and is NOT recommended for production scenarios.")]
    private static partial void LogSkippedVerification(ILogger logger);
}
