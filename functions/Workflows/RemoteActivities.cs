using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Http;

namespace Serverless.Functions.Workflows;

/// <summary>Runs activities that are endpoints of the app: <c>POST</c> with the input as JSON; the body of the answer is the result.</summary>
/// <remarks>
/// What the app answers decides: 2xx is the result, 4xx a failure that a repetition would not mend (but for 408 and 429), anything else a failure
/// that the workflow's retry policy may repeat. An app that is not reached is waited for, so that its outage fails no workflow.
/// </remarks>
internal sealed partial class RemoteActivities(AppChannel app, TimeProvider time, ILogger logger)
{
    /// <summary>What one call may take: as long as an invocation of the Functions host.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(10);

    /// <summary>How often a call is begun whose answer is broken off: an app that ends each time must not be called for ever.</summary>
    private const int MostBreaks = 5;

    // Of what the app says to refuse, in bytes.
    private const int LongestRefusal = 1000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Calls the app until it has answered; only the token's cancellation flies.</summary>
    public async ValueTask<RemoteActivityResult> CallAsync(RemoteActivityCall call, CancellationToken cancellationToken)
    {
        var breaks = 0;
        for (var pause = FirstPause; ; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            try
            {
                return Read(await app.SendAsync(Request(call), cancellationToken));
            }
            catch (AppUnreachableException exception) when (!exception.TookTooLong && (!exception.MayHaveArrived || ++breaks < MostBreaks))
            {
                if (pause == FirstPause)
                {
                    LogUnreachable(call.Name, exception.Message);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                return Failed("RemoteActivityUnanswered", exception.Message, isFinal: exception is AppAnswerException);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static AppCall Request(RemoteActivityCall call)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("dapr-workflow-instance-id", HeaderText.ToValue(call.InstanceId)),
            new("dapr-workflow-task-id", call.TaskId.ToString(CultureInfo.InvariantCulture)),
            new("idempotency-key", HeaderText.ToValue(call.IdempotencyKey)),
        ];
        CallTrace.AddTo(headers, ReadOnlyDictionary<string, string>.Empty);

        // A path is the author's own, with its escapes; a name is plain text.
        var path = call.Path is { } given && given != call.Name ? given : string.Join('/', call.Name.Split('/').Select(Uri.EscapeDataString));
        return new AppCall(HttpMethod.Post, path.TrimStart('/'))
        {
            ContentType = call.Input is null ? null : Reply.JsonType,
            Body = call.Input is null ? default : Encoding.UTF8.GetBytes(call.Input),
            Headers = headers,
            TimeLimit = CallLimit,
        };
    }

    private static RemoteActivityResult Read(AppAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            var isFinal = answer.Status is >= 400 and < 500 and not (StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests);
            var said = Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, LongestRefusal)]);
            return Failed("RemoteActivityRefused", $"the app answered {answer.Status}{(said.Length > 0 ? $": {said}" : "")}", isFinal);
        }

        return answer.Body.IsEmpty ? new RemoteActivityResult(null, null)
            : JsonText.IsWellFormed(answer.Body.Span) ? new RemoteActivityResult(Encoding.UTF8.GetString(answer.Body.Span), null)
            : Failed("RemoteActivityAnswer", $"the app answered {answer.Status}, but its body is no JSON", isFinal: true);
    }

    private static RemoteActivityResult Failed(string type, string message, bool isFinal) =>
        new(null, new WorkflowFailure(type, message) { IsNonRetriable = isFinal });

    [LoggerMessage(Level = LogLevel.Warning, Message = "activity '{Activity}' waits for the app: {Fault}")]
    private partial void LogUnreachable(string activity, string fault);
}
