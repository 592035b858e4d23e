namespace Serverless.Components.Registry.Leases;

/// <summary>A lease store failed. The message holds no secret.</summary>
public sealed class LeaseException : Exception
{
    /// <summary>Creates the failure.</summary>
    public LeaseException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its cause.</summary>
    public LeaseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
