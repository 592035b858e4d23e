namespace Serverless.Functions.AppChannels;

/// <summary>The app was not reached, or broke off its answer.</summary>
internal sealed class AppUnreachableException(string message, Exception innerException) : Exception(message, innerException)
{
    /// <summary>Whether the app may have got the call: then it broke off, or took longer than the call's limit.</summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>Whether the app took longer than the call's limit.</summary>
    public bool TookTooLong { get; init; }
}
