namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The host would not start, or gave up.</summary>
public sealed class HostException : Exception
{
    /// <summary>Creates it without a message.</summary>
    public HostException()
    {
    }

    /// <summary>Creates it.</summary>
    public HostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with its cause.</summary>
    public HostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
