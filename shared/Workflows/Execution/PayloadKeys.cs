using System.Globalization;

namespace Serverless.Components.Workflows.Execution;

/// <summary>
/// Keys of large texts that are kept apart. Who may remove a key shows in its beginning: <c>h.</c> belongs to the history of one execution,
/// <c>m.</c> to a message on its way to another instance, <c>i.</c> to a message in the inbox.
/// </summary>
internal static class PayloadKeys
{
    /// <summary>Of all messages on their way.</summary>
    public const string OfMessages = "m.";

    /// <summary>Of everything that commits of an execution wrote.</summary>
    public static string OfExecution(string executionId) => $"h.{executionId}.";

    /// <summary>Of one attempt to commit: no other attempt writes there, so that a commit that lost overwrites nothing.</summary>
    public static string OfCommit(string executionId, long version, string attempt) => string.Create(CultureInfo.InvariantCulture, $"h.{executionId}.{version}.{attempt}.");

    /// <summary>Of a message on its way; what follows tells the attempts to commit it apart.</summary>
    public static string OfMessage(string messageId) => messageId + ".";

    /// <summary>Of a message in the inbox.</summary>
    public static string OfInbox(string messageId) => $"i.{messageId}.";

    /// <summary>Whether a key belongs to a message in the inbox.</summary>
    public static bool IsOfInbox(string key) => key.StartsWith("i.", StringComparison.Ordinal);
}
