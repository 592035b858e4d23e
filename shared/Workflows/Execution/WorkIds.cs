using System.Globalization;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Names of work items and messages: a letter for the kind, the execution, a number.</summary>
internal static class WorkIds
{
    public static string Activity(string executionId, int taskId) => string.Create(CultureInfo.InvariantCulture, $"a.{executionId}.{taskId}");

    public static string Timer(string executionId, int taskId) => string.Create(CultureInfo.InvariantCulture, $"t.{executionId}.{taskId}");

    /// <summary>A message of a turn. Its number makes it the same message whoever brings it.</summary>
    public static string Message(string executionId, long version, int index) => string.Create(CultureInfo.InvariantCulture, $"m.{executionId}.{version}.{index}");

    public static string Purge(string executionId) => $"p.{executionId}";

    /// <summary>The execution that an item belongs to.</summary>
    public static string ExecutionOf(string workId)
    {
        var end = workId.IndexOf('.', 2);
        return end < 0 ? workId[2..] : workId[2..end];
    }
}
