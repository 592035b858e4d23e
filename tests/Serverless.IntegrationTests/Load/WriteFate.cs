namespace Serverless.IntegrationTests.Load;

/// <summary>What an answer to a write promises.</summary>
public enum WriteFate
{
    /// <summary>It was made.</summary>
    Made,

    /// <summary>It was not made and will not be.</summary>
    NotMade,

    /// <summary>Nobody knows.</summary>
    Unknown,
}
